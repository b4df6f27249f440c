"""Rows of any question, as text that fits a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from farmctl.cli.output import WIDTH, table

if TYPE_CHECKING:
    from farmctl.insight.query import Answer

NONE = "-"
_CELL = 32
_LAST = 12  # the last column may be cut to so much
_DIGEST = re.compile(r"[0-9a-f]{40,64}")


def cell(value: object) -> str:
    """Return a value as people read it, in one line."""
    match value:
        case None | "":
            return NONE
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case list() | tuple():
            return ", ".join(cell(each) for each in value) or NONE
        case dict():
            return ", ".join(f"{name} {cell(each)}" for name, each in value.items()) or NONE
        case _:
            return " ".join(str(value).split())


def fitted(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = WIDTH
) -> tuple[str, list[str]]:
    """Return a table of whole columns, and the names of those that do not fit.

    Args:
        headings: The names of the columns.
        rows: Their cells.
        width: How wide it may be; None shows everything in full.
    """
    if width is None:
        return table(_upper(headings), rows, wide=True), []
    full = [[_DIGEST.sub(lambda found: found[0][:12], each) for each in row] for row in rows]
    short = [[_short(each) for each in row] for row in full]
    count = _columns_in(width, headings, short)
    shown = [[*brief[: count - 1], row[count - 1]] for brief, row in zip(short, full, strict=True)]
    return table(_upper(headings[:count]), shown), list(headings[count:])


def _columns_in(width: int, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    used = 0
    for place, heading in enumerate(headings):
        needs = max([len(heading), *(len(row[place]) for row in rows)])
        if used + min(needs, max(len(heading), _LAST)) > width:
            return max(1, place)
        used += needs + 2
    return len(headings)


def _short(text: str) -> str:
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def _upper(headings: Sequence[str]) -> list[str]:
    return [each.upper() for each in headings]


def as_items(answer: Answer) -> list[dict[str, object]]:
    """Return rows by name, as items of a JSON list; a name that comes again is numbered."""
    from farmctl.insight.query import plain

    names: list[str] = []
    for each in answer.columns:
        again = sum(name == each or name.startswith(f"{each}_") for name in names)
        names.append(f"{each}_{again + 1}" if each in names else each)
    return [
        {name: plain(value) for name, value in zip(names, row, strict=True)} for row in answer.rows
    ]


def overview() -> tuple[tuple[str, str], ...]:
    """Return every table and view with what it holds."""
    from farmctl.insight.catalogue import TABLES, VIEWS

    tables = [(each.name, each.meaning) for each in TABLES.values()]
    return (*tables, *((each.name, each.meaning) for each in VIEWS.values()))
