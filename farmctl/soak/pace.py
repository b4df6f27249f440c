"""How long prints took from their decision to their recorded end. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from farmctl.model.envelope import Event
from farmctl.model.events import payload_of
from farmctl.model.events.run_life import RunCompleted
from farmctl.model.events.runs import RunQueued
from farmctl.model.ids import RunId


def made_ms(journal: Iterable[Event]) -> int:
    """Return the milliseconds from `run.queued` to `run.completed`, summed over all runs."""
    queued: dict[RunId, datetime] = {}
    total = timedelta()
    for event in journal:
        match payload_of(event.type, event.data):
            case RunQueued(run=run):
                queued[run] = event.time
            case RunCompleted(run=run):
                total += event.time - queued[run]
            case _:
                pass
    return total // timedelta(milliseconds=1)
