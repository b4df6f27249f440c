"""Lists of things by kind, as tables: what matters first, in local time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from farmctl.cli.views.rows import NONE, cell, fitted

COLUMNS: Mapping[str, Sequence[str]] = {
    "orders": ("id", "state", "due", "priority", "items", "held"),
    "items": ("id", "state", "good", "quantity", "in_flight", "failed", "filaments", "profile"),
    "plans": ("id", "state", "filaments", "approved_by", "written"),
    "plates": ("id", "state", "class", "profile", "run", "estimated_s", "filament_g"),
    "runs": ("id", "state", "reason", "printer", "items", "ended", "filament_g"),
    "printers": ("id", "state", "bed", "loaded", "run", "class", "held"),
    "decisions": ("id", "state", "gate", "subjects", "decided", "explanations"),
    "requests": ("id", "state", "verb", "about", "by", "asked", "reason"),
    "attentions": ("id", "state", "kind", "about", "opened", "command"),
    "artifacts": ("id", "kind", "size_b", "tool", "stored"),
    "events": ("seq", "at", "type", "subject", "by"),
}
"""What a table shows of each kind; `-o wide` shows the rest."""


def list_table(
    kind: str, rows: Sequence[Mapping[str, Any]], zone: tzinfo, *, wide: bool = False
) -> str:
    """Return the table of a list; a row has the same names as in the list's JSON form."""
    names = list(rows[0]) if wide else COLUMNS[kind]
    cells = [[_cell(name, row[name], zone) for name in names] for row in rows]
    return fitted(names, cells, None if wide else 100)[0]


def _cell(name: str, value: object, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%a %-d %b %H:%M")
    if name == "items" and isinstance(value, list):
        return ", ".join(_item(each) for each in value) or NONE
    return cell(value)


def _item(item: object) -> str:
    """Return `bracket 2/12` of an order's item; a print's item has a name alone."""
    return (
        f"{item['name']} {item['good']}/{item['quantity']}"
        if isinstance(item, dict)
        else cell(item)
    )
