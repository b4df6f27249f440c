"""What an order is next: accepted, paid for, made, canceled, opened again, archived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events import orders as said
from farmctl.model.events.orders import OrderedItem, OrderText
from farmctl.model.ids import OrderId, item_key
from farmctl.model.reasons import FILE_DELETED
from farmctl.model.recorded import ItemRecord, OrderRecord
from farmctl.model.states import OrderPhase, PlanStatus, Verdict

OrderFact = (
    said.OrderAccepted
    | said.OrderAmended
    | said.OrderOpened
    | said.OrderAwaitsPayment
    | said.OrderFulfilled
    | said.OrderCanceled
    | said.OrderReopened
    | said.OrderArchived
)

_PAID = frozenset({"paid", "waived"})


class OrderProblem(Struct, frozen=True, order=True):
    """Why an order goes no further until a person mends its file.

    Args:
        order: Which.
        message: What is wrong.
        mend: What to change.
    """

    order: OrderId
    message: str
    mend: str


def order_facts(state: State, desired: Desired) -> Iterator[OrderFact]:
    """Yield the one next fact of each order that has one, by order id."""
    stopped = {*desired.stopped, *(each.order for each in order_problems(state, desired))}
    for order in sorted({*desired.orders, *state.orders} - stopped):
        text = desired.orders.get(order)
        fact = _next_of(state, desired, order, text)
        if fact is not None:
            yield fact
    for order in sorted(state.closed):
        if order not in desired.order_blobs and state.closed_blob(order):
            yield said.OrderArchived(order)


def order_problems(state: State, desired: Desired) -> Iterator[OrderProblem]:
    """Yield each order whose file says what can no longer be said."""
    for order, text in sorted(desired.orders.items()):
        yield from _problems_of(state, order, text)


def _next_of(
    state: State, desired: Desired, order: OrderId, text: OrderText | None
) -> OrderFact | None:
    record = state.orders.get(order)
    if text is None:
        is_gone = record is not None and order not in desired.order_blobs
        return _deleted(record) if record is not None and is_gone else None
    if record is None:
        return _first_sight(state, order, text)
    if record.text.blob != text.blob:
        return said.OrderAmended(order, text)
    return _step(state, order, record)


def _first_sight(state: State, order: OrderId, text: OrderText) -> OrderFact | None:
    """A closed order is looked at again only when its file is another, or back."""
    blob = state.closed_blob(order)
    if blob is None:
        return said.OrderAccepted(order, text)
    return said.OrderAmended(order, text) if text.blob != blob else None


def _deleted(record: OrderRecord) -> OrderFact | None:
    if record.phase in (OrderPhase.FULFILLED, OrderPhase.CANCELED):
        return None
    return said.OrderCanceled(record.text.order, FILE_DELETED.code)


def _step(state: State, order: OrderId, record: OrderRecord) -> OrderFact | None:
    text, phase = record.text, record.phase
    if text.canceled is not None:
        is_canceled = phase is OrderPhase.CANCELED
        return None if is_canceled else said.OrderCanceled(order, text.canceled)
    match phase:
        case OrderPhase.CREATED | OrderPhase.AWAITING_PAYMENT:
            if text.payment in _PAID:
                return said.OrderOpened(order)
            is_waiting = phase is OrderPhase.AWAITING_PAYMENT
            return None if is_waiting else said.OrderAwaitsPayment(order)
        case OrderPhase.OPEN:
            if text.payment not in _PAID:
                return said.OrderAwaitsPayment(order)
            return _fulfilled(order, items_of(state, order))
        case OrderPhase.FULFILLED:
            return _reopened(order, items_of(state, order))
        case OrderPhase.CANCELED:
            return said.OrderReopened(order, "it is no longer canceled")


def items_of(state: State, order: OrderId) -> tuple[ItemRecord, ...]:
    """Return the items that the order has now, in its own words' order."""
    items = state.orders[order].text.items
    return tuple(state.items[item_key(order, each.name)] for each in items)


def _fulfilled(order: OrderId, items: tuple[ItemRecord, ...]) -> OrderFact | None:
    """Every part that is wanted is made, and nobody has still to say how one is."""
    if not all(each.is_done for each in items) or any(_is_unsure(each) for each in items):
        return None
    return said.OrderFulfilled(order, sum(each.good for each in items))


def _is_unsure(item: ItemRecord) -> bool:
    return any(each.verdict is Verdict.UNKNOWN for each in item.instances.values())


def _reopened(order: OrderId, items: tuple[ItemRecord, ...]) -> OrderFact | None:
    missing = [f"{each.good} of {each.quantity} {each.item}" for each in items if not each.is_done]
    return said.OrderReopened(order, "made: " + ", ".join(missing)) if missing else None


def _problems_of(state: State, order: OrderId, text: OrderText) -> Iterator[OrderProblem]:
    record = state.orders.get(order)
    if record is not None and record.text.blob != text.blob:
        yield from _unlocked(state, record.text, text)
    line = state.closed_order(order) if record is None and _is_new(state, order, text) else None
    if line is not None and not {each.name for each in line.made} & _by_name(text).keys():
        names = ", ".join(each.name for each in line.made)
        yield OrderProblem(
            order,
            f"{order} was an order of {names}; it cannot become another one",
            "give the new order an id of its own",
        )


def _is_new(state: State, order: OrderId, text: OrderText) -> bool:
    blob = state.closed_blob(order)
    return blob is not None and blob != text.blob


def _unlocked(state: State, before: OrderText, after: OrderText) -> Iterator[OrderProblem]:
    """Yield what changed although a build plan was approved for it: quantity alone may."""
    old, new = _by_name(before), _by_name(after)
    came = {each.model: name for name, each in new.items() if name not in old}
    for name, item in sorted(old.items()):
        if not _is_locked(state, before.order, name):
            continue
        key = item_key(before.order, name)
        if name not in new and item.model in came:
            yield _locked(key, f"its name ({came[item.model]})")
        elif name in new and item.model != new[name].model:
            yield _locked(key, "its model")
        elif name in new and item.filaments != new[name].filaments:
            yield _locked(key, "its material")


def _is_locked(state: State, order: OrderId, name: str) -> bool:
    key = item_key(order, name)
    plan, record = state.plans.get(key), state.items.get(key)
    is_approved = plan is not None and plan.written.status == PlanStatus.APPROVED
    return is_approved or (record is not None and record.highest > 0)


def _locked(key: str, what: str) -> OrderProblem:
    order, name = key.split("/", 1)
    return OrderProblem(
        OrderId(order),
        f"{key}: {what} cannot change any more, its build plan is approved",
        f"put {name} back as it was, and add what is new as another item",
    )


def _by_name(text: OrderText) -> Mapping[str, OrderedItem]:
    return {each.name: each for each in text.items}
