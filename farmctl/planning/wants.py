"""Which parts are still to be put on plates: free ones by their numbers, then new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.plans import PlanWritten
from farmctl.model.ids import InstanceId, ItemKey, RunId, instance_id, order_of
from farmctl.model.recorded import ItemRecord
from farmctl.model.states import OrderPhase, PlanStatus
from farmctl.planning.stops import order_stops
from farmctl.planning.urgency import Urgency, number_of, urgency_of


class Want(Struct, frozen=True):
    """Parts of one item that are to be made.

    Args:
        urgency: How soon.
        item: `ord-1042/bracket`.
        written: Its approved plan.
        parts: By number, the lowest first.
        replaces: The run whose failed parts these are; None for parts never tried.
    """

    urgency: Urgency
    item: ItemKey
    written: PlanWritten
    parts: tuple[InstanceId, ...]
    replaces: RunId | None = None


def wants(state: State, desired: Desired) -> list[Want]:
    """Return everything that may be put on plates now, the most urgent first."""
    found = [
        want
        for item in sorted(state.items)
        if _may_be_made(state, desired, item)
        for want in _wants_of(state, item)
    ]
    return sorted(found, key=lambda each: (each.urgency, each.item, each.replaces or ""))


def _may_be_made(state: State, desired: Desired, item: ItemKey) -> bool:
    order, plan = order_of(item), state.plans.get(item)
    record = state.orders.get(order)
    is_open = record is not None and record.phase is OrderPhase.OPEN
    is_approved = plan is not None and plan.written.status == PlanStatus.APPROVED
    return is_open and is_approved and not any(order_stops(state, desired, [order]))


def _wants_of(state: State, item: ItemKey) -> Iterator[Want]:
    record, written = state.items[item], state.plans[item].written
    urgency = urgency_of(state, [order_of(item)])
    parts = needed_parts(record)
    tried = {each: record.instances[each].run for each in parts if each in record.instances}
    for run in sorted({*tried.values()} - {None}, key=str):
        again = tuple(each for each in parts if tried.get(each) == run)
        yield Want(urgency, item, written, again, run)
    fresh = tuple(each for each in parts if tried.get(each) is None)
    if fresh:
        yield Want(urgency, item, written, fresh)


def needed_parts(record: ItemRecord) -> tuple[InstanceId, ...]:
    """Return the parts that fill an item's need: known free ones, then new numbers."""
    free = sorted((each for each, part in record.instances.items() if part.is_free), key=number_of)
    missing = record.need - len(free)
    new = (instance_id(record.item, record.highest + each) for each in range(1, missing + 1))
    return (*free[: record.need], *new)


def part_times_ms(state: State) -> Mapping[str, int]:
    """Return how long one part takes by its variant's digest, from plates sliced before.

    Of the plates that hold one variant alone, the fullest tells best.
    """
    times: dict[str, tuple[int, int]] = {}
    for _, plate in sorted(state.plates.items()):
        variants = {each.variant for each in plate.composed.placed}
        if plate.sliced is None or len(variants) != 1:
            continue
        count, (variant,) = len(plate.composed.placed), variants
        if count > times.get(variant, (0, 0))[0]:
            times[variant] = (count, plate.sliced.summary.time_ms // count)
    return {variant: time_ms for variant, (_, time_ms) in times.items()}
