"""The report as Markdown for a pull request: the verdict first, tables folded away. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

from farmctl.ci.report import Report, Result, SettingChange, Status
from farmctl.ci.words import (
    biggest,
    headline,
    notes_of,
    places,
    problems_of,
    row_cells,
    title,
    touched_lines,
)

MOST_B = 60_000
"""GitHub takes 65,536 characters in a comment; what is beyond is counted, not shown."""
_MARKS = {
    Status.FAILED: "❌",
    Status.BREACHED: "❌",
    Status.CHANGED: "🔸",
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
        *_section("Settings", list(_settings(report.settings))),
        *_section("Not looked at", list(_problems(report))),
    ]
    if report.results:
        lines = [f"- {_text(each)}" for each in touched_lines(report.touched)]
        parts += _section("What a merge would touch", lines)
        parts += ["### What golden models come to"]
    if report.updated:
        parts += _section("Baselines written", [f"- {_text(each)}" for each in report.updated])
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


def _settings(changes: Iterable[SettingChange]) -> Iterator[str]:
    rows = [
        (each.group.value, each.key, each.before or "-", each.after or "-", places(each.where))
        for each in changes
    ]
    if rows:
        yield from _table(("Affects", "Setting", "Before", "After", "Where"), rows)


def _problems(report: Report) -> Iterator[str]:
    for each in report.problems:
        said = f"{each.where}: {each.code}: {each.message}"
        yield f"- {_text(said)}: {_text(each.mend)}"


def _results(results: Iterable[Result]) -> Iterator[str]:
    for each in results:
        yield "\n".join(_result(each))


def _result(result: Result) -> Iterator[str]:
    summary = html.escape(f"{title(result)}: {biggest(result)}")
    is_open = " open" if result.status in (Status.FAILED, Status.BREACHED) else ""
    yield f"<details{is_open}><summary>{_MARKS[result.status]} {summary}</summary>"
    yield ""
    for what, mend in problems_of(result):
        yield f"- **{_text(what)}** {_text(mend)}"
    for note in notes_of(result):
        yield f"- {_text(note)}"
    rows = [row_cells(each) for each in (result.changed or result.rows)]
    if rows:
        yield ""
        source = result.held.source or "Baseline"
        yield from _table(("Figure", "Before", "After", "Change", source.capitalize()), rows)
    yield ""
    yield "</details>"


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
