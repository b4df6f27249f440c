"""What the ledger remembers, folded from its events: immutable records of orders, plates, runs."""

from __future__ import annotations

from farmctl.model.recorded.orders import (
    Answered,
    ClosedOrder,
    InstanceRecord,
    ItemRecord,
    ItemTally,
    OrderRecord,
    PlanRecord,
)
from farmctl.model.recorded.printers import AttentionRecord, Counts, Hold, PrinterRecord
from farmctl.model.recorded.runs import (
    Asked,
    Doubted,
    Failure,
    LeftOut,
    Leftover,
    Outstanding,
    PlateRecord,
    RunRecord,
)

__all__ = [
    "Answered",
    "Asked",
    "AttentionRecord",
    "ClosedOrder",
    "Counts",
    "Doubted",
    "Failure",
    "Hold",
    "InstanceRecord",
    "ItemRecord",
    "ItemTally",
    "LeftOut",
    "Leftover",
    "OrderRecord",
    "Outstanding",
    "PlanRecord",
    "PlateRecord",
    "PrinterRecord",
    "RunRecord",
]
