"""Markdown by code: tables and marked places in pages that people write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NOTICE = "<!-- Made from the code by `make docs`: change it there. -->\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [_row(headings), _row(["---"] * len(headings)), *(_row(row) for row in rows)]
    return "".join(f"{line}\n" for line in lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    """Return text as inline code."""
    return f"`{text}`"


def filled(page: str, name: str, made: str) -> str:
    """Return a page with what stands between `<!-- name -->` and `<!-- /name -->` made new."""
    place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not place.search(page):
        raise KeyError(f"the page has no place for {name}")
    return place.sub(lambda found: f"{found[1]}{made}{found[2]}", page)
