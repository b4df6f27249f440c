"""What facts about printers and the farm as a whole do to the state."""

from __future__ import annotations

from msgspec.structs import replace

from farmctl.ledger.settle import settle
from farmctl.ledger.state import Draft, folds
from farmctl.model.events import farm as said
from farmctl.model.events import printers
from farmctl.model.observation import DeviceState
from farmctl.model.recorded import AttentionRecord, Hold, PrinterRecord
from farmctl.model.states import Bed

_HAS_JOB = (DeviceState.PRINTING, DeviceState.PAUSED)


@folds(said.ControllerStarted)
def controller_started(draft: Draft, fact: said.ControllerStarted) -> None:
    """Remember who acts."""
    draft.controller, draft.farm = fact, fact.farm


@folds(said.ControllerStopped)
def controller_stopped(draft: Draft, fact: said.ControllerStopped) -> None:
    """Nobody acts now."""
    draft.controller = None


@folds(said.RevisionAccepted)
def revision_accepted(draft: Draft, fact: said.RevisionAccepted) -> None:
    """This is what the farm is acted on from now."""
    draft.revision, draft.farm = fact, fact.farm


@folds(said.FarmHeld)
def farm_held(draft: Draft, fact: said.FarmHeld) -> None:
    """Nothing starts anywhere."""
    draft.hold = Hold(fact.reason, draft.actor, draft.at)


@folds(said.FarmUnheld)
def farm_unheld(draft: Draft, fact: said.FarmUnheld) -> None:
    """Starts are possible again."""
    draft.hold = None


@folds(said.PrinterHeld)
def printer_held(draft: Draft, fact: said.PrinterHeld) -> None:
    """Nothing starts there."""
    record = draft.printers[fact.printer]
    hold = Hold(fact.reason, fact.by, draft.at)
    draft.printers[fact.printer] = replace(record, holds=(*record.holds, hold))


@folds(said.PrinterUnheld)
def printer_unheld(draft: Draft, fact: said.PrinterUnheld) -> None:
    """All holds on it are lifted, and what led to them counts no more."""
    draft.printers[fact.printer] = replace(draft.printers[fact.printer], holds=())
    draft.failures = tuple(each for each in draft.failures if each.printer != fact.printer)


@folds(said.ProfileHeld)
def profile_held(draft: Draft, fact: said.ProfileHeld) -> None:
    """Nothing starts with that version."""
    draft.profile_holds[fact.profile] = Hold(fact.reason, draft.actor, draft.at)


@folds(said.ProfileUnheld)
def profile_unheld(draft: Draft, fact: said.ProfileUnheld) -> None:
    """It may be used again."""
    draft.profile_holds.pop(fact.profile, None)


@folds(said.OrderHeld)
def order_held(draft: Draft, fact: said.OrderHeld) -> None:
    """Nothing of it starts."""
    draft.orders[fact.order] = replace(draft.orders[fact.order], held=fact.reason)


@folds(said.OrderUnheld)
def order_unheld(draft: Draft, fact: said.OrderUnheld) -> None:
    """It goes on."""
    draft.orders[fact.order] = replace(draft.orders[fact.order], held=None)


@folds(said.AttentionOpened)
def attention_opened(draft: Draft, fact: said.AttentionOpened) -> None:
    """It needs a person."""
    number = int(fact.attention.removeprefix("att-"))
    draft.counts = replace(draft.counts, attention=max(draft.counts.attention, number))
    draft.attentions[fact.attention] = AttentionRecord(
        fact.attention, fact.kind, fact.about, fact.evidence, fact.command, draft.at
    )


@folds(said.AttentionAcknowledged)
def attention_acknowledged(draft: Draft, fact: said.AttentionAcknowledged) -> None:
    """A person knows."""
    known = draft.attentions[fact.attention]
    draft.attentions[fact.attention] = replace(known, acknowledged=True)


@folds(said.AttentionResolved)
def attention_resolved(draft: Draft, fact: said.AttentionResolved) -> None:
    """It is over."""
    draft.attentions.pop(fact.attention, None)


@folds(printers.PrinterDeclared)
def printer_declared(draft: Draft, fact: printers.PrinterDeclared) -> None:
    """A new printer's bed is unknown; what it has loaded is what the farm says at first."""
    known = draft.printers.get(fact.printer)
    if known is None:
        draft.printers[fact.printer] = PrinterRecord(fact, loaded=fact.loaded)
    else:
        draft.printers[fact.printer] = replace(known, declared=fact)


@folds(printers.PrinterWithdrawn)
def printer_withdrawn(draft: Draft, fact: printers.PrinterWithdrawn) -> None:
    """The farm no longer has it."""
    draft.printers.pop(fact.printer, None)


@folds(printers.PrinterSeen)
def printer_seen(draft: Draft, fact: printers.PrinterSeen) -> None:
    """Take what changed; a print that is not ours is on the bed."""
    record = replace(draft.printers[fact.printer], seen=fact, seen_at=draft.at)
    if DeviceState(fact.state) in _HAS_JOB and not _is_ours(draft, record, fact):
        why = f"{fact.job_file or 'a print'}, started at the printer"
        record = replace(record, bed=Bed.OCCUPIED, bed_why=why, bed_run=None)
    draft.printers[fact.printer] = record


def _is_ours(draft: Draft, record: PrinterRecord, fact: printers.PrinterSeen) -> bool:
    run = draft.runs.get(record.run) if record.run else None
    return run is not None and run.file is not None and run.file == fact.job_file


@folds(printers.BedCleared)
def bed_cleared(draft: Draft, fact: printers.BedCleared) -> None:
    """The bed is empty, as far as jobs are known."""
    record = draft.printers[fact.printer]
    draft.printers[fact.printer] = replace(
        record,
        bed=Bed.CLEAR,
        bed_why=fact.by,
        bed_run=None,
        known_head=fact.last_job,
        known_total=record.seen.jobs_total if record.seen else None,
        known_boot=record.seen.boot if record.seen else None,
    )
    settle(draft)


@folds(printers.BedDoubted)
def bed_doubted(draft: Draft, fact: printers.BedDoubted) -> None:
    """Nobody knows what is on it."""
    record = draft.printers[fact.printer]
    draft.printers[fact.printer] = replace(record, bed=Bed.UNKNOWN, bed_why=fact.why)


@folds(printers.SpoolLoaded)
def spool_loaded(draft: Draft, fact: printers.SpoolLoaded) -> None:
    """A person's word about what is in it."""
    draft.printers[fact.printer] = replace(draft.printers[fact.printer], loaded=fact.loaded)


@folds(printers.ForeignFilesSeen)
def foreign_files_seen(draft: Draft, fact: printers.ForeignFilesSeen) -> None:
    """The hold and the attention that follow say what it means."""
