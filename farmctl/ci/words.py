"""The sentences that every form of the report says alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from farmctl.ci.figures import change_said, kind_of, permille, said
from farmctl.ci.report import BEFORE, Report, Result, Row, SettingChange, Status, Touched

_SHOWN = 8
_TOLD = ("time_ms", "filament_mg")
"""What is said first of a model that nothing was known of."""
SETTINGS = ("Setting", "Before", "After", "Where", "Affects")
"""What stands above `setting_cells`."""
OVERVIEW = (
    *("Golden model", "Verdict", "Time", "Time before", "Time after"),
    *("Besides", "With"),
)
"""What stands above `overview_cells`."""


def headline(report: Report) -> str:
    """Return the verdict in one line."""
    if not report.results and not report.problems:
        if report.changes:
            return "good: nothing had to be sliced"
        return "nothing that golden models are measured on has changed"
    counts = [f"{number} {word}" for status, word in _COUNTED if (number := report.count(status))]
    if report.problems:
        counts.append(f"{len(report.problems)} could not be looked at")
    return f"{'good' if report.is_good else 'not good'}: {', '.join(counts) or 'nothing changed'}"


_COUNTED = (
    (Status.FAILED, "not sliced"),
    (Status.BREACHED, "out of bounds"),
    (Status.CHANGED, "changed"),
    (Status.NEW, "new"),
    (Status.SAME, "the same"),
)


def title(result: Result) -> str:
    """Return `bridges: petg@draft on voron-350@3.0.0, before petg@1.0.0`."""
    before = result.pair.before
    if before is None:
        return f"{result.pair.after.said} (nothing before)"
    old, new = before.target, result.pair.after.target
    if (old.profile, old.version) != (new.profile, new.version):
        return f"{result.pair.after.said}, before {old.version}"
    if before.class_version != result.pair.after.class_version:
        return f"{result.pair.after.said}, before @{before.class_version}"
    return result.pair.after.said


def biggest(result: Result, most: int = 3) -> str:
    """Return the biggest changes of a result in a few words: `time +4.2 %, filament -1.0 %`."""
    if result.after.failure is not None:
        return f"{result.after.failure.code}: {result.after.failure.message}"
    if result.before is None:
        return ", ".join(said(each.name, each.after) for each in result.rows if each.name in _TOLD)
    return _changes(result.changed, most) or "the same"


def _changes(rows: Sequence[Row], most: int = 3) -> str:
    """Return some changes in a few words; less than a thousandth only where there is no other."""
    seen = [row for row in rows if permille(row.before or 0, row.after or 0) != 0] or rows
    changes = (f"{kind_of(r.name).label} {change_said(r.before, r.after)}" for r in seen[:most])
    return ", ".join(changes)


def overview_cells(result: Result) -> tuple[str, str, str, str, str, str, str]:
    """Return a result in a line: what `OVERVIEW` names."""
    case = result.pair.after
    made_with = f"{case.target.profile}@{case.target.version} on {case.printer_class}"
    which = (case.model.name, dict(_COUNTED)[result.status])
    if result.after.failure is not None:
        return (*which, "-", "-", "-", biggest(result), made_with)
    row = next((each for each in result.rows if each.name == "time_ms"), None)
    _, before, after, change, _ = row_cells(row or Row("time_ms", None, None, None))
    besides = [each for each in result.changed if each != row] if result.before else []
    return (*which, change, before, after, _changes(besides) or "-", made_with)


def setting_cells(change: SettingChange, most: int = 3) -> tuple[str, str, str, str, str]:
    """Return a setting that is another in a line: what `SETTINGS` names."""
    before, after = change.before or "-", change.after or "-"
    return change.key, before, after, places(change.where, most), change.group.value


def unchanged_said(rows: Sequence[Row]) -> str:
    """Return `1 figure is as before`, `12 figures are as before`."""
    return "1 figure is as before" if len(rows) == 1 else f"{len(rows)} figures are as before"


def mends_of(results: Iterable[Result]) -> tuple[str, ...]:
    """Return how to mend what is wrong with results, each once."""
    return tuple({mend: None for each in results for _, mend in problems_of(each) if mend})


def row_cells(row: Row) -> tuple[str, str, str, str, str]:
    """Return what is shown of a figure: label, before, after, change, baseline."""
    return (
        kind_of(row.name).label,
        said(row.name, row.before),
        said(row.name, row.after),
        change_said(row.before, row.after),
        said(row.name, row.baseline),
    )


def changed_said(row: Row) -> str:
    """Return `time: 16m 17s → 16m 51s, +3.4 %`."""
    label, before, after, change, _ = row_cells(row)
    return f"{label}: {before} → {after}, {change}"


def figure_heads(result: Result) -> tuple[str, ...]:
    """Return what stands above the figures of a result; no baseline where none is recorded."""
    source = result.held.source
    kept = (source[:1].upper() + source[1:],) if source not in ("", BEFORE) else ()
    return ("Figure", "Before", "After", "Change", *kept)


def figure_cells(result: Result, row: Row) -> tuple[str, ...]:
    """Return a figure of a result in a line: what `figure_heads` names."""
    return row_cells(row)[: len(figure_heads(result))]


def problems_of(result: Result) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a result, each with its mend."""
    failure = result.after.failure
    if failure is not None:
        was = result.before.failure if result.before else failure
        again = "" if was is not None else " (it was sliced before the change)"
        yield f"{failure.code}: {failure.message}{again}", failure.mend
    yield from ((f"{each.code}: {each.message}", each.mend) for each in result.breaches)


def notes_of(result: Result) -> Iterator[str]:
    """Yield what must be said of a result beside its figures."""
    yield from result.held.notes
    if result.held.figures is None and result.pair.before is None:
        yield "nothing to hold it against: farmctl ci --update-baselines records it"
    if result.before is not None and result.before.failure is not None:
        yield f"not sliced before the change: {result.before.failure.message}"
    if result.after.warnings:
        yield f"the slicer warns: {', '.join(result.after.warnings)}"


def touched_lines(touched: Touched) -> Iterator[str]:
    """Yield what a merge would touch, a line for each kind."""
    rows = (
        ("open orders", touched.orders),
        ("build plans with a new revision", touched.plans),
        ("plates that are sliced again", touched.plates),
        ("printers", touched.printers),
        ("prints that go on as they are", touched.printing),
    )
    for label, names in rows:
        if names:
            yield f"{label}: {_some(names)}"
    if not any(names for _, names in rows):
        yield "nothing: no order or printer uses what changed"
    if not touched.knows_ledger:
        yield "there is no ledger here: plates and prints are not known"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more} ({len(names)})"


def places(names: Iterable[str], most: int = 3) -> str:
    """Return some names, and how many there are besides."""
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{', '.join(found[:most])}{more}"
