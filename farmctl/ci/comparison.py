"""Two versions of a profile on the golden models, in a line: for a promotion. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from farmctl.ci.cases import Case
from farmctl.ci.figures import SHARE, change_said, in_order, kind_of
from farmctl.ci.outcome import Failed
from farmctl.ci.report import Row, size
from farmctl.ci.verdict import Breach, Held, breaches, held_against
from farmctl.ci.words import places
from farmctl.model.baseline import Baseline, Figures

_WHOLE = ("time_ms", "filament_mg", "filament_um")
_SHOWN = 8


class Compared(Struct, frozen=True):
    """One golden model on one class.

    Args:
        case: With the version that comes.
        before: What it came to with the version that goes; None where that is not known.
        after: What it comes to with the one that comes; None where that is not known.
        breaches: What of it may not be so.
        failure: Why it was not sliced.
    """

    case: Case
    before: Figures | None = None
    after: Figures | None = None
    breaches: tuple[Breach, ...] = ()
    failure: Failed | None = None

    @property
    def name(self) -> str:
        """Return `bridges on voron-350`."""
        return f"{self.case.model.name} on {self.case.printer_class}"

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the figures of both, where both are known."""
        if self.before is None or self.after is None:
            return ()
        names = in_order(self.before, self.after)
        return tuple(Row(e, self.before.get(e), self.after.get(e), None) for e in names)


class Comparison(Struct, frozen=True):
    """All golden models that count for a profile.

    Args:
        version: The version that comes.
        against: The one that goes; None where there is none.
        rows: Each golden model on each class.
        problem: Why they could not be looked at.
    """

    version: str
    against: str | None
    rows: tuple[Compared, ...] = ()
    problem: str = ""

    @property
    def measured(self) -> int:
        """Return of how many it is known what they come to."""
        return sum(each.after is not None for each in self.rows)

    @property
    def breached(self) -> int:
        """Return how many are out of their bounds."""
        return sum(bool(each.breaches) for each in self.rows)

    @property
    def failed(self) -> int:
        """Return how many were not sliced."""
        return sum(each.failure is not None for each in self.rows)

    @property
    def is_good(self) -> bool:
        """Return whether all are measured, and within their bounds."""
        return not self.problem and self.measured == len(self.rows) and not self.breached


def compared(
    case: Case,
    before: Figures | None,
    after: Figures | Failed | None,
    baselines: Mapping[tuple[str, str], Baseline],
    against: str | None,
) -> Compared:
    """Return what a golden model comes to, held against what `farmctl ci` holds it against.

    Args:
        case: With the version that comes.
        before: What it came to with the version that goes.
        after: What it comes to, or why it was not sliced.
        baselines: All that is recorded, by profile and version.
        against: The version that goes.
    """
    if after is None:
        return Compared(case, before)
    if isinstance(after, Failed):
        return Compared(case, before, failure=after)
    measured = Held(before, "what was there before") if before else Held(None)
    held = held_against(case, baselines, measured, against)
    return Compared(case, before, after, breaches(case.model.expect, after, held))


def line(found: Comparison) -> str:
    """Return `22 measured, 0 out of bounds; time -3.1 %, …`."""
    if found.problem:
        return f"not looked at: {found.problem}"
    counts = ", ".join(_counts(found))
    changes = _changes(found)
    return f"{counts}; {changes}" if changes else counts


def _counts(found: Comparison) -> Iterator[str]:
    total = len(found.rows)
    if not found.measured and not found.failed:
        yield f"{found.version} is not measured"
        return
    yield (
        f"{found.measured} measured"
        if found.measured == total
        else (f"{found.measured} of {total} measured")
    )
    if found.failed:
        yield f"{found.failed} not sliced"
    yield f"{found.breached} out of bounds"


def _changes(found: Comparison) -> str:
    both = [each for each in found.rows if each.rows]
    if found.against is None or not found.measured:
        return ""
    if not both:
        return f"{found.against} is not measured"
    words = list(_wholes(both))
    words += _biggest(both)
    return ", ".join(words) or f"the same as {found.against}"


def _biggest(both: list[Compared]) -> Iterator[str]:
    """Yield the one figure that changes most, of all golden models."""
    found = ((each, row) for each in both for row in each.rows if not row.name.startswith(SHARE))
    moved = [(each, row) for each, row in found if size(row)]
    if moved:
        each, row = min(moved, key=lambda pair: (-size(pair[1]), pair[0].name))
        change = change_said(row.before, row.after)
        yield f"biggest change: {each.name}: {kind_of(row.name).label} {change}"


def _wholes(both: list[Compared]) -> Iterator[str]:
    """Yield how time and filament of all together change; filament by weight, if that is known."""
    told = set()
    for name in _WHOLE:
        label = kind_of(name).label
        pairs = [(e.before.get(name), e.after.get(name)) for e in both if e.before and e.after]
        known = [(old, new) for old, new in pairs if old is not None and new is not None]
        if label in told or len(known) < len(both):
            continue
        told.add(label)
        change = change_said(sum(old for old, _ in known), sum(new for _, new in known))
        if change != "=":
            yield f"{label} {change}"


def wrong(found: Comparison) -> Iterator[str]:
    """Yield what is wrong, each once with the golden models that it is so of."""
    named: dict[str, list[str]] = defaultdict(list)
    for each in found.rows:
        if each.failure is not None:
            named[f"{each.failure.code}: {each.failure.message}"].append(each.name)
        for breach in each.breaches:
            named[f"{breach.code}: {breach.message}"].append(each.name)
    for what, names in list(named.items())[:_SHOWN]:
        yield f"{places(names)}: {what}"
    if len(named) > _SHOWN:
        yield f"and {len(named) - _SHOWN} more: farmctl ci"
