"""What `farmctl ci` found, as people read it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.ci.report import Report, Result
from farmctl.ci.words import (
    headline,
    notes_of,
    overview_cells,
    places,
    problems_of,
    touched_lines,
)
from farmctl.cli.output import table

_MOST = 12


def report_lines(report: Report, *, wide: bool) -> Iterator[str]:
    """Yield the report: the verdict last, where eyes are when a command ends."""
    if report.changes:
        yield "CHANGED"
        yield from (f"  {each}" for each in report.changes)
    if report.settings:
        yield ""
        yield from _settings(report, wide=wide)
    if report.results:
        yield ""
        yield from _golden(report, wide=wide)
        yield ""
        yield "A MERGE TOUCHES"
        yield from (f"  {each}" for each in touched_lines(report.touched))
    for each in report.problems:
        yield f"{each.where}: {each.severity}: {each.message} ({each.code})"
        yield f"    {each.mend}"
    if report.updated:
        yield ""
        yield from (f"recorded: {each}" for each in report.updated)
    yield headline(report)


def _settings(report: Report, *, wide: bool) -> Iterator[str]:
    rows = [
        (each.group.value, each.key, each.before or "-", each.after or "-", places(each.where))
        for each in report.settings
    ]
    yield table(("AFFECTS", "SETTING", "BEFORE", "AFTER", "WHERE"), rows, wide=wide)


def _golden(report: Report, *, wide: bool) -> Iterator[str]:
    yield from _wrong(report, wide=wide)
    shown = report.results if wide else report.results[:_MOST]
    rows = [_row(each) for each in shown]
    yield table(("", "GOLDEN MODEL", "TIME", "", "WITH", "BESIDES"), rows, wide=wide)
    if len(report.results) > len(shown):
        yield f"and {len(report.results) - len(shown)} more: -o wide, or the reports"
    notes = sorted({note for each in report.results for note in notes_of(each)})
    yield from (f"note: {note}" for note in notes)


def _row(result: Result) -> tuple[str, ...]:
    name, _, change, _, after, besides, made_with = overview_cells(result)
    return result.status.value.upper(), name, after, change, made_with, besides


def _wrong(report: Report, *, wide: bool) -> Iterator[str]:
    """Yield what is wrong, each once with where it is so, and each mend once below."""
    where: dict[str, list[str]] = {}
    mends: dict[str, None] = {}
    for each in report.results:
        for what, mend in problems_of(each):
            where.setdefault(what, []).append(each.pair.after.said)
            mends[mend] = None
    if not where:
        return
    yield "NOT GOOD"
    for what, names in where.items():
        yield f"  {what}"
        yield f"      {places(names, len(names) if wide else 1)}"
    yield from (f"  {mend}" for mend in mends if mend)
    yield ""
