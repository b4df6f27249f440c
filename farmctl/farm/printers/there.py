"""Printers that the farm has: their first bed, their list, and their leave."""

from __future__ import annotations

from collections.abc import Sequence

from farmctl.control.decide.printers import phase_of
from farmctl.control.subjects import printer_named, unknown
from farmctl.control.verdicts import clear_bed
from farmctl.errors import Refused, WaitsForPerson
from farmctl.farm.acting.verbs import ANSWER_WITHIN_S, Said, say
from farmctl.farm.edits import Edit, farm_document, farm_text
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farmrepo.check_farm import GUARDED
from farmctl.farmrepo.edit import remove_row
from farmctl.ledger.state import State
from farmctl.model.documents.farm import Printer
from farmctl.model.ids import PrinterName
from farmctl.model.states import Bed, PrinterPhase


def clear_first(farm: Farm, name: str) -> Said:
    """Say that the bed of a new printer is empty.

    Raises:
        Refused: Something prints there.
        WaitsForPerson: A loop runs and has not seen the printer in 10 s.
    """
    if farm.is_controlled():
        _wait_for(farm, name)
    return say(farm, lambda state: clear_bed(state, printer_named(state, name), None), [name])


def _wait_for(farm: Farm, name: str) -> None:
    view = farm.view()
    deadline = farm.clock.monotonic() + ANSWER_WITHIN_S
    while PrinterName(name) not in view.state.printers:
        left_s = deadline - farm.clock.monotonic()
        if left_s <= 0:
            raise WaitsForPerson(f"the loop has not seen {name} yet", f"farmctl clear {name}")
        view.wait_for_change(farm.clock, left_s)
        view.refresh()


def removal(farm: Farm, name: str) -> Edit:
    """Return the edit that takes a printer out of the farm. Raises NoSuchThing."""
    names = [each.name for each in farm_document(farm).printers]
    if name not in names:
        raise unknown(name, "printer", names)
    text = remove_row(farm_text(farm), ("printers",), names.index(name))
    return Edit({FARM_FILE: text.encode()}, f"printers: {name} removed")


def guard_of(farm: Farm, name: str) -> tuple[str, bool]:
    """Return the guard's macro for a printer, and whether farm.yaml says that it has one.

    Raises:
        NoSuchThing: The farm has no such printer.
        Refused: It is no Klipper printer.
    """
    from farmctl.printers.moonraker.guard import macro

    found = {each.name: each for each in farm_document(farm).printers}
    if name not in found:
        raise unknown(name, "printer", found)
    if found[name].driver != GUARDED:
        kind = found[name].driver
        raise Refused(f"{name} has no printer.cfg: its driver is `{kind}`", "only Klipper has one")
    return macro(), found[name].guard


def check_free(state: State, name: str) -> None:
    """Raise Refused while something prints on a printer or lies on its bed."""
    record = state.printers.get(PrinterName(name))
    if record is None:
        return
    if record.run is not None:
        raise Refused(f"{record.run} is on {name}", f"farmctl abort {record.run}, or let it end")
    if phase_of(state, record) is PrinterPhase.EXTERNAL:
        job = record.seen.job_file if record.seen else None
        raise Refused(
            f"{name} is printing {job}, started at the printer", "remove it when that is over"
        )
    if record.bed is Bed.OCCUPIED:
        raise Refused(f"something lies on the bed of {name}", f"farmctl clear {name}")


def printer_items(printers: Sequence[Printer], state: State) -> list[dict[str, object]]:
    """Return the printers of the farm as items of a JSON list, with what is known of them."""
    return [_item(each, state) for each in printers]


def _item(printer: Printer, state: State) -> dict[str, object]:
    record = state.printers.get(PrinterName(printer.name))
    loaded = record.slots if record else printer.loaded
    return {
        "name": printer.name,
        "class": printer.class_,
        "driver": printer.driver,
        "url": printer.url,
        "identity": printer.identity,
        "state": phase_of(state, record).value if record and record.seen else "unseen",
        "job": record.seen.job_file if record and record.seen else None,
        "bed": record.bed.value if record else "unknown",
        "held": record.holds[0].reason if record and record.holds else None,
        "loaded": [each.name for each in loaded],
        "tags": list(printer.tags),
    }
