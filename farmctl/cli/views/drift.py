"""What `drift` found: a line of sums, what is not in sync first, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from msgspec import to_builtins

from farmctl.cli.output import table
from farmctl.cli.views.rows import NONE
from farmctl.farm.asking.drifting import DriftRow

_ORDER = ("drifted", "unknown", "ignored", "in sync")
_HEAD = ("PRINTER", "WHAT", "STATE", "FARM", "MACHINE", "")
_CELL = 22


def drift_lines(rows: Sequence[DriftRow], zone: tzinfo, *, wide: bool = False) -> Iterator[str]:
    """Yield one line of sums, the table, and the mend where something drifted."""
    counts = Counter(each.state for each in rows)
    yield ", ".join(f"{counts[state]} {state}" for state in _ORDER if counts[state])
    ordered = sorted(rows, key=lambda each: _ORDER.index(each.state))
    cells = [_cells(each, zone, wide=wide) for each in ordered]
    yield table(_HEAD, cells, wide=wide)
    if counts["drifted"]:
        yield "mend the machine, or farm.yaml and farmctl commit; of a spool: farmctl load"


def drift_item(row: DriftRow) -> dict[str, Any]:
    """Return a row for programs."""
    item: dict[str, Any] = to_builtins(row)
    return item


def _cells(row: DriftRow, zone: tzinfo, *, wide: bool) -> tuple[str, ...]:
    said, seen = row.said or NONE, row.seen or NONE
    if not wide:
        said, seen = _short(said), _short(seen)
    return (row.printer, row.what, row.state, said, seen, _note(row, zone))


def _short(text: str) -> str:
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def _note(row: DriftRow, zone: tzinfo) -> str:
    since = row.since.astimezone(zone).strftime("since %a %-d %b %H:%M") if row.since else ""
    holds = "holds prints" if row.holds else ""
    return ", ".join(filter(None, (row.reason, since, holds)))
