"""Every list that can be asked for."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.errors import UsageError
from farmctl.insight import lists_orders, lists_prints
from farmctl.insight.kinds import Kind
from farmctl.model.observation import DeviceState
from farmctl.model.states import OrderPhase, PlanStatus, PlatePhase, RunPhase

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        lists_orders.ORDERS,
        lists_orders.ITEMS,
        lists_orders.PLANS,
        lists_orders.PLATES,
        lists_prints.RUNS,
        lists_prints.PRINTERS,
        lists_prints.DECISIONS,
        lists_prints.REQUESTS,
        lists_prints.ATTENTIONS,
        lists_prints.ARTIFACTS,
        lists_prints.EVENTS,
    )
}


ALSO = {"prints": "runs", "builds": "plates", "history": "events"}
"""Other words for a list."""

STATES: Mapping[str, tuple[str, ...]] = {
    "orders": tuple(OrderPhase),
    "items": ("done", "making", "waiting", "dropped"),
    "plans": (*PlanStatus, "replaced", "withdrawn"),
    "plates": tuple(PlatePhase),
    "runs": tuple(RunPhase),
    "printers": (*DeviceState, "external", "withdrawn"),
    "decisions": ("allow", "require_approval", "block"),
    "requests": ("open", "done", "pointless"),
    "attentions": ("open", "acknowledged", "resolved"),
}
"""The states that things of a kind can be in."""


def kind_named(name: str) -> Kind:
    """Return a kind: `runs`, also as `run`. Raises UsageError with the names there are."""
    for each in (name, f"{name}s"):
        kind = KINDS.get(ALSO.get(each, each))
        if kind is not None:
            return kind
    raise UsageError(f"there is no list of `{name}`", f"one of {', '.join(KINDS)}")


def check_state(kind: Kind, state: str | None) -> None:
    """Raise UsageError for a state that nothing of the kind can be in."""
    known = STATES.get(kind.name, ())
    if state is not None and known and state not in known:
        raise UsageError(f"{kind.name} are never `{state}`", f"they are {', '.join(known)}")
