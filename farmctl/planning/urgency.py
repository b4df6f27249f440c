"""Who comes first: earliest due, then priority, then who came first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.ids import InstanceId, OrderId, PlateId, order_of
from farmctl.model.recorded import PlateRecord

_PRIORITY = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
_SOMETIME = datetime.max.replace(tzinfo=UTC)


class Urgency(Struct, frozen=True, order=True):
    """How urgent something is: the smaller, the sooner.

    Args:
        due: When it must be ready; far away when nobody said.
        priority: 0 is urgent, 3 is low.
    """

    due: datetime
    priority: int


def urgency_of(state: State, orders: Iterable[OrderId]) -> Urgency:
    """Return the urgency of the most urgent of these orders, taken field by field."""
    texts = [state.orders[each].text for each in orders if each in state.orders]
    return Urgency(
        min((each.due for each in texts if each.due), default=_SOMETIME),
        min((_PRIORITY[each.priority] for each in texts), default=_PRIORITY["low"]),
    )


def orders_on(plate: PlateRecord) -> tuple[OrderId, ...]:
    """Return the orders whose parts are on a plate, by id."""
    return tuple(sorted({order_of(each.instance) for each in plate.composed.placed}))


def by_urgency(state: State, plates: Iterable[PlateId]) -> list[PlateId]:
    """Return plates, the most urgent first; of equals, the one composed first."""
    return sorted(
        plates,
        key=lambda each: (urgency_of(state, orders_on(state.plates[each])), number_of(each)),
    )


def number_of(subject: PlateId | InstanceId) -> int:
    """Return the number at the end of `plate-12` or `ord-1042/bracket#7`."""
    return int(subject.rsplit("#", 1)[-1].rsplit("-", 1)[-1])
