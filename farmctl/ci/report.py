"""What a report says: a result for each pair, the biggest change first, and what it touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from farmctl.ci.cases import Case, Pair
from farmctl.ci.figures import flat, in_order, kind_of, permille
from farmctl.ci.outcome import Failed, Measured, Outcome
from farmctl.ci.verdict import Breach, Held, breaches, held_against
from farmctl.gcode.measured import LayerFigures
from farmctl.model.baseline import Baseline, Figures
from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.model.digest import Digest
from farmctl.profiles.groups import Group

BEFORE = "what was there before"
"""What a result is held against where nothing is recorded."""


class Status(StrEnum):
    """How a result is, worst first."""

    FAILED = "failed"
    BREACHED = "breached"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"


class SettingChange(Struct, frozen=True):
    """A setting that is another, and where.

    Args:
        group: What it affects.
        key: Its name.
        before: Its value and unit; empty where it was not said.
        after: The same after the change.
        where: `petg@1.9.0 on voron-350`, each.
    """

    group: Group
    key: str
    before: str
    after: str
    where: tuple[str, ...]


class Row(Struct, frozen=True):
    """One figure of a result: before, after, and what is recorded of it."""

    name: str
    before: int | None
    after: int | None
    baseline: int | None


class Side(Struct, frozen=True):
    """One slice of a result: who made it, what it came to, layer by layer; or why there is none."""

    said: str
    gcode: Digest | None = None
    figures: Figures | None = None
    layers: tuple[LayerFigures, ...] = ()
    failure: Failed | None = None
    warnings: tuple[str, ...] = ()


class Result(Struct, frozen=True):
    """What one golden model came to.

    Args:
        pair: The case, and what it takes the place of.
        after: What it came to.
        before: What it came to before the change; None where there was nothing.
        held: What it is held against.
        breaches: What may not be so.
    """

    pair: Pair
    after: Side
    before: Side | None
    held: Held
    breaches: tuple[Breach, ...]

    @property
    def status(self) -> Status:
        """Return how it is."""
        if self.after.failure is not None:
            return Status.FAILED
        if self.breaches:
            return Status.BREACHED
        if self.before is None:
            return Status.NEW
        return Status.CHANGED if self.score else Status.SAME

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return every figure, in the order that people read them."""
        before = (self.before.figures if self.before else None) or {}
        after, kept = self.after.figures or {}, self.held.figures or {}
        return tuple(
            Row(name, before.get(name), after.get(name), kept.get(name))
            for name in in_order(before, after)
        )

    @property
    def changed(self) -> tuple[Row, ...]:
        """Return the figures that are others than before, the biggest change first."""
        rows = [each for each in self.rows if each.before != each.after]
        return tuple(sorted(rows, key=lambda each: (-size(each), each.name)))

    @property
    def score(self) -> int:
        """Return how much is another, weighted: what reports are sorted by."""
        return sum(size(each) for each in self.rows) if self.before else 0


def size(row: Row) -> int:
    """Return how far a figure moved, in thousandths, weighted; from or to nothing counts whole."""
    if row.before == row.after:
        return 0
    share = permille(row.before or 0, row.after or 0)
    return kind_of(row.name).weight * max(1, min(1000, abs(1000 if share is None else share)))


class Touched(Struct, frozen=True):
    """What a merge would touch.

    Args:
        orders: Open orders that are made with what changed.
        plans: Build plans that get a new revision.
        plates: Plates not started yet that are sliced again.
        printers: Printers that print with it.
        printing: Prints that go on as they are.
        knows_ledger: Whether there is a ledger here that tells of plates and prints.
    """

    orders: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    printers: tuple[str, ...] = ()
    printing: tuple[str, ...] = ()
    knows_ledger: bool = True


class Report(Struct, frozen=True):
    """All that is said of a change.

    Args:
        base: The commit before it.
        head: The commit after it; `work tree` for files as they are.
        changes: What changed, for people.
        settings: Which settings are others.
        results: What golden models came to, the worst and the biggest change first.
        problems: What could not be looked at, and why.
        touched: What a merge would touch.
        updated: The baselines that were written.
    """

    base: str
    head: str
    changes: tuple[str, ...] = ()
    settings: tuple[SettingChange, ...] = ()
    results: tuple[Result, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    touched: Touched = Touched()
    updated: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Return whether nothing failed, nothing is breached and nothing is wrong."""
        bad = (Status.FAILED, Status.BREACHED)
        wrong = any(each.severity is Severity.ERROR for each in self.problems)
        return not wrong and not any(each.status in bad for each in self.results)

    def count(self, status: Status) -> int:
        """Return how many results are so."""
        return sum(each.status is status for each in self.results)


def results(
    pairs: Sequence[Pair],
    outcomes: Mapping[Digest, Outcome],
    baselines: Mapping[tuple[str, str], Baseline],
) -> tuple[Result, ...]:
    """Return what came of pairs, the worst and the biggest change first.

    Args:
        pairs: What was sliced.
        outcomes: What came of each slice, by the key of its request.
        baselines: What is recorded, by profile and version.
    """
    found = [_result(each, outcomes, baselines) for each in pairs]
    order = list(Status)
    return tuple(sorted(found, key=lambda e: (order.index(e.status), -e.score, e.pair.after.key)))


def _result(
    pair: Pair,
    outcomes: Mapping[Digest, Outcome],
    baselines: Mapping[tuple[str, str], Baseline],
) -> Result:
    after = _side(pair.after, outcomes)
    before = _side(pair.before, outcomes) if pair.before else None
    measured = Held(before.figures, BEFORE) if before else Held(None)
    ruling = pair.before.target.version if pair.before else None
    held = held_against(pair.after, baselines, measured, ruling)
    wrong = breaches(pair.after.model.expect, after.figures, held) if after.figures else ()
    return Result(pair, after, before, held, wrong)


def _side(case: Case, outcomes: Mapping[Digest, Outcome]) -> Side:
    if case.request is None:
        why = Failed("golden-not-sliceable", case.why_not, "farmctl validate")
        return Side(case.said, failure=why)
    outcome = outcomes[case.request.key]
    match outcome:
        case Failed():
            return Side(case.said, failure=outcome)
        case Measured():
            figures = outcome.figures
            return Side(
                case.said, outcome.gcode, flat(figures), figures.per_layer, None, outcome.warnings
            )
        case _:
            assert_never(outcome)
