"""A profile's draft is printed by virtual printers, or by those that the order names: by no other.

Every plate with a draft says so in its profile, so a text that says something else by now, or an
order that is gone, opens no further printer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.drafts import Choice, choice_of, is_draft
from farmctl.model.events.plates import PlateComposed
from farmctl.model.ids import ItemKey, PrinterName, item_of, order_of
from farmctl.model.recorded import PlateRecord

VIRTUAL = "virtual"

Entrusted = tuple[PrinterName, ...]
"""The printers that may print a draft, sorted."""


def entrusted(desired: Desired, named: Iterable[str]) -> Entrusted:
    """Return the printers that may print a draft: those that the order names, else virtual ones."""
    drivers = desired.once(_drivers)
    wanted = set(named) & drivers.keys()
    if not named:
        wanted = {name for name, driver in drivers.items() if driver == VIRTUAL}
    return tuple(PrinterName(each) for each in sorted(wanted))


def _drivers(desired: Desired) -> Mapping[str, str]:
    return {each.name: each.driver for each in desired.farm.printers}


def entrusted_with(
    state: State, desired: Desired, pin: str, items: Iterable[ItemKey]
) -> Entrusted | None:
    """Return who may print these items with a profile; None where it is no draft: anybody."""
    if not is_draft(pin):
        return None
    shares = [set(each) for each in _by_item(state, desired, pin, items)]
    return tuple(sorted(set.intersection(*shares))) if shares else ()


def misplaced(state: State, desired: Desired, plate: PlateRecord) -> str:
    """Return why a plate with a draft is on a wrong printer, or with wrong parts; or nothing."""
    composed = plate.composed
    if not is_draft(composed.profile):
        return ""
    shares = {*_by_item(state, desired, composed.profile, items_on(composed))}
    if len(shares) > 1:
        return f"{composed.profile}: its parts are for different printers now"
    run = state.runs.get(plate.run) if plate.run else None
    if run is not None and not any(run.printer in each for each in shares):
        return f"{composed.profile} is not for {run.printer} any more"
    return ""


def items_on(composed: PlateComposed) -> tuple[ItemKey, ...]:
    """Return the items that have parts on a plate, by name."""
    return tuple(sorted({item_of(each.instance) for each in composed.placed}))


def _by_item(
    state: State, desired: Desired, pin: str, items: Iterable[ItemKey]
) -> Iterator[Entrusted]:
    for item in items:
        choice = _choice(state, item)
        yield entrusted(desired, choice.printers if choice.profile == pin else ())


def _choice(state: State, item: ItemKey) -> Choice:
    order = state.orders.get(order_of(item))
    name = item.partition("/")[2]
    texts = (each.profile for each in (order.text.items if order else ()) if each.name == name)
    return choice_of(next(texts, None))
