"""What facts about printers put into the tables."""

from __future__ import annotations

from farmctl.insight.rows import Rows, projects, utc
from farmctl.model.envelope import Event
from farmctl.model.events import printers
from farmctl.model.observation import DeviceState, Loaded, slot_by_slot
from farmctl.model.states import Bed

_HAS_JOB = (DeviceState.PRINTING, DeviceState.PAUSED)


def slots(loaded: tuple[Loaded, ...]) -> list[str]:
    """Return `PETG/black` for each slot, by slot."""
    return list(slot_by_slot(loaded))


@projects(printers.PrinterDeclared)
def printer_declared(rows: Rows, event: Event, fact: printers.PrinterDeclared) -> None:
    """A new printer's bed is unknown; what it has loaded is what the farm says at first."""
    known = rows.find("printers", fact.printer)
    if known is None or known.get("withdrawn_at") is not None:
        _forget_machine(rows, fact)
    rows.put(
        "printers",
        fact.printer,
        printer_class=fact.printer_class,
        driver=fact.driver,
        nozzle_um=fact.nozzle_um,
        clears=fact.clears,
        tags=list(fact.tags),
        identity=fact.identity,
        withdrawn_at=None,
    )


def _forget_machine(rows: Rows, fact: printers.PrinterDeclared) -> None:
    rows.put(
        "printers",
        fact.printer,
        bed=Bed.UNKNOWN.value,
        bed_why="never said to be clear",
        bed_run=None,
        loaded=slots(fact.loaded),
        seen_loaded=None,
        held=None,
        run=None,
    )


@projects(printers.PrinterWithdrawn)
def printer_withdrawn(rows: Rows, event: Event, fact: printers.PrinterWithdrawn) -> None:
    """The farm no longer has it; what it made is remembered."""
    rows.put("printers", fact.printer, withdrawn_at=utc(event.time))


@projects(printers.PrinterSeen)
def printer_seen(rows: Rows, event: Event, fact: printers.PrinterSeen) -> None:
    """What a look showed; a print that is not ours is on the bed."""
    rows.put(
        "printers",
        fact.printer,
        state=fact.state,
        seen_identity=fact.identity,
        job_file=fact.job_file,
        job_id=fact.job_id,
        history_head=fact.history_head,
        jobs_total=fact.jobs_total,
        firmware=fact.firmware,
        message=fact.message or None,
        seen_loaded=None if fact.loaded is None else slots(fact.loaded),
        seen_at=utc(event.time),
    )
    if DeviceState(fact.state) in _HAS_JOB and not _is_ours(rows, fact):
        why = f"{fact.job_file or 'a print'}, started at the printer"
        bed = Bed.OCCUPIED.value
        rows.put("printers", fact.printer, bed=bed, bed_why=why, bed_run=None)


def _is_ours(rows: Rows, fact: printers.PrinterSeen) -> bool:
    run = rows.read("printers", fact.printer).get("run")
    file = (rows.find("runs", run) or {}).get("file") if run else None
    return file is not None and file == fact.job_file


@projects(printers.BedCleared)
def bed_cleared(rows: Rows, event: Event, fact: printers.BedCleared) -> None:
    """The bed is empty."""
    bed = Bed.CLEAR.value
    rows.put("printers", fact.printer, bed=bed, bed_why=fact.by, bed_run=None)


@projects(printers.BedDoubted)
def bed_doubted(rows: Rows, event: Event, fact: printers.BedDoubted) -> None:
    """Nobody knows what is on it."""
    rows.put("printers", fact.printer, bed=Bed.UNKNOWN.value, bed_why=fact.why)


@projects(printers.SpoolLoaded)
def spool_loaded(rows: Rows, event: Event, fact: printers.SpoolLoaded) -> None:
    """A person's word about what is in it."""
    rows.put("printers", fact.printer, loaded=slots(fact.loaded), lot=fact.lot)


@projects(printers.ForeignFilesSeen)
def foreign_files_seen(rows: Rows, event: Event, fact: printers.ForeignFilesSeen) -> None:
    """Another controller, or a lost tail."""
    rows.put("printers", fact.printer, strange_files=list(fact.files))
