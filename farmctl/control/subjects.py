"""What people mean by a name: a printer, an order, an item, a print, a plate, a profile version."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from farmctl.errors import FarmctlError, Refused
from farmctl.ledger.state import State
from farmctl.model.ids import ItemKey, OrderId, PlateId, PrinterName, RunId, order_of


class NoSuchThing(FarmctlError):  # noqa: N818 - reads as what it says
    """A name that nothing in the farm has."""


def printer_named(state: State, name: str) -> PrinterName:
    """Return the printer. Raises NoSuchThing with what was perhaps meant."""
    if name in state.printers:
        return PrinterName(name)
    raise unknown(name, "printer", state.printers)


def order_named(state: State, name: str) -> OrderId:
    """Return the open order. Raises NoSuchThing, or Refused for one that is closed."""
    if name in state.orders:
        return OrderId(name)
    if name in state.closed:
        raise Refused(f"{name} is closed", f"farmctl get orders --order {name}")
    raise unknown(name, "order", state.orders)


def item_named(state: State, name: str) -> ItemKey:
    """Return the item of an open order, `ord-1042/bracket`. Raises NoSuchThing, Refused."""
    if name in state.items:
        return ItemKey(name)
    if order_of(ItemKey(name)) in state.closed:
        order_named(state, order_of(ItemKey(name)))
    raise unknown(name, "item", state.items)


def plate_named(state: State, name: str) -> PlateId:
    """Return the plate. Raises NoSuchThing with what was perhaps meant."""
    if name in state.plates:
        return PlateId(name)
    raise unknown(name, "plate", state.plates)


def run_named(state: State, name: str) -> RunId:
    """Return a print by its number, or by the printer that it is on or was taken from last.

    Raises NoSuchThing; Refused for a print of a closed order, or a printer that had none.
    """
    if name in state.runs:
        return RunId(name)
    record = state.printers.get(PrinterName(name))
    if record is None:
        _check_not_closed(state, name)
        raise unknown(name, "print or printer", [*state.runs, *state.printers])
    run = record.run or record.bed_run or _last_on(state, PrinterName(name))
    if run is None or run not in state.runs:
        raise Refused(f"{name} has no print", "farmctl status")
    return run


def profile_named(name: str, pins: Iterable[str]) -> str:
    """Return a profile version, `petg@1.9.0`. Raises NoSuchThing with what was perhaps meant."""
    known = sorted(set(pins))
    if name in known:
        return name
    raise unknown(name, "profile version", known)


def profile_pins(state: State) -> frozenset[str]:
    """Return the profile versions that build plans, plates and holds name."""
    of_plans = {pin.profile for plan in state.plans.values() for pin in plan.written.variants}
    of_plates = {plate.composed.profile for plate in state.plates.values()}
    return frozenset(of_plans | of_plates | set(state.profile_holds))


def unknown(name: str, kind: str, known: Iterable[str]) -> NoSuchThing:
    """Return the error for a name that does not exist, with close ones or the last three."""
    names = sorted(known)
    close = get_close_matches(name, names, n=3) or names[-3:]
    mend = f"did you mean {', '.join(close)}?" if close else "farmctl status"
    return NoSuchThing(f"there is no {kind} `{name}`", mend)


def _last_on(state: State, printer: PrinterName) -> RunId | None:
    """Return the newest print of a printer that the state still holds."""
    there = [run for run, each in state.runs.items() if each.printer == printer]
    return max(there, key=lambda run: int(run.removeprefix("run-")), default=None)


def _check_not_closed(state: State, name: str) -> None:
    for order, line in sorted(state.closed.items()):
        if name in line["runs"]:
            raise Refused(
                f"{name} was made for {order}, which is closed",
                f"farmctl describe run/{name}",
            )
