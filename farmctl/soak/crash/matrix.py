"""The matrix: every deed of the story, struck in every way that it can be, for a kind of machine.

The points are not chosen: they are what passed the gate when nothing was struck. Up to the point
that is struck, every case is that same story, to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from farmctl.model.deeds import DEEDS
from farmctl.soak.crash.expect import wrong
from farmctl.soak.crash.gate import Blow, Gate, Passed, modes_of
from farmctl.soak.crash.story import Story
from farmctl.soak.crash.theatre import Theatre


class Case(Struct, frozen=True):
    """A cell of the matrix.

    Args:
        kind: A name in `KINDS`.
        deed: What is struck, for people.
        blow: Where and how; None for the story as it is.
    """

    kind: str
    deed: str
    blow: Blow | None

    def __str__(self) -> str:
        """Return it as people read it: `moonraker 61 start, killed after`."""
        how = f"{self.blow.number} {self.deed}, {self.blow.mode}" if self.blow else "untouched"
        return f"{self.kind} {how}"


class Ending(Struct, frozen=True):
    """What came of a case.

    Args:
        case: Which.
        passed: Everything that was done.
        wrong: What must not be.
    """

    case: Case
    passed: tuple[Passed, ...]
    wrong: tuple[str, ...]


def play_case(case: Case) -> Ending:
    """Play the story with one blow, and say what is wrong afterwards."""
    gate = Gate(case.blow)
    theatre = Theatre(case.kind, gate)
    story = Story(theatre)
    timeline = theatre.stage.timeline
    try:
        timeline.run_until_complete(story.play())
        found = wrong(theatre, story, case.blow.mode if case.blow else None)
    finally:
        timeline.close()
    return Ending(case, tuple(gate.passed), found)


def untouched(kind: str) -> Ending:
    """Play the story as it is."""
    return play_case(Case(kind, "", None))


def cases_of(kind: str, passed: Sequence[Passed]) -> Iterator[Case]:
    """Yield every cell for a kind: each deed of the untouched story, in every way."""
    for number, each in enumerate(passed):
        for mode in modes_of(DEEDS[each.deed]):
            yield Case(kind, each.deed, Blow(number, mode))
