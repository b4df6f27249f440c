"""The report as Markdown for a pull request: the verdict first, tables folded away. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

from farmctl.ci.report import Report, Result, Row, Status
from farmctl.ci.words import (
    OVERVIEW,
    SETTINGS,
    biggest,
    figure_cells,
    figure_heads,
    headline,
    mends_of,
    notes_of,
    overview_cells,
    problems_of,
    setting_cells,
    title,
    touched_lines,
    unchanged_said,
)

MOST_B = 60_000
"""GitHub takes 65,536 characters in a comment; what is beyond is counted, not shown."""
MOST_ROWS = 30
"""How many results the table of all of them shows."""
_MARKS = {
    Status.FAILED: "❌",
    Status.BREACHED: "❌",
    Status.CHANGED: "🔸",
    Status.NEW: "✅",
    Status.SAME: "✅",
}
_SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\`*_[]|~"})


def markdown(report: Report) -> str:
    """Return the whole comment."""
    mark = "✅" if report.is_good else "❌"
    parts = [
        f"## {mark} farmctl ci: {_text(headline(report))}",
        f"{_text(report.base[:12])} → {_text(report.head[:12])}",
        *_section("What changed", [f"- {_text(each)}" for each in report.changes]),
        *_section("Settings", list(_settings(report))),
        *_section("Not looked at", list(_problems(report))),
        *_section("What golden models come to", list(_overview(report.results))),
        *_list(mends_of(report.results)),
        *_section("Baselines written", [f"- {_text(each)}" for each in report.updated]),
    ]
    if report.results:
        lines = [f"- {_text(each)}" for each in touched_lines(report.touched)]
        parts += _section("What a merge would touch", lines)
        parts += ["### Each golden model"]
    return _within("\n\n".join(parts), list(_results(report.results)))


def _within(head: str, results: Sequence[str]) -> str:
    """Return the head and as many results as there is room for, the biggest change first."""
    text, shown = head, 0
    for each in results:
        if len(text) + len(each) > MOST_B:
            break
        text, shown = f"{text}\n\n{each}", shown + 1
    left = len(results) - shown
    more = f"\n\n…and {left} more with smaller changes: see report.html" if left else ""
    return f"{text}{more}\n"


def _section(heading: str, lines: Sequence[str]) -> list[str]:
    return [f"### {heading}", "\n".join(lines)] if lines else []


def _list(lines: Iterable[str]) -> list[str]:
    text = "\n".join(f"- {_text(each)}" for each in lines)
    return [text] if text else []


def _settings(report: Report) -> Iterator[str]:
    if report.settings:
        yield from _table(SETTINGS, [setting_cells(each) for each in report.settings])


def _overview(results: Sequence[Result]) -> Iterator[str]:
    if not results:
        return
    rows = []
    for each in results[:MOST_ROWS]:
        name, verdict, *rest = overview_cells(each)
        rows.append((name, f"{_MARKS[each.status]} {verdict}", *rest))
    yield from _table(OVERVIEW, rows)
    if len(results) > len(rows):
        yield f"\n…and {len(results) - len(rows)} more"


def _problems(report: Report) -> Iterator[str]:
    for each in report.problems:
        said = f"{each.where}: {each.code}: {each.message}"
        yield f"- {_text(said)}: {_text(each.mend)}"


def _results(results: Iterable[Result]) -> Iterator[str]:
    for number, each in enumerate(results):
        yield "\n".join(_result(each, is_first=number == 0))


def _result(result: Result, *, is_first: bool) -> Iterator[str]:
    """Yield what one result came to, folded; blank lines let Markdown be read within HTML."""
    summary = html.escape(f"{title(result)}: {biggest(result)}")
    is_wrong = result.status in (Status.FAILED, Status.BREACHED)
    tag = "<details open>" if is_first and is_wrong else "<details>"
    yield f"{tag}<summary>{_MARKS[result.status]} {summary}</summary>"
    said = [f"**{_text(what)}**" for what, _ in problems_of(result)]
    said += [_text(note) for note in notes_of(result)]
    if said:
        yield ""
        yield from (f"- {each}" for each in said)
    if result.changed:
        yield ""
        yield from _figures(result, result.changed)
    yield from _rest(result, [each for each in result.rows if each.before == each.after])
    yield ""
    yield "</details>"


def _rest(result: Result, rows: Sequence[Row]) -> Iterator[str]:
    if result.changed and rows:
        yield f"\n{unchanged_said(rows)}"
    elif rows:
        yield ""
        yield from _figures(result, rows)


def _figures(result: Result, rows: Iterable[Row]) -> Iterator[str]:
    yield from _table(figure_heads(result), [figure_cells(result, each) for each in rows])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(_text(cell) for cell in row)} |"


def _text(text: str) -> str:
    """Return a text that means nothing to Markdown or HTML: values come from a stranger's files."""
    flat = " ".join(text.split())
    short = flat if len(flat) <= 300 else f"{flat[:300]}…"
    return html.escape(short, quote=False).translate(_SPECIAL)
