"""What a print asks of a printer, and whether a printer has it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.plates import PlateComposed
from farmctl.model.ids import PrinterName
from farmctl.planning.drafts import Entrusted, entrusted_with, items_on
from farmctl.planning.reasons import Code, Reason
from farmctl.planning.trials import Trial, trial_of


class Demand(Struct, frozen=True):
    """What a print asks of a printer.

    Args:
        printer_class: `voron-350@3.0.0`.
        nozzle_um: The nozzle.
        filaments: `PETG/black`, slot by slot.
        tags: What it must have.
        trial: Who tries its profile version; None when it is on no trial.
        entrusted: Who may print it, where its profile is a draft; None where it is none.
    """

    printer_class: str
    nozzle_um: int
    filaments: tuple[str, ...]
    tags: tuple[str, ...] = ()
    trial: Trial | None = None
    entrusted: Entrusted | None = None


class Equipment(Struct, frozen=True):
    """What a printer is and has.

    Args:
        printer_class: `voron-350@3.0.0`.
        nozzle_um: The nozzle.
        loaded: `PETG/black` by slot.
        tags: Its own and its class's.
    """

    printer_class: str
    nozzle_um: int
    loaded: Mapping[int, str]
    tags: frozenset[str]


def demand_of(state: State, desired: Desired, plate: PlateComposed) -> Demand:
    """Return what a plate asks of a printer."""
    return Demand(
        plate.printer_class,
        plate.nozzle_um,
        plate.filaments,
        plate.tags,
        trial_of(state, desired, plate.profile),
        entrusted_with(state, desired, plate.profile, items_on(plate)),
    )


def lack(demand: Demand, printer: PrinterName, equipment: Equipment) -> Reason | None:
    """Return the most lasting thing that a printer lacks for a print, or None."""
    if equipment.printer_class != demand.printer_class:
        return Reason(Code.CLASS, f"class {equipment.printer_class}")
    if equipment.nozzle_um != demand.nozzle_um:
        return Reason(Code.NOZZLE, f"has a {equipment.nozzle_um / 1000:g} mm nozzle")
    missing = sorted(set(demand.tags) - equipment.tags)
    if missing:
        return Reason(Code.TAGS, f"has no {', '.join(missing)}")
    if demand.entrusted is not None and printer not in demand.entrusted:
        who = " and ".join(demand.entrusted) or "virtual printers"
        return Reason(Code.DRAFT, f"the draft is for {who} alone")
    if demand.trial is not None and (why := demand.trial.why_not(printer)):
        return Reason(Code.ON_TRIAL, why)
    if not has_loaded(demand.filaments, equipment.loaded):
        return Reason(Code.FILAMENT, f"has {_said(equipment.loaded)}")
    return None


def has_loaded(filaments: tuple[str, ...], loaded: Mapping[int, str]) -> bool:
    """Return whether each slot holds what a print wants of it."""
    return all(loaded.get(slot) == wanted for slot, wanted in enumerate(filaments))


def _said(loaded: Mapping[int, str]) -> str:
    return " + ".join(loaded[slot] for slot in sorted(loaded)) or "no filament"
