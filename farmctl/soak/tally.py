"""What many plays add up to. Pure: the order in which they come makes no difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct, field

from farmctl.soak.outcome import Outcome
from farmctl.soak.steps import Step


class Cell(Struct, frozen=True, order=True):
    """A kind of machine, what struck it, and at which step."""

    kind: str
    fault: str
    step: Step


class Tally(Struct, frozen=True):
    """Sums over plays.

    Args:
        seeds: How many were played.
        orders: How many orders there were.
        fulfilled: How many of them were fulfilled.
        starts: How often machines began one of our files.
        runs: How many runs there were.
        doubled: Starts that the transport doubled or brought late, where nothing could stop it.
        detected: How many of those farmctl saw.
        resolved: Runs whose end a person had to say.
        lost: Runs that ended without evidence.
        resolved_in_vain: Resolved ones that nothing made necessary.
        lost_in_vain: Lost ones of that kind.
        print_ms: How long machines printed our files on quiet days, by their own account.
        made_ms: How long these prints took from their decision to their recorded end.
        violations: What must never happen, by invariant, as often as it did.
        hits: How often a cell of the table was hit.
    """

    seeds: int = 0
    orders: int = 0
    fulfilled: int = 0
    starts: int = 0
    runs: int = 0
    doubled: int = 0
    detected: int = 0
    resolved: int = 0
    lost: int = 0
    resolved_in_vain: int = 0
    lost_in_vain: int = 0
    print_ms: int = 0
    made_ms: int = 0
    violations: Mapping[str, int] = field(default_factory=dict)
    hits: Mapping[Cell, int] = field(default_factory=dict)

    @property
    def strikes(self) -> int:
        """Return how many faults struck."""
        return sum(self.hits.values())

    @property
    def starts_per_seed(self) -> float:
        """Return the mean of physical starts; 0 without a seed."""
        return self.starts / self.seeds if self.seeds else 0.0


def tally_of(outcome: Outcome) -> Tally:
    """Return what one play comes to."""
    return Tally(
        seeds=1,
        orders=outcome.orders,
        fulfilled=outcome.fulfilled,
        starts=outcome.starts,
        runs=outcome.runs,
        doubled=outcome.doubled,
        detected=outcome.detected,
        resolved=outcome.handed.resolved,
        lost=outcome.handed.lost,
        resolved_in_vain=outcome.handed.resolved_in_vain,
        lost_in_vain=outcome.handed.lost_in_vain,
        print_ms=outcome.print_ms,
        made_ms=outcome.made_ms,
        violations=Counter(each.invariant for each in outcome.violations),
        hits=Counter(Cell(each.kind, each.fault, each.step) for each in outcome.strikes),
    )


def added(one: Tally, other: Tally) -> Tally:
    """Return what two tallies come to together."""
    return Tally(
        seeds=one.seeds + other.seeds,
        orders=one.orders + other.orders,
        fulfilled=one.fulfilled + other.fulfilled,
        starts=one.starts + other.starts,
        runs=one.runs + other.runs,
        doubled=one.doubled + other.doubled,
        detected=one.detected + other.detected,
        resolved=one.resolved + other.resolved,
        lost=one.lost + other.lost,
        resolved_in_vain=one.resolved_in_vain + other.resolved_in_vain,
        lost_in_vain=one.lost_in_vain + other.lost_in_vain,
        print_ms=one.print_ms + other.print_ms,
        made_ms=one.made_ms + other.made_ms,
        violations=Counter(one.violations) + Counter(other.violations),
        hits=Counter(one.hits) + Counter(other.hits),
    )
