"""Plates that are not started and should not be any more, and why: all others are left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from farmctl.ledger.state import State
from farmctl.model.events.plans import VariantPin
from farmctl.model.events.plates import PlateVoided
from farmctl.model.ids import ItemKey, PlateId, item_of
from farmctl.model.recorded import PlateRecord
from farmctl.model.states import OrderPhase, PlatePhase
from farmctl.planning.choosing import CANARY
from farmctl.planning.demand import Demand, lack
from farmctl.planning.drafts import entrusted_with, items_on, misplaced
from farmctl.planning.machines import Around, Machine
from farmctl.planning.plates import claimed
from farmctl.planning.urgency import number_of, orders_on

NOT_STARTED = (PlatePhase.COMPOSED, PlatePhase.SLICED)


def stale_plates(around: Around) -> tuple[PlateVoided, ...]:
    """Return the plates to void, by number. A plate that already has a run loses that first.

    - Its order is not open any more.
    - The newest revision makes one of its parts another way, or not at all.
    - Its profile is a draft, and its printer is none that may print it any more.
    - It holds more than is wanted since a quantity was lowered.
    - No printer of its class may take it, and one of another variant's class may now.
    """
    state = around.state
    pending = {
        plate: record
        for plate, record in sorted(state.plates.items(), key=lambda each: number_of(each[0]))
        if record.phase in NOT_STARTED
    }
    found = {
        plate: void
        for plate, record in pending.items()
        if (void := _no_longer_so(around, plate, record)) is not None
    }
    for void in _too_many(state, pending, found):
        found[void.plate] = void
    for void in _better_elsewhere(around, pending, found):
        found[void.plate] = void
    return tuple(found[plate] for plate in pending if plate in found)


def _no_longer_so(around: Around, plate: PlateId, record: PlateRecord) -> PlateVoided | None:
    state = around.state
    for order in orders_on(record):
        known = state.orders.get(order)
        phase = known.phase if known else OrderPhase.CANCELED
        if phase is OrderPhase.CANCELED:
            return PlateVoided(plate, "order_canceled", f"{order} is canceled")
        if phase is not OrderPhase.OPEN:
            return PlateVoided(plate, "withdrawn", f"{order} is {phase.replace('_', ' ')}")
    for placed in record.composed.placed:
        item = item_of(placed.instance)
        plan = state.plans.get(item)
        if plan is None:
            return PlateVoided(plate, "withdrawn", f"{item} has no build plan any more")
        if placed.variant not in {each.digest for each in plan.written.variants}:
            why = f"{item}@{plan.written.revision} is made another way"
            return PlateVoided(plate, "replaced", why)
        if plan.written.tags != record.composed.tags:
            why = f"{item}@{plan.written.revision} asks for other printers"
            return PlateVoided(plate, "replaced", why)
    why = misplaced(state, around.desired, record)
    return PlateVoided(plate, "replaced", why) if why else None


def _too_many(
    state: State, pending: dict[PlateId, PlateRecord], gone: dict[PlateId, PlateVoided]
) -> Iterator[PlateVoided]:
    """Yield the fewest of the newest plates that hold what is wanted no longer, by item."""
    left = {plate: record for plate, record in pending.items() if plate not in gone}
    freed = Counter(each for plate in gone for each in _items_on(pending[plate]))
    for item, record in sorted(state.items.items()):
        excess = record.good + record.in_flight - record.quantity - freed[item]
        if excess <= 0:
            continue
        for plate in sorted(left, key=lambda each: _least_done(each, left[each])):
            held = Counter(_items_on(left[plate]))
            if excess > 0 and held[item]:
                yield PlateVoided(plate, "replaced", f"{excess} {item} more than are wanted")
                excess -= held[item]
                freed += held
                del left[plate]


def _items_on(record: PlateRecord) -> list[ItemKey]:
    return [item_of(each.instance) for each in record.composed.placed]


def _least_done(plate: PlateId, record: PlateRecord) -> tuple[bool, bool, int]:
    return record.run is not None, record.phase is PlatePhase.SLICED, -number_of(plate)


def _better_elsewhere(
    around: Around, pending: dict[PlateId, PlateRecord], gone: dict[PlateId, PlateVoided]
) -> Iterator[PlateVoided]:
    """Yield plates that wait while a printer of another class that can make them is free."""
    if len(gone) == len(pending):
        return
    claims = claimed(around, but=gone)
    free = list(claims.left)
    for plate in claims.waiting:
        machine = _other_taker(around, pending[plate], free)
        if machine is not None:
            free.remove(machine)
            of_class = pending[plate].composed.printer_class
            why = f"{machine.name} is free and can make it, no {of_class} printer is"
            yield PlateVoided(plate, "replaced", why)


def _other_taker(around: Around, record: PlateRecord, free: list[Machine]) -> Machine | None:
    """Return a free printer for which each part of the plate has a variant, or None."""
    composed = record.composed
    items = items_on(composed)
    variants = [around.state.plans[item].written.variants for item in items]
    only = entrusted_with(around.state, around.desired, composed.profile, items)
    for machine in free:
        has = machine.equipment
        demand = Demand(
            has.printer_class,
            has.nozzle_um,
            composed.filaments,
            composed.tags,
            entrusted=only,
        )
        if has.printer_class == composed.printer_class or lack(demand, machine.name, has):
            continue
        if all(any(_is_for(each, demand) for each in ways) for ways in variants):
            return machine
    return None


def _is_for(pin: VariantPin, demand: Demand) -> bool:
    is_there = (pin.printer_class, pin.nozzle_um) == (demand.printer_class, demand.nozzle_um)
    return is_there and pin.channel != CANARY
