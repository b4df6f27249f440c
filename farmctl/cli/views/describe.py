"""Everything about one thing, as lines and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from msgspec import to_builtins

from farmctl.cli.views.events import event_line
from farmctl.farm.asking.describing import Described
from farmctl.model.envelope import event_json

MOST_EVENTS = 12


def described_lines(found: Described, zone: tzinfo) -> Iterator[str]:
    """Yield what is known, what it was made from, and what happened last."""
    yield f"{found.kind} {found.name}"
    for key, value in found.fields.items():
        if key != "id" and value not in (None, [], ""):
            yield f"  {key:<14} {_said(value, zone)}"
    if found.made_from:
        yield from ("", "MADE FROM")
    width = max((len(row.name) for row in found.made_from), default=0)
    for row in found.made_from:
        yield f"  {row.what:<9} {row.name:<{width}}  {row.digest}"
    if found.events:
        yield from ("", f"EVENTS ({len(found.events)}): farmctl events --subject {found.name}")
    for event in found.events[-MOST_EVENTS:]:
        yield event_line(event, zone)


def described_item(found: Described) -> dict[str, Any]:
    """Return the same for programs."""
    fields = {key: _plain(value) for key, value in found.fields.items()}
    return {
        **fields,
        "made_from": [to_builtins(each) for each in found.made_from],
        "events": [event_json(each) for each in found.events],
    }


def _said(value: object, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%a %-d %b %H:%M:%S")
    if isinstance(value, list | tuple):
        return ", ".join(_said(each, zone) for each in value)
    return str(value)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
