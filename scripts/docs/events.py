"""`docs/events.md`: every event type of the registry."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import groupby

from msgspec.structs import fields

from farmctl.model.events import EventType, event_types
from scripts.docs.markdown import NOTICE, code, table

INTRODUCTION = """# Events

The journal is farmctl's truth: one canonical JSON object per line, in `.farmctl/journal/`.
Each holds the fields of CloudEvents 1.0 and some of farmctl's own (`seq`, `actor`, `correlation`,
`causation`, `epoch`, `prev`, `hash`); what follows is the `type`, the `subject` and the `data`.
Figures are whole numbers in base units: µm, mg, ms, thousandths of a degree.
An additive change keeps `v1`; any other adds `v2` and a pure step from the old to the new.
Look at them with `farmctl events`; the lists that are made from them are in
[tables](tables.md).
"""


def events_page() -> str:
    """Return the page."""
    parts = [f"{NOTICE}{INTRODUCTION}"]
    for noun, rows in groupby(event_types(), key=lambda row: row.name.split(".")[0]):
        parts.append(f"## {noun}\n\n" + _table(list(rows)))
    return "\n".join(parts)


def _table(rows: list[EventType]) -> str:
    heads = ("Type", "What it says", "Subject", "Data", "Written by")
    return table(heads, [_row(row) for row in rows])


def _row(row: EventType) -> tuple[str, ...]:
    short = row.full_name.removeprefix("dev.farmctl.")
    return (code(short), row.meaning, code(row.subject), ", ".join(_data(row.payload)), row.owner)


def _data(payload: type) -> Iterator[str]:
    notes = _notes(payload)
    for each in fields(payload):
        kind = "" if each.required else "?"
        note = f" ({notes[each.name]})" if each.name in notes else ""
        yield f"{code(each.name + kind)}{note}"


def _notes(payload: type) -> dict[str, str]:
    """Return what a payload's docstring says of its fields, without the last full stop."""
    _, _, listed = inspect.cleandoc(payload.__doc__ or "").partition("Args:\n")
    found = re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", listed, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text).rstrip(".") for name, text in found}
