"""What can happen next to orders, plans and plates of a state: legal moves, each a few facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from farmctl.ledger.state import State
from farmctl.model.events import orders as said
from farmctl.model.events import plans
from farmctl.model.events import plates as plated
from farmctl.model.events.farm import OrderHeld, OrderUnheld
from farmctl.model.ids import (
    InstanceId,
    ItemKey,
    OrderId,
    PlateId,
    RunId,
    instance_id,
    item_key,
    item_of,
    order_of,
)
from farmctl.model.recorded import ItemRecord, OrderRecord, PlateRecord
from farmctl.model.states import OrderPhase, PlanStatus, PlatePhase, Verdict

Move = tuple[object, ...]
CLASS = "generic-250@1.0.0"
PROFILE = "pla-0.4-standard@1.0.0"
SLICER = "prusa-slicer 2.5.0"
_OPEN_ORDERS = 3
_ON_PLATE = 2
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


def plate_moves(state: State) -> Iterator[Move]:
    """Yield what can happen to plates before they are printed, what leads on first."""
    records = [record for _, record in sorted(state.plates.items())]
    for record in records:
        if record.phase is PlatePhase.COMPOSED:
            yield from _sliced(record)
    for group in _groups(state):
        plate = composed(PlateId(f"plate-{state.counts.plate + 1}"), group)
        yield (replace(plate, replaces=_tried(state, group)),)
    for record in records:
        yield from _moves_of_plate(record)


def _groups(state: State) -> Iterator[tuple[InstanceId, ...]]:
    """Yield parts that can share a plate: of one item, or one of each."""
    ready = [tuple(parts(state, item)) for item in _makeable(state)]
    ready = [each for each in ready if each]
    yield from ready
    if len(ready) > 1:
        yield tuple(each[0] for each in ready)


def _sliced(record: PlateRecord) -> Iterator[Move]:
    made = sliced(record.composed.plate, len(record.composed.placed))
    from_what = (made.model_3mf, made.settings)
    yield (
        plans.ArtifactStored(made.gcode, "gcode", 48_000),
        plans.ArtifactDerived(made.gcode, from_what, SLICER),
        made,
    )


def _tried(state: State, group: tuple[InstanceId, ...]) -> RunId | None:
    """Return the run whose failed parts are made again."""
    known = (state.items[item_of(each)].instances.get(each) for each in group)
    return next((each.run for each in known if each is not None), None)


def _makeable(state: State) -> list[ItemKey]:
    return [
        item
        for item, each in sorted(state.plans.items())
        if each.written.status == PlanStatus.APPROVED
        and state.orders[order_of(item)].phase is OrderPhase.OPEN
    ]


def parts(state: State, item: ItemKey) -> Iterator[InstanceId]:
    """Yield parts of an item that can be put on a plate: freed ones first, then new ones."""
    record = state.items[item]
    free = [name for name, each in sorted(record.instances.items()) if each.is_free]
    new = [instance_id(item, record.highest + more) for more in range(1, _ON_PLATE + 1)]
    yield from [*free, *new][: min(record.need, _ON_PLATE)]


def composed(plate: PlateId, instances: tuple[InstanceId, ...]) -> plated.PlateComposed:
    """Return a plate with these parts in a row."""
    placed = tuple(
        plated.Placed(
            label=f"P{number:02}",
            instance=each,
            variant=digest(f"{item_of(each)}@1"),
            mesh=digest(f"clean {item_of(each)}"),
            x_um=30_000 * number,
            y_um=125_000,
        )
        for number, each in enumerate(instances, start=1)
    )
    return plated.PlateComposed(
        plate=plate,
        printer_class=CLASS,
        profile=PROFILE,
        slicer=digest(SLICER),
        settings=digest(PROFILE),
        nozzle_um=400,
        filaments=("PLA/white",),
        tags=(),
        placed=placed,
    )


def _moves_of_plate(record: PlateRecord) -> Iterator[Move]:
    plate = record.composed.plate
    if record.sliced is not None and not record.approved:
        binds = (record.sliced.gcode, record.composed.printer_class)
        yield (plans.ApprovalGiven(f"plate/{plate}", binds, "ada@example.org"),)
    if record.phase is PlatePhase.COMPOSED and record.failed_code is None:
        yield (plated.PlateSliceFailed(plate, "slicer-timeout", "it took longer than 300 s"),)
    if record.phase in (PlatePhase.COMPOSED, PlatePhase.SLICED) and record.run is None:
        yield (plated.PlateVoided(plate, "withdrawn", "its build plan no longer holds"),)


def sliced(plate: PlateId, objects: int) -> plated.PlateSliced:
    """Return the slice of a plate: ten minutes and a metre for each part."""
    summary = plated.Sliced(
        time_ms=600_000 * objects,
        filament_um=1_000_000 * objects,
        filament_mg=3_000 * objects,
        layers=25,
        height_um=5_000,
        box_um=(20_000, 120_000, 100_000, 130_000),
        objects=objects,
    )
    return plated.PlateSliced(
        plate=plate,
        key=digest(f"key {plate}"),
        gcode=digest(f"gcode {plate}"),
        model_3mf=digest(f"3mf {plate}"),
        settings=digest(PROFILE),
        slicer=digest(SLICER),
        cached=False,
        summary=summary,
        warnings=("empty-layer",),
        features={
            "infill_permille": 150,
            "infill_speed_um_s": 80_000,
            "layer_height_um": 200,
            "perimeter_speed_um_s": 45_000,
            "travel_speed_um_s": 130_000,
        },
    )
