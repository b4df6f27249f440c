"""Changes of an order that stands: a person's words become one commit of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import get_args

from msgspec.structs import replace

from farmctl.control import desire
from farmctl.control.subjects import unknown
from farmctl.errors import InvalidDocuments, Refused, UsageError
from farmctl.farm.edits import Edit, checked
from farmctl.farm.orders.drafts import check_printers, check_profile
from farmctl.farm.orders.due import parse_due
from farmctl.farm.orders.filling import Scene, check_material, filament_of
from farmctl.farm.parts import Farm
from farmctl.farm.questions import check_known
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.layout import order_path
from farmctl.ledger.state import State
from farmctl.model.documents.common import Quality, Use
from farmctl.model.documents.order import Order, PaymentStatus, Priority
from farmctl.model.ids import OrderId, order_of
from farmctl.model.reasons import ORDER_REASONS
from farmctl.model.recorded import RunRecord
from farmctl.model.states import OrderPhase
from farmctl.planning.order_life import order_problems

Told = Callable[[Scene, str], object]


NOTHING = ("none", "")
"""What takes a value away."""


def _due(scene: Scene, text: str) -> object:
    if text in NOTHING:
        return None
    return parse_due(text, scene.now, scene.zone).isoformat()


def _customer(_scene: Scene, text: str) -> object:
    return None if text in NOTHING else text


def _payment(_scene: Scene, text: str) -> object:
    return {"status": check_known(text, get_args(PaymentStatus), "payment")}


def _quantity(_scene: Scene, text: str) -> object:
    if not text.isascii() or not text.isdigit():
        raise UsageError(f"`{text}` is no quantity", "write quantity=12; 0 drops the item")
    return int(text)


def _filaments(scene: Scene, text: str) -> object:
    found = filament_of(text)
    check_material(scene, found.material)
    return [{"material": found.material, "color": found.color}]


def _profile(scene: Scene, text: str) -> object:
    if text in NOTHING:
        return None
    check_profile(scene, text)
    return text


def _printers(_scene: Scene, text: str) -> object:
    return None if text in NOTHING else [each.strip() for each in text.split(",")]


_OF_ORDER: Mapping[str, tuple[str, Told]] = {
    "due": ("due", _due),
    "priority": ("priority", lambda _, text: check_known(text, get_args(Priority), "priority")),
    "customer": ("customer", _customer),
    "payment": ("payment", _payment),
}
_OF_ITEM: Mapping[str, tuple[str, Told]] = {
    "quantity": ("quantity", _quantity),
    "filament": ("filaments", _filaments),
    "quality": ("quality", lambda _, text: check_known(text, get_args(Quality), "quality")),
    "use": ("use", lambda _, text: check_known(text, get_args(Use), "use")),
    "profile": ("profile", _profile),
    "printers": ("printers", _printers),
}
KEYS = (*_OF_ORDER, *_OF_ITEM)


def changed(scene: Scene, order_id: OrderId, text: str, pairs: Sequence[str]) -> Edit | None:
    """Return the edit that sets `key=value…`, or None when the order says so already.

    Raises UsageError for a key, item or value that cannot be, Refused for an order that is over
    and for what an approved build plan has locked.
    """
    order = _open(scene, order_id, text)
    new = text
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"`{pair}` says no value", f"write {pair}=…; keys: {', '.join(KEYS)}")
        place, told = _place(order, key)
        new = set_value(new, place, told(scene, value.strip()))
    after = _said(new, order_id)
    if after == order:
        return None
    _check_unlocked(scene, after)
    for each in after.items:
        check_printers(scene, each.profile_, each.printers)
    return Edit({order_path(order_id): new.encode()}, f"orders: {order_id} {' '.join(pairs)}")


def canceled(scene: Scene, order_id: OrderId, text: str, reason: str) -> Edit | None:
    """Return the edit that cancels an order, or None when it is canceled already.

    Raises UsageError for a reason that is not in the list, Refused for an order that is made.
    """
    check_known(reason, tuple(ORDER_REASONS), "reason")
    order = checked(Order, text, order_path(order_id))
    if order.canceled is not None:
        return None
    _open(scene, order_id, text)
    at = scene.now.astimezone(scene.zone).replace(microsecond=0).isoformat()
    new = set_value(text, ("canceled",), {"reason": reason, "at": at})
    return Edit({order_path(order_id): new.encode()}, f"orders: {order_id} canceled, {reason}")


def order_named(scene: Scene, name: str) -> OrderId:
    """Return the order that the farm's files have. Raises NoSuchThing with what was meant."""
    if name not in scene.snapshot.order_blobs:
        raise unknown(name, "order", scene.snapshot.order_blobs)
    return OrderId(name)


def order_text(farm: Farm, order_id: OrderId) -> str:
    """Return an order's file as it is on disk."""
    return farm.disk.read(farm.folder / order_path(order_id)).decode("utf-8", "replace")


def still_printing(state: State, order_id: OrderId) -> tuple[RunRecord, ...]:
    """Return the prints of an order that a cancellation does not end."""
    return tuple(
        run
        for run in state.runs.values()
        if run.phase.may_be_printing
        and any(
            order_of(each.instance) == order_id
            for each in state.plates[run.queued.plate].composed.placed
        )
    )


def _open(scene: Scene, order_id: OrderId, text: str) -> Order:
    order = checked(Order, text, order_path(order_id))
    closed = scene.state.closed_order(order_id)
    if closed is not None and closed.phase is OrderPhase.FULFILLED:
        raise Refused(f"{order_id} is made and closed", "farmctl order add makes a new one")
    if order.canceled is not None:
        raise Refused(f"{order_id} is canceled", "farmctl order add makes a new one")
    return order


def _said(text: str, order_id: OrderId) -> Order:
    """Return what the edited text says. Raises UsageError: the fault is the command line's."""
    try:
        return checked(Order, text, order_path(order_id))
    except InvalidDocuments as error:
        raise UsageError(error.message.partition(": ")[2], error.mend) from None


def _check_unlocked(scene: Scene, after: Order) -> None:
    text = desire.order_text(after, "edited")
    for problem in order_problems(scene.state, replace(scene.desired, orders={text.order: text})):
        raise Refused(problem.message, problem.mend)


def _place(order: Order, key: str) -> tuple[tuple[str | int, ...], Told]:
    """Return where a key of the command line stands in the document, and what reads its value."""
    name, dot, field = key.rpartition(".")
    if not dot and field in _OF_ORDER:
        place, told = _OF_ORDER[field]
        return (place,), told
    known = [*_OF_ITEM] if dot else list(KEYS)
    place, told = _OF_ITEM[check_known(field, known, "key")]
    return ("items", _item(order, name, field), place), told


def _item(order: Order, name: str, field: str) -> int:
    names = [each.name for each in order.items]
    if name:
        return names.index(check_known(name, names, f"item of {order.id}"))
    if len(names) > 1:
        one = f"{names[0]}.{field}=…"
        raise UsageError(f"which item's {field}? {order.id} has {', '.join(names)}", f"write {one}")
    return 0
