"""What farmctl promises of starts, and what each promise is tried by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec
from msgspec import Struct

from scripts.guarantees.figures import Counts, Figures

SOAK = "soak"
MATRIX = "matrix"
DAMAGE = "damage"
KILLS = ("kills-virtual", "kills-real")

MADE_BY: Mapping[str, str] = {
    SOAK: "make soak HOURS=1",
    MATRIX: "make slow",
    DAMAGE: "python -m scripts.guarantees.suite damage",
    "kills-virtual": "make kills",
    "kills-real": "make kills",
}
"""What measures it."""


class Measured(Protocol):
    """What a source found."""

    @property
    def command(self) -> str:
        """Return what anybody can type to find it again."""
        ...

    def cases(self, promise: str) -> int:
        """Return how often a promise was tried."""
        ...

    def violations(self, promise: str) -> int:
        """Return how often it did not hold."""
        ...


class Promise(Struct, frozen=True):
    """A promise.

    Args:
        id: `G1`.
        says: What.
        sources: What tries it.
    """

    id: str
    says: str
    sources: tuple[str, ...]


PROMISES = (
    Promise("G1", "No run is ever started twice.", (SOAK, MATRIX, *KILLS)),
    Promise(
        "G2", "Nothing prints without a recorded decision for those bytes on that printer.", (SOAK,)
    ),
    Promise("G3", "A lost, late or doubled message never becomes a second print.", (SOAK,)),
    Promise("G4", "Every run that started ends once, and stays as it ended.", (SOAK,)),
    Promise("G5", "No part is made more often than it was ordered or allowed.", (SOAK,)),
    Promise("G6", "Nothing starts onto a part, or without a look after the last act.", (SOAK,)),
    Promise("G7", "A killed controller loses nothing that it had said.", KILLS),
    Promise("G8", "Damage to the ledger is found before anything is done.", (DAMAGE,)),
    Promise("G12", "On one host, one controller acts; another host's is seen.", (SOAK,)),
    Promise("G17", "A controller that dies leaves a running print alone.", KILLS),
)
"""In the order of their numbers; those that are missing have no cases yet."""


class File(Struct, frozen=True, rename={"cases_": "cases", "violations_": "violations"}):
    """A result file: one source's cases, which try each promise that names the source."""

    id: str
    command: str
    cases_: int
    violations_: int

    def cases(self, _promise: str) -> int:
        """Return how often a promise was tried."""
        return self.cases_

    def violations(self, _promise: str) -> int:
        """Return how often it did not hold."""
        return self.violations_


def read_file(raw: bytes) -> File:
    """Return a result file: `{"id", "cases", "violations", "command"}`."""
    return msgspec.json.decode(raw, type=File)


def _all_of(*faults: str) -> Callable[[Counts], int]:
    return lambda counts: sum(counts.struck.get(each, 0) for each in faults)


_OF_MESSAGES = ("request lost", "reply lost", "request late", "request doubled", "no sense")
_CASES: Mapping[str, Callable[[Counts], int]] = {
    "G1": lambda counts: counts.starts,
    "G2": lambda counts: counts.starts,
    "G3": _all_of(*_OF_MESSAGES),
    "G4": lambda counts: counts.runs,
    "G5": lambda counts: counts.orders,
    "G6": lambda counts: counts.starts,
    "G12": lambda counts: sum(
        hits for fault, hits in counts.struck.items() if "controller" in fault
    ),
}
_INVARIANTS: Mapping[str, tuple[str, ...]] = {
    "G1": ("I1",),
    "G2": ("I2",),
    "G3": ("I1", "I11"),
    "G4": ("I4", "I12"),
    "G5": ("I3",),
    "G6": ("I5", "I6"),
    "G12": ("lock", "hosts"),
}
"""Which invariants of the soak speak of a promise."""


class Soaked:
    """The soak's figures, as a source."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    @property
    def command(self) -> str:
        """Return what plays all of it again."""
        return f"farmctl sim soak --seeds 0..{self._figures.next_seed}"

    def cases(self, promise: str) -> int:
        """Return how often a promise was tried, with faults and on quiet days."""
        of = _CASES[promise]
        return of(self._figures.storm) + of(self._figures.quiet)

    def violations(self, promise: str) -> int:
        """Return how often an invariant of the promise did not hold."""
        return sum(
            counts.violations.get(name, 0)
            for counts in (self._figures.storm, self._figures.quiet)
            for name in _INVARIANTS[promise]
        )
