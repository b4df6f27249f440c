"""What a look at a printer means for what the ledger knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from farmctl.control.actions import Action, Record
from farmctl.ledger.state import State
from farmctl.model.events.farm import PrinterHeld
from farmctl.model.events.printers import (
    BedCleared,
    BedDoubted,
    ForeignFilesSeen,
    PrinterDeclared,
    PrinterSeen,
    PrinterWithdrawn,
)
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState, Observation
from farmctl.model.recorded import PrinterRecord
from farmctl.model.states import Bed, PrinterPhase


def declare_printers(
    state: State, declared: Mapping[PrinterName, PrinterDeclared]
) -> Iterator[Action]:
    """Yield what is new in the farm's list of printers.

    One that prints, or that owes an answer, stays until that is over.
    """
    for name, fact in sorted(declared.items()):
        known = state.printers.get(name)
        if known is None or known.declared != fact:
            yield Record("declare-printer", f"printer/{name}", (fact,))
    for name, record in sorted(state.printers.items()):
        if name not in declared and record.run is None and not _owes_an_answer(state, name):
            yield Record("withdraw-printer", f"printer/{name}", (PrinterWithdrawn(name),))


def _owes_an_answer(state: State, name: PrinterName) -> bool:
    return any(run.printer == name and run.outstanding for run in state.runs.values())


def next_of_printer(state: State, record: PrinterRecord, look: Look) -> Action | None:
    """Return the one fact that a look adds to what is known of a printer, or None."""
    name = record.declared.printer
    if look.strange_files and not record.holds:
        return _foreign(name, look.strange_files)
    seen = seen_as(look.observation)
    if record.seen is None or seen != record.seen:
        return Record("see-printer", f"printer/{name}", (seen,))
    if record.effect_at is not None and not look.is_after(record.effect_at):
        return None
    doubt = _doubt(record, look)
    if doubt is not None:
        return Record("doubt-bed", f"printer/{name}", (BedDoubted(name, doubt),))
    if _ejects(state, record, look.observation):
        cleared = BedCleared(name, "ejector", look.observation.history_head)
        return Record("clear-bed", f"printer/{name}", (cleared,))
    return None


def seen_as(observation: Observation) -> PrinterSeen:
    """Return the look as a fact, without what changes at every look."""
    job = observation.job
    return PrinterSeen(
        printer=observation.printer,
        state=observation.state,
        identity=observation.identity,
        job_file=job.file if job else None,
        job_id=job.job_id if job else None,
        history_head=observation.history_head,
        jobs_total=observation.jobs_total,
        boot=observation.boot,
        firmware=observation.firmware,
        nozzle_um=observation.nozzle_um,
        space_um=observation.space_um,
        loaded=observation.loaded,
        message=observation.message,
    )


def _foreign(name: PrinterName, files: tuple[str, ...]) -> Record:
    reason = f"files of another controller are on it: {', '.join(files[:3])}"
    facts = (ForeignFilesSeen(name, files), PrinterHeld(name, reason, "rule/foreign-file"))
    return Record("hold-printer", f"printer/{name}", facts)


def _doubt(record: PrinterRecord, look: Look) -> str | None:
    """Return why a bed that was clear may not be: a job or a restart that nobody can explain."""
    if record.bed is not Bed.CLEAR or record.run is not None or not look.observation.is_reachable:
        return None
    return look.unexplained(record)


def _ejects(state: State, record: PrinterRecord, seen: Observation) -> bool:
    """Return whether a declared ejector has taken our ended print off an idle machine."""
    run = state.runs.get(record.bed_run) if record.bed_run else None
    return (
        record.declared.clears == "ejector"
        and record.bed is Bed.OCCUPIED
        and record.run is None
        and run is not None
        and run.phase.is_over
        and run.reason == "completed"
        and seen.state is DeviceState.READY
    )


def phase_of(state: State, record: PrinterRecord) -> PrinterPhase:
    """Return what a printer is doing, for people and for planning."""
    seen = record.seen
    if seen is None:
        return PrinterPhase.UNKNOWN
    run = state.runs.get(record.run) if record.run else None
    is_ours = run is not None and run.file is not None and run.file == seen.job_file
    match DeviceState(seen.state):
        case DeviceState.OFFLINE:
            return PrinterPhase.OFFLINE
        case DeviceState.PRINTING:
            return PrinterPhase.BUSY if is_ours else PrinterPhase.EXTERNAL
        case DeviceState.PAUSED:
            return PrinterPhase.PAUSED if is_ours else PrinterPhase.EXTERNAL
        case DeviceState.READY:
            return PrinterPhase.BUSY if run is not None else PrinterPhase.READY
        case _:
            return PrinterPhase.UNKNOWN
