"""What people mean by a name: a printer, an order, an item, a print, a plan, a profile version."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from farmctl.errors import FarmctlError, Refused
from farmctl.ledger.state import State
from farmctl.model.ids import OrderId, PrinterName, RunId


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


def run_named(state: State, name: str) -> RunId:
    """Return a print by its number, or by the printer that it is on or was taken from last."""
    if name in state.runs:
        return RunId(name)
    record = state.printers.get(PrinterName(name))
    if record is None:
        raise unknown(name, "print or printer", [*state.runs, *state.printers])
    run = record.run or record.bed_run
    if run is None:
        raise Refused(f"{name} has no print", "farmctl status")
    return run


def unknown(name: str, kind: str, known: Iterable[str]) -> NoSuchThing:
    """Return the error for a name that does not exist, with close ones or the last three."""
    names = sorted(known)
    close = get_close_matches(name, names, n=3) or names[-3:]
    mend = f"did you mean {', '.join(close)}?" if close else "farmctl status"
    return NoSuchThing(f"there is no {kind} `{name}`", mend)
