"""What can happen next to orders and plans of a state: legal moves, each a few facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from farmctl.ledger.state import State
from farmctl.model.events import orders as said
from farmctl.model.events import plans
from farmctl.model.events.farm import OrderHeld, OrderUnheld
from farmctl.model.ids import (
    ItemKey,
    OrderId,
    item_key,
    order_of,
)
from farmctl.model.recorded import ItemRecord, OrderRecord
from farmctl.model.states import OrderPhase, PlanStatus, Verdict

Move = tuple[object, ...]
CLASS = "generic-250@1.0.0"
PROFILE = "pla-0.4-standard@1.0.0"
SLICER = "prusa-slicer 2.5.0"
_OPEN_ORDERS = 3
_REVISIONS = 3


def digest(text: str) -> str:
    """Return a digest for what has no bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def order_moves(state: State) -> Iterator[Move]:
    """Yield what can happen to orders, what leads on first."""
    records = [record for _, record in sorted(state.orders.items())]
    for record in records:
        yield from _leads_on(state, record)
    if len(state.orders) < _OPEN_ORDERS:
        order = OrderId(f"ord-{len(state.orders) + len(state.closed) + 1}")
        yield (said.OrderAccepted(order, order_text(order)),)
    for record in records:
        yield from _holds_up(record)
    for order in sorted(state.closed):
        blob = state.closed_blob(order)
        if blob:
            yield (said.OrderArchived(order),)
        yield (said.OrderAmended(order, replace(order_text(order), blob=f"{blob}+")),)


def order_text(order: OrderId) -> said.OrderText:
    """Return an order of two items in one material."""
    items = tuple(
        said.OrderedItem(
            name=name,
            model=digest(name),
            quantity=quantity,
            filaments=("PLA/white",),
            quality="standard",
            use="functional",
            model_path=f"models/{name}.stl",
            profile=profile,
        )
        for name, quantity, profile in (("bracket", 2, None), ("clip", 1, PROFILE))
    )
    created = datetime(2025, 1, 5, 9, tzinfo=UTC)
    return said.OrderText(
        order=order,
        blob=digest(order)[:40],
        created=created,
        source="manual",
        priority="normal",
        payment="paid",
        items=items,
        due=datetime(2025, 1, 17, 17, tzinfo=UTC),
        customer="acme-77",
        external=f"etsy:{order}",
        price_cents=8_400,
        currency="EUR",
    )


def _leads_on(state: State, record: OrderRecord) -> Iterator[Move]:
    order, items = record.text.order, _items_of(state, record)
    if record.held:
        yield (OrderUnheld(order, "answered"),)
    if record.phase in (OrderPhase.CREATED, OrderPhase.AWAITING_PAYMENT):
        yield (said.OrderOpened(order),)
    elif record.phase in (OrderPhase.FULFILLED, OrderPhase.CANCELED):
        yield (said.OrderReopened(order, "more is wanted"),)
    elif all(each.is_done for each in items) and not any(map(_is_unsure, items)):
        yield (said.OrderFulfilled(order, sum(each.good for each in items)),)


def _holds_up(record: OrderRecord) -> Iterator[Move]:
    order, phase = record.text.order, record.phase
    if phase is OrderPhase.OPEN:
        yield (said.OrderAmended(order, _other_quantity(record.text)),)
    if not record.held:
        yield (OrderHeld(order, "a question"),)
    if phase in (OrderPhase.CREATED, OrderPhase.OPEN):
        yield (said.OrderAwaitsPayment(order),)
    if phase is not OrderPhase.CANCELED:
        yield (said.OrderCanceled(order, "customer_request"),)


def _other_quantity(text: said.OrderText) -> said.OrderText:
    """One bracket more and no clips, then the other way round."""
    first, *others = text.items
    quantity = 1 + first.quantity % 3
    items = (replace(first, quantity=quantity), *others)
    if quantity == 1:
        items = items[:1]
    return replace(text, items=items, blob=digest(f"{text.blob}{quantity}")[:40])


def _items_of(state: State, record: OrderRecord) -> list[ItemRecord]:
    order = record.text.order
    return [state.items[item_key(order, each.name)] for each in record.text.items]


def _is_unsure(item: ItemRecord) -> bool:
    return any(each.verdict is Verdict.UNKNOWN for each in item.instances.values())


def plan_moves(state: State) -> Iterator[Move]:
    """Yield what can happen to build plans, and parts that are allowed again."""
    items = [
        item
        for item in sorted(state.items)
        if state.orders[order_of(item)].phase is OrderPhase.OPEN
    ]
    for item in items:
        yield from _first_plans(state, item)
    for item, record in sorted(state.items.items()):
        closed = tuple(name for name, each in sorted(record.instances.items()) if each.is_closed)
        if closed:
            yield (said.ReprintAllowed(item, closed, "ada@example.org"),)
    for item in items:
        yield from _later_plans(state, item)


def _first_plans(state: State, item: ItemKey) -> Iterator[Move]:
    known = state.plans.get(item)
    if known is None:
        yield (plan(item, 1, PlanStatus.DRAFT),)
    elif known.written.status == PlanStatus.DRAFT:
        yield (plan(item, known.written.revision, PlanStatus.APPROVED),)


def _later_plans(state: State, item: ItemKey) -> Iterator[Move]:
    known = state.plans.get(item)
    if known is None:
        return
    if known.written.revision < _REVISIONS:
        yield (plan(item, known.written.revision + 1, PlanStatus.APPROVED),)
    yield (plans.PlanWithdrawn(item, "its profile was revoked"),)


def plan(item: ItemKey, revision: int, status: PlanStatus) -> plans.PlanWritten:
    """Return a build plan with one way to make the item."""
    variant = plans.VariantPin(
        digest=digest(f"{item}@{revision}"),
        printer_class=CLASS,
        profile=PROFILE,
        channel="production",
        nozzle_um=400,
        slicer=digest(SLICER),
        settings=digest(PROFILE),
    )
    return plans.PlanWritten(
        item=item,
        revision=revision,
        sha256=digest(f"{item}@{revision} {status}"),
        status=status.value,
        approved_by="policy/default" if status is PlanStatus.APPROVED else None,
        model=digest(item.split("/", 1)[1]),
        filaments=("PLA/white",),
        tags=(),
        size_um=(20_000, 10_000, 5_000),
        rotate_mdeg=(0, 0, 0),
        supports="none",
        variants=(variant,),
        commit=digest("commit")[:40],
    )
