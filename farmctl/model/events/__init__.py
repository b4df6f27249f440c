"""Every fact that the ledger can hold: a closed list, from which docs and schemas are made."""

from __future__ import annotations

from farmctl.model.events import farm, orders, plans, plates, printers, run_life, runs
from farmctl.model.events.registry import (
    EventType,
    data_of,
    event_types,
    fact,
    is_known,
    payload_of,
    subject_of,
    type_of,
)

__all__ = [
    "EventType",
    "data_of",
    "event_types",
    "fact",
    "farm",
    "is_known",
    "orders",
    "payload_of",
    "plans",
    "plates",
    "printers",
    "run_life",
    "runs",
    "subject_of",
    "type_of",
]
