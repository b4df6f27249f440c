"""What must be true after the story, wherever it was struck; and what more where it was struck."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.model import deeds
from farmctl.model.events.runs import Effect
from farmctl.model.observation import Ended
from farmctl.soak.crash.gate import Mode, Passed
from farmctl.soak.crash.story import WANTED, Story
from farmctl.soak.crash.theatre import NotCommitted, Theatre

_EFFECTS = frozenset(Effect)
_NEVER_SENT = (Mode.KILLED_BEFORE, Mode.TIMEOUT_BEFORE)
_TIMED_OUT = (Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER)
_INTENDED = "intended"
_RESTARTED = "controller_restarted"


class Said(Struct, frozen=True):
    """An event about an effect.

    Args:
        effect: Which.
        word: `intended`, `accepted`, `rejected` or `unknown`.
        file: Of which file.
        message: What is known of it.
        end_b: How many bytes the journal had when it was written.
    """

    effect: str
    word: str
    file: str
    message: str
    end_b: int


def wrong(theatre: Theatre, story: Story, mode: Mode | None) -> tuple[str, ...]:
    """Return everything that is wrong, in words."""
    said = tuple(_said(theatre.stage.journal))
    struck = theatre.gate.struck
    is_felt = mode is not Mode.DISK_FULL or story.deaths  # somebody may make room before
    return (
        *(f"{each.invariant}: {each.what}" for each in theatre.stage.checker.violations),
        *_of_the_work(theatre, story),
        *_unannounced(theatre, said),
        *_unanswered(said),
        *_deaths(story, mode),
        *(
            _of_the_point(theatre, Struck(struck, mode), said)
            if struck and mode and is_felt
            else ()
        ),
    )


def _said(journal: bytes) -> Iterator[Said]:
    end_b = 0
    for line in journal.splitlines(keepends=True):
        end_b += len(line)
        event: dict[str, Any] = json.loads(line)
        kind = event.get("type", "").removesuffix(".v1").rpartition(".")[2]
        effect, _, word = kind.partition("_")
        if effect in _EFFECTS and word in (_INTENDED, "accepted", "rejected", "unknown"):
            data = event["data"]
            yield Said(effect, word, data["file"], data.get("message", ""), end_b)


def _of_the_work(theatre: Theatre, story: Story) -> Iterator[str]:
    """The order is fulfilled with as many prints as were wanted, and nothing is left lying."""
    machine = theatre.machine.machine
    made = sum(each.ended is Ended.COMPLETED for each in machine.history)
    if not story.is_over:
        yield "the order was never fulfilled and tidied up"
    if made != WANTED:
        yield f"{made} were printed to the end, {WANTED} were ordered"
    if machine.files:
        yield f"left on the printer: {', '.join(each.name for each in machine.files)}"
    promises, struck = theatre.driver.promises, theatre.gate.struck
    is_sure = promises.deletion_fences and promises.survives_restart
    fences = struck is not None and struck.deed == Effect.DELETE  # somebody may come by before
    if story.resolved and is_sure and not fences:
        yield f"{story.resolved} prints were handed to a person"


def _unannounced(theatre: Theatre, said: Sequence[Said]) -> Iterator[str]:
    """What changes a machine is an effect on the list, with an open intent in the journal."""
    for change in theatre.changes:
        before = [each for each in said if each.end_b <= change.journal_b]
        intents = Counter(each.word == _INTENDED for each in before if each.effect == change.effect)
        if intents[True] <= intents[False]:
            yield f"{change.request} changed the machine, called for {change.effect}, unannounced"


def _unanswered(said: Sequence[Said]) -> Iterator[str]:
    """Every intent has one answer."""
    owed = Counter((each.effect, each.file) for each in said if each.word == _INTENDED)
    owed.subtract((each.effect, each.file) for each in said if each.word != _INTENDED)
    for (effect, file), count in sorted(owed.items()):
        if count:
            yield f"the {effect} of {file} has {count} answers too few"


def _deaths(story: Story, mode: Mode | None) -> Iterator[str]:
    """A controller ends on its own only where the disk or git refuses, and says so."""
    for error in story.deaths:
        if not isinstance(error, FarmctlError):
            yield f"a controller died of a bug: {error!r}"
        elif isinstance(error, NotCommitted):
            continue
        elif mode is not Mode.DISK_FULL or "No space left" not in error.message:
            yield f"a controller died: {error.message}"


class Struck(Struct, frozen=True):
    """The deed that was struck, and how."""

    deed: Passed
    mode: Mode


def _of_the_point(theatre: Theatre, struck: Struck, said: Sequence[Said]) -> Iterator[str]:
    """What the list of deeds says of a crash at this one."""
    deed, mode = struck.deed.deed, struck.mode
    if deed in _EFFECTS:
        yield from _of_the_call(theatre, struck, said)
    restarted = sum(each.message == _RESTARTED for each in said)
    owed = _owed(deed, mode)
    if owed is not None and restarted != owed:
        yield f"{restarted} answers are unknown by a restart, not {owed}"


def _owed(deed: str, mode: Mode) -> int | None:
    """Return how many answers the next controller must owe to the crash; None where either is."""
    if deed in _EFFECTS:
        return None if mode in _TIMED_OUT else 1
    match deed:
        case deeds.RECORD_INTENT:
            return 1 if mode is Mode.KILLED_AFTER else 0
        case deeds.RECORD_ANSWER:
            return 0 if mode is Mode.KILLED_AFTER else 1
        case _:
            return None


def _of_the_call(theatre: Theatre, struck: Struck, said: Sequence[Said]) -> Iterator[str]:
    """A call without an answer is unknown; what was not sent, or never verified, never starts."""
    effect, file = struck.deed.deed, struck.deed.about
    answers = [each.word for each in said if (each.effect, each.file) == (effect, file)]
    if "unknown" not in answers:
        yield f"the {effect} of {file} was answered: {' '.join(answers)}"
    starts = theatre.stage.checker.starts.get(file, 0)
    never = effect == Effect.UPLOAD or (effect == Effect.START and struck.mode in _NEVER_SENT)
    if never and starts:
        yield f"{file} was started"
