"""What the farm's ledger amounts to: the fold of its events. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from farmctl.model.codec import Json, decode, encode
from farmctl.model.events.farm import ControllerStarted, RevisionAccepted
from farmctl.model.events.plans import ModelChecked
from farmctl.model.ids import AttentionId, ItemKey, OrderId, PlateId, PrinterName, RunId
from farmctl.model.recorded import (
    Answered,
    AttentionRecord,
    ClosedOrder,
    Counts,
    Failure,
    Hold,
    ItemRecord,
    OrderRecord,
    PlanRecord,
    PlateRecord,
    PrinterRecord,
    RunRecord,
)

REDUCER = 6  # a snapshot of another reducer is folded again


class State(Struct, frozen=True):
    """Everything the ledger remembers that a decision may need.

    Open work is held whole; a closed order is one line of JSON, decoded only when somebody asks.
    """

    seq: int = 0
    farm: str = ""
    controller: ControllerStarted | None = None
    revision: RevisionAccepted | None = None
    hold: Hold | None = None
    profile_holds: Mapping[str, Hold] = field(default_factory=dict)
    orders: Mapping[OrderId, OrderRecord] = field(default_factory=dict)
    items: Mapping[ItemKey, ItemRecord] = field(default_factory=dict)
    plans: Mapping[ItemKey, PlanRecord] = field(default_factory=dict)
    plates: Mapping[PlateId, PlateRecord] = field(default_factory=dict)
    runs: Mapping[RunId, RunRecord] = field(default_factory=dict)
    printers: Mapping[PrinterName, PrinterRecord] = field(default_factory=dict)
    attentions: Mapping[AttentionId, AttentionRecord] = field(default_factory=dict)
    models: Mapping[str, ModelChecked] = field(default_factory=dict)
    answered: Mapping[str, Answered] = field(default_factory=dict)
    proven: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    counts: Counts = field(default_factory=Counts)
    closed: Mapping[OrderId, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return little: asyncio makes one of what a task returned."""
        return f"State(seq={self.seq})"

    def closed_order(self, order: OrderId) -> ClosedOrder | None:
        """Return the line of a closed order, or None."""
        line = self.closed.get(order)
        return None if line is None else decode(ClosedOrder, line)

    def closed_blobs(self) -> frozenset[str]:
        """Return git's ids of the files of closed orders: those that need not be read again."""
        return frozenset(line["blob"] for line in self.closed.values())

    def closed_blob(self, order: OrderId) -> str | None:
        """Return git's object id of a closed order's file; empty once the file was deleted."""
        line = self.closed.get(order)
        return None if line is None else line["blob"]


_TABLES = frozenset(State.__struct_fields__)


class Draft:
    """A state being changed: a table is copied when it is first touched, the rest is shared."""

    farm: str
    controller: ControllerStarted | None
    revision: RevisionAccepted | None
    hold: Hold | None
    profile_holds: dict[str, Hold]
    orders: dict[OrderId, OrderRecord]
    items: dict[ItemKey, ItemRecord]
    plans: dict[ItemKey, PlanRecord]
    plates: dict[PlateId, PlateRecord]
    runs: dict[RunId, RunRecord]
    printers: dict[PrinterName, PrinterRecord]
    attentions: dict[AttentionId, AttentionRecord]
    models: dict[str, ModelChecked]
    answered: dict[str, Answered]
    proven: dict[str, int]
    failures: tuple[Failure, ...]
    counts: Counts
    closed: dict[OrderId, Any]

    def __init__(self, state: State, *, at: datetime, seq: int, actor: str) -> None:
        self.before = state
        self.at = at
        self.seq = seq
        self.actor = actor

    def __getattr__(self, name: str) -> object:
        if name not in _TABLES:
            raise AttributeError(name)
        value = getattr(self.before, name)
        copied = dict(value) if isinstance(value, dict) else value
        setattr(self, name, copied)
        return copied

    def done(self) -> State:
        """Return the changed state."""
        changed = {name: each for name, each in vars(self).items() if name in _TABLES}
        return replace(self.before, **changed)


Fold = Callable[[Draft, Any], None]
F = TypeVar("F", bound=Fold)
FOLDS: dict[type[Any], Fold] = {}


def folds(*kinds: type[Any]) -> Callable[[F], F]:
    """Register what payloads of these kinds do to a draft."""

    def register(function: F) -> F:
        for kind in kinds:
            if kind in FOLDS:
                raise ValueError(f"{kind.__name__} is folded twice")
            FOLDS[kind] = function
        return function

    return register


def dump(state: State) -> Json:
    """Return the state as canonical JSON values, for a snapshot."""
    return encode(state)


def load(value: Json) -> State:
    """Return the state of a snapshot. Raises Undecodable."""
    return decode(State, value)
