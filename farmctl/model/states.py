"""The states of things, and the steps each may take. A step that no table allows is a bug."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class OrderPhase(StrEnum):
    """Where an order stands."""

    CREATED = "created"
    AWAITING_PAYMENT = "awaiting_payment"
    OPEN = "open"
    FULFILLED = "fulfilled"
    CANCELED = "canceled"


class PlanStatus(StrEnum):
    """Whether a build plan may be made."""

    DRAFT = "draft"
    APPROVED = "approved"


class PlatePhase(StrEnum):
    """Where a build plate stands. `STARTED` holds from the intent to start to the run's end."""

    COMPOSED = "composed"
    SLICED = "sliced"
    STARTED = "started"
    DONE = "done"
    VOID = "void"


class RunPhase(StrEnum):
    """Where one attempt to print one plate stands."""

    QUEUED = "queued"
    UPLOADING = "uploading"
    STAGED = "staged"
    STARTING = "starting"
    PRINTING = "printing"
    PAUSED = "paused"
    UNKNOWN = "unknown"
    COMPLETED = "completed"
    FAILED = "failed"
    ABORTED = "aborted"
    VOID = "void"

    @property
    def is_over(self) -> bool:
        """Return whether nothing more can happen to the run."""
        return self in _OVER

    @property
    def may_be_printing(self) -> bool:
        """Return whether the machine may be moving for this run."""
        return self in _MAY_PRINT


_OVER = frozenset({RunPhase.COMPLETED, RunPhase.FAILED, RunPhase.ABORTED, RunPhase.VOID})
_MAY_PRINT = frozenset({RunPhase.STARTING, RunPhase.PRINTING, RunPhase.PAUSED, RunPhase.UNKNOWN})


class Verdict(StrEnum):
    """What became of one ordered part on a plate."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Bed(StrEnum):
    """The physical surface of a printer. Only `CLEAR` may be printed on."""

    CLEAR = "clear"
    OCCUPIED = "occupied"
    UNKNOWN = "unknown"


class PrinterPhase(StrEnum):
    """What a printer is doing, as far as a look tells."""

    READY = "ready"
    BUSY = "busy"  # with a run of ours
    EXTERNAL = "external"  # with a print that nobody here started
    PAUSED = "paused"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


ORDER_STEPS: Mapping[OrderPhase, frozenset[OrderPhase]] = {
    OrderPhase.CREATED: frozenset(
        {OrderPhase.AWAITING_PAYMENT, OrderPhase.OPEN, OrderPhase.CANCELED}
    ),
    OrderPhase.AWAITING_PAYMENT: frozenset({OrderPhase.OPEN, OrderPhase.CANCELED}),
    OrderPhase.OPEN: frozenset(
        {OrderPhase.FULFILLED, OrderPhase.CANCELED, OrderPhase.AWAITING_PAYMENT}
    ),
    OrderPhase.FULFILLED: frozenset({OrderPhase.OPEN, OrderPhase.CANCELED}),
    OrderPhase.CANCELED: frozenset({OrderPhase.OPEN}),
}

PLATE_STEPS: Mapping[PlatePhase, frozenset[PlatePhase]] = {
    PlatePhase.COMPOSED: frozenset({PlatePhase.SLICED, PlatePhase.VOID}),
    PlatePhase.SLICED: frozenset({PlatePhase.STARTED, PlatePhase.VOID, PlatePhase.SLICED}),
    PlatePhase.STARTED: frozenset({PlatePhase.SLICED, PlatePhase.DONE}),
    PlatePhase.DONE: frozenset(),
    PlatePhase.VOID: frozenset(),
}

RUN_STEPS: Mapping[RunPhase, frozenset[RunPhase]] = {
    RunPhase.QUEUED: frozenset({RunPhase.UPLOADING, RunPhase.VOID}),
    RunPhase.UPLOADING: frozenset({RunPhase.STAGED, RunPhase.QUEUED, RunPhase.VOID}),
    RunPhase.STAGED: frozenset({RunPhase.STARTING, RunPhase.VOID}),
    RunPhase.STARTING: frozenset(
        {
            RunPhase.PRINTING,
            RunPhase.UNKNOWN,
            RunPhase.VOID,
            RunPhase.COMPLETED,
            RunPhase.FAILED,
            RunPhase.ABORTED,
        }
    ),
    RunPhase.PRINTING: frozenset(
        {
            RunPhase.PAUSED,
            RunPhase.UNKNOWN,
            RunPhase.COMPLETED,
            RunPhase.FAILED,
            RunPhase.ABORTED,
        }
    ),
    RunPhase.PAUSED: frozenset(
        {
            RunPhase.PRINTING,
            RunPhase.UNKNOWN,
            RunPhase.COMPLETED,
            RunPhase.FAILED,
            RunPhase.ABORTED,
        }
    ),
    RunPhase.UNKNOWN: frozenset(
        {
            RunPhase.PRINTING,
            RunPhase.PAUSED,
            RunPhase.COMPLETED,
            RunPhase.FAILED,
            RunPhase.ABORTED,
            RunPhase.VOID,
        }
    ),
    RunPhase.COMPLETED: frozenset(),
    RunPhase.FAILED: frozenset(),
    RunPhase.ABORTED: frozenset(),
    RunPhase.VOID: frozenset(),
}
