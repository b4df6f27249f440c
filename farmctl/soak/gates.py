"""What a soak must come to: nothing violated, everything reached, and the work done. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from msgspec import Struct

from farmctl.soak.faults import FAULTS
from farmctl.soak.kinds import KINDS
from farmctl.soak.reach import why_never
from farmctl.soak.report import Report
from farmctl.soak.steps import Step
from farmctl.soak.tally import Cell, Tally

MANY_SEEDS = 2_000
"""From so many seeds on, with everything asked for, what was seldom reached fails."""

HITS = 20
_STARTS_PER_SEED = 5.0
_FULFILLED = 0.97
_SLOW = 1.3
_HANDED_OVER = 0.005


class Gate(Struct, frozen=True):
    """Something that a soak must come to.

    Args:
        name: What.
        figure: What it came to.
        wanted: What it must come to.
        is_met: Whether it did.
        counts: Whether it fails a soak of this size.
    """

    name: str
    figure: str
    wanted: str
    is_met: bool
    counts: bool = True

    @property
    def fails(self) -> bool:
        """Return whether it fails the soak."""
        return self.counts and not self.is_met


def gates(report: Report, *, is_whole: bool) -> list[Gate]:
    """Return what is to be met.

    Args:
        report: What was found.
        is_whole: Whether every fault and every kind of machine was asked for.
    """
    broken = len(report.failed)
    found = [Gate("seeds with a violation", f"{broken}", "0", broken == 0)]
    if report.quiet.seeds:
        found += _on_quiet_days(report.quiet)
    if report.storm.seeds:
        found += _in_storms(report.storm)
        counts = is_whole and report.storm.seeds >= MANY_SEEDS
        found += _of_reach(report.storm, counts=counts)
    return found


def cells() -> Iterator[Cell]:
    """Yield every cell of the table that can be reached."""
    for kind, fault, step in product(KINDS, FAULTS, Step):
        if why_never(fault, step, kind) is None:
            yield Cell(kind, fault, step)


def seldom(storm: Tally) -> list[Cell]:
    """Return the cells that can be reached, and were hit too seldom."""
    return [each for each in cells() if storm.hits.get(each, 0) < HITS]


def share(part: int, whole: int) -> float:
    """Return a part of a whole; nothing of nothing is all of it."""
    return part / whole if whole else 1.0


def _on_quiet_days(quiet: Tally) -> Iterator[Gate]:
    made = quiet.fulfilled == quiet.orders
    yield Gate("faults off: orders fulfilled", _of(quiet.fulfilled, quiet.orders), "100 %", made)
    slow = quiet.made_ms / quiet.print_ms if quiet.print_ms else 1.0
    figure = f"{slow:.2f} of the print"
    yield Gate("faults off: from decision to end", figure, "<= 1.3", slow <= _SLOW)
    handed = quiet.resolved + quiet.lost
    yield Gate("faults off: handed to a person", f"{handed}", "0", handed == 0)


def _in_storms(storm: Tally) -> Iterator[Gate]:
    made = share(storm.fulfilled, storm.orders)
    figure = _of(storm.fulfilled, storm.orders)
    yield Gate("faults on: orders fulfilled", figure, ">= 97 %", made >= _FULFILLED)
    figure = _of(storm.resolved_in_vain, storm.runs)
    is_met = storm.resolved_in_vain <= storm.runs * _HANDED_OVER
    yield Gate("faults on: handed to a person", figure, "<= 0.5 %", is_met)
    is_met = storm.detected == storm.doubled
    figure = _of(storm.detected, storm.doubled)
    yield Gate("starts doubled by a transport, seen", figure, "100 %", is_met)


def _of_reach(storm: Tally, *, counts: bool) -> Iterator[Gate]:
    starts = storm.starts_per_seed
    is_met = starts >= _STARTS_PER_SEED
    yield Gate("physical starts a seed", f"{starts:.1f}", ">= 5", is_met, counts)
    few = len(seldom(storm))
    yield Gate(f"cells hit less than {HITS} times", f"{few}", "0", few == 0, counts)


def _of(part: int, whole: int) -> str:
    return f"{share(part, whole) * 100:.1f} % ({part} of {whole})"
