"""What a policy is asked about: computed from the state, never read from outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.drafts import is_draft
from farmctl.model.events.orders import OrderedItem
from farmctl.model.events.plans import VariantPin
from farmctl.model.ids import InstanceId, ItemKey, item_of, order_of
from farmctl.model.recorded import PlateRecord
from farmctl.model.states import PrinterPhase

DAY = timedelta(hours=24)


class Context(Struct, frozen=True):
    """What is true of what is decided on. A plate has the values of all its parts.

    Args:
        preflight: Verdicts of the models: pass, warn, fail.
        material: Materials it is made of.
        quality: Ordered qualities.
        use: Ordered uses.
        constraints: What must be kept and farmctl cannot verify.
        slice_warnings: Codes of what slicing warned of; None before that.
        profile_is_new: Whether no good part came yet of a profile version on a class, or it is a
            draft; None where no profile is decided on.
        printer_state: What the printer does; None where none is decided on.
        tries_24h: Tries of the part that was tried most, within 24 hours; None before plates.
        failed_for: At `reprint`, why the part failed.
        tries: At `reprint`, how often the part was tried.
        approved_by: Who said yes to exactly this, or nothing.
    """

    preflight: tuple[str, ...]
    material: tuple[str, ...]
    quality: tuple[str, ...]
    use: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    slice_warnings: tuple[str, ...] | None = None
    profile_is_new: bool | None = None
    printer_state: tuple[str, ...] | None = None
    tries_24h: int | None = None
    failed_for: tuple[str, ...] = ()
    tries: int = 0
    approved_by: str | None = None

    def of(self, predicate: str) -> tuple[str, ...] | bool | int | None:
        """Return the value of a predicate, or None when it is not known here."""
        value: tuple[str, ...] | bool | int | None = getattr(self, predicate, None)
        return value


def plan_context(state: State, item: OrderedItem, variants: Iterable[VariantPin]) -> Context:
    """Return what the gate `approve_plan` is asked about."""
    pairs = [(each.profile, each.printer_class) for each in variants]
    return Context(
        preflight=_verdicts(state, [item]),
        material=_materials(item.filaments),
        quality=(item.quality,),
        use=(item.use,),
        constraints=tuple(sorted(item.constraints)),
        profile_is_new=any(_is_new(state, *pair) for pair in pairs),
    )


def plate_context(
    state: State, plate: PlateRecord, now: datetime, printer: PrinterPhase | None = None
) -> Context:
    """Return what the gates `slice` and `dispatch` are asked about."""
    composed = plate.composed
    items = list(_items_on(state, plate))
    return Context(
        preflight=_verdicts(state, items),
        material=_materials(composed.filaments),
        quality=_sorted(each.quality for each in items),
        use=_sorted(each.use for each in items),
        slice_warnings=_sorted(plate.sliced.warnings) if plate.sliced else None,
        profile_is_new=_is_new(state, composed.profile, composed.printer_class),
        printer_state=(printer.value,) if printer else None,
        tries_24h=_tries_24h(state, (each.instance for each in composed.placed), now),
        approved_by="a person" if is_approved(state, plate) else None,
    )


def reprint_context(state: State, instance: InstanceId, now: datetime) -> Context:
    """Return what the gate `reprint` is asked about one failed part.

    Raises KeyError for a part that the ledger does not know.
    """
    key = item_of(instance)
    record = state.items[key].instances[instance]
    item = _item(state, key)
    items = [item] if item else []
    return Context(
        preflight=_verdicts(state, items),
        material=_materials(item.filaments if item else ()),
        quality=_sorted(each.quality for each in items),
        use=_sorted(each.use for each in items),
        tries_24h=_tries_24h(state, [instance], now),
        failed_for=(record.reason or "none given",),
        tries=record.tries,
    )


def binds_of(plate: PlateRecord) -> tuple[str, ...]:
    """Return what an approval of a plate binds: its g-code and class; unsliced, its variants."""
    composed = plate.composed
    if plate.sliced is not None:
        return (plate.sliced.gcode, composed.printer_class)
    return (*_sorted(each.variant for each in composed.placed), composed.printer_class)


def is_approved(state: State, plate: PlateRecord) -> bool:
    """Return whether a person said yes to this plate, or to an equal one."""
    binds = set(binds_of(plate))
    if binds <= set(plate.approved):
        return True
    return any(binds <= set(other.approved) for other in state.plates.values() if other.approved)


def _items_on(state: State, plate: PlateRecord) -> Iterator[OrderedItem]:
    for key in sorted({item_of(each.instance) for each in plate.composed.placed}):
        item = _item(state, key)
        if item is not None:
            yield item


def _item(state: State, key: ItemKey) -> OrderedItem | None:
    order = state.orders.get(order_of(key))
    name = key.split("/", 1)[1]
    items = order.text.items if order else ()
    return next((each for each in items if each.name == name), None)


def _verdicts(state: State, items: Iterable[OrderedItem]) -> tuple[str, ...]:
    checked = (state.models.get(each.model) for each in items)
    return _sorted(each.verdict for each in checked if each is not None)


def _materials(filaments: Iterable[str]) -> tuple[str, ...]:
    return _sorted(each.split("/", 1)[0] for each in filaments)


def _is_new(state: State, profile: str, printer_class: str) -> bool:
    """Return whether nothing is known of it; of a draft never is, for it changes."""
    return is_draft(profile) or not state.proven.get(f"{profile} {printer_class}")


def _tries_24h(state: State, instances: Iterable[InstanceId], now: datetime) -> int:
    """Return how often the most tried of these parts was started within 24 hours."""
    tries = {each: 0 for each in instances if _was_tried(state, each)}
    for run in state.runs.values() if tries else ():
        plate = state.plates.get(run.queued.plate)
        if run.start_at is None or run.start_at <= now - DAY or plate is None:
            continue
        for placed in plate.composed.placed:
            if run.is_counted and placed.instance in tries:
                tries[placed.instance] += 1
    return max(tries.values(), default=0)


def _was_tried(state: State, instance: InstanceId) -> bool:
    item = state.items.get(item_of(instance))
    part = item.instances.get(instance) if item else None
    return part is not None and part.tries > 0


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
