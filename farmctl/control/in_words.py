"""What states and counts are called where people read them: never a bare `unknown`. Pure."""

from __future__ import annotations

from farmctl.control.decide.printers import phase_of
from farmctl.ledger.state import State
from farmctl.model.reasons import label_of
from farmctl.model.recorded import Asked, ItemRecord, PrinterRecord, RunRecord
from farmctl.model.states import Bed, PrinterPhase, RunPhase
from farmctl.planning.machines import stranger


def bed_in_words(state: State, record: PrinterRecord) -> str:
    """Return how a bed is that is not clear, and why."""
    how = "not clear" if record.bed is Bed.OCCUPIED else "not known to be clear"
    return f"{how}: {_bed_why(state, record)}"


def _bed_why(state: State, record: PrinterRecord) -> str:
    if phase_of(state, record) is PrinterPhase.EXTERNAL and record.seen is not None:
        return f"on it is {stranger(state, record.seen.job_file)}"
    return record.bed_why


def phase_in_words(phase: RunPhase) -> str:
    """Return a phase in words: never a bare `unknown`."""
    if phase is RunPhase.UNKNOWN:
        return "may still print, not reprinted, since"
    return phase.value


def asked_in_words(asked: Asked) -> str:
    """Return what somebody asked of a print."""
    if asked.part is None:
        return f"{asked.by} asked to {asked.verb} it: {asked.reason}"
    why = f": {label_of(asked.reason)}" if asked.reason else ""
    return f"{asked.by} asked to leave out {asked.part}{why}"


def evidence_in_words(run: RunRecord) -> str | None:
    """Return what a print's phase rests on: of a start, how far it is known to have come."""
    if run.phase is not RunPhase.STARTING or run.start_answer == "rejected":
        return run.evidence
    if run.start_answer == "accepted":
        return "the printer took its start; nobody saw it print yet"
    return "its start may be sent; no answer is recorded"


def counts_in_words(item: ItemRecord) -> str:
    """Return how many parts are wanted, good, and on their way."""
    said = [f"{item.quantity} wanted", f"{item.good} good"]
    for count, word in (
        (item.in_flight, "on plates or not judged"),
        (item.closed, "failed, waiting for a word"),
        (item.need, "to be put on plates"),
    ):
        if count:
            said.append(f"{count} {word}")
    return ", ".join(said)
