"""Typed facts into the ledger, with who said them and which order they serve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from farmctl.ledger.ledger import Declined, Ledger
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor, Event, Fact
from farmctl.model.events import data_of, subject_of, type_of
from farmctl.model.ids import OrderId, PlateId, RunId, order_of

Guard = Callable[[State], str | None]


class Recorder:
    """Appends payloads in one actor's name.

    Args:
        ledger: The farm's.
        actor: Who says so.
    """

    def __init__(self, ledger: Ledger[State], actor: Actor) -> None:
        self._ledger = ledger
        self.actor = actor

    @property
    def state(self) -> State:
        """Return the state as last read or written here."""
        return self._ledger.state

    def as_said_by(self, actor: Actor) -> Recorder:
        """Return a recorder on the same ledger in another actor's name."""
        return Recorder(self._ledger, actor)

    def refresh(self) -> State:
        """Return the state with what others wrote."""
        self._ledger.refresh()
        return self._ledger.state

    def append(self, *payloads: object, causation: str | None = None) -> tuple[Event, ...]:
        """Record facts that nothing can make untrue: answers, looks, a person's word."""
        return self._ledger.append(self._facts(payloads, causation), self.actor)

    def append_if(self, guard: Guard, *payloads: object, intent: bool = False) -> str | None:
        """Record facts unless `guard` says why not on the newest state; return what it said."""
        facts = self._facts(payloads, None)
        written = self._ledger.append_if(guard, facts, self.actor, intent=intent)
        return written.reason if isinstance(written, Declined) else None

    def append_from(self, propose: Callable[[State], Sequence[object]]) -> tuple[Event, ...]:
        """Record what `propose` makes of the newest state; when it raises, nothing is recorded."""
        written: tuple[Event, ...] | Declined[None] = self._ledger.append_from(
            lambda state: facts_of(propose(state), state), self.actor
        )
        return () if isinstance(written, Declined) else written

    def wait_for_change(self, timeout_s: float) -> bool:
        """Return True as soon as somebody else appends, False after `timeout_s`."""
        return self._ledger.wait_for_change(timeout_s)

    def _facts(self, payloads: Sequence[object], causation: str | None) -> list[Fact]:
        return facts_of(payloads, self.state, causation)


def facts_of(payloads: Sequence[object], state: State, causation: str | None = None) -> list[Fact]:
    """Return payloads as the journal takes them, each with the order that it serves."""
    return [
        Fact(
            type=type_of(each).full_name,
            subject=subject_of(each),
            data=data_of(each),
            correlation=correlation_of(each, state),
            causation=causation,
        )
        for each in payloads
    ]


def correlation_of(payload: object, state: State) -> OrderId | None:
    """Return the order that a fact serves, where it serves one alone."""
    kind: Any = type(payload)
    if not _may_serve(kind):
        return None
    order = getattr(payload, "order", None)
    if order is not None:
        return OrderId(order)
    item = getattr(payload, "item", None)
    if item is not None:
        return order_of(item)
    plate = getattr(payload, "plate", None) or _plate_of(getattr(payload, "run", None), state)
    record = state.plates.get(plate) if plate is not None else None
    placed = record.composed.placed if record else getattr(payload, "placed", ())
    orders = sorted({order_of(each.instance) for each in placed})
    return orders[0] if len(orders) == 1 else None


@cache
def _may_serve(kind: type[Any]) -> bool:
    """Tell whether payloads of a kind can say which order they serve: what a look says cannot."""
    return bool({"order", "item", "plate", "run", "placed"} & set(kind.__struct_fields__))


def _plate_of(run: RunId | None, state: State) -> PlateId | None:
    record = state.runs.get(run) if run is not None else None
    return record.queued.plate if record is not None else None
