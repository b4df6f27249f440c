"""Where the way of a print stands on a printer: the steps of the dispatch protocol, as recorded."""

from __future__ import annotations

from enum import StrEnum

from farmctl.ledger.state import State
from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.model.recorded import RunRecord
from farmctl.model.states import RunPhase


class Step(StrEnum):
    """A step, by the word that heads its column."""

    QUEUED = "queued"  # or nothing at all is meant for the printer
    UPLOAD = "upload"
    LOOK = "look"
    START = "start"  # the intent is durable, the answer is not
    UNKNOWN = "unknown"  # whether it started
    CONFIRM = "confirm"  # it said yes, and does not show it yet
    PRINT = "print"  # seen, or out of sight since
    FENCE = "fence"
    END = "end"  # known, with the part on the bed or the file on the printer


MEANINGS = {
    Step.QUEUED: "nothing is meant for the printer, or nothing was sent yet",
    Step.UPLOAD: "the file is on its way",
    Step.LOOK: "the file is there, and the printer is looked at once more",
    Step.START: "the start is intended, and has no answer",
    Step.UNKNOWN: "nobody knows whether it started",
    Step.CONFIRM: "the printer said yes, and does not show the print yet",
    Step.PRINT: "it prints, also where it went out of sight since",
    Step.FENCE: "the file is deleted, so that it can start no more",
    Step.END: "the end is known; the part is on the bed, or the file on the printer",
}


def step_on(state: State, name: str) -> Step:
    """Return where the newest run on a printer stands."""
    printer = PrinterName(name)
    record = state.printers.get(printer)
    if record is None:
        return Step.QUEUED
    run = state.runs.get(record.run) if record.run else None
    if run is not None:
        return step_of(run)
    is_left = record.bed_run is not None or any(map(_is_untidy, _runs_on(state, printer)))
    return Step.END if is_left else Step.QUEUED


def step_of(run: RunRecord) -> Step:
    """Return where a run stands that is not over."""
    effects = {each.effect for each in run.outstanding}
    match run.phase:
        case RunPhase.QUEUED:
            return Step.QUEUED
        case RunPhase.UPLOADING:
            return Step.UPLOAD
        case RunPhase.STAGED:
            return Step.LOOK
        case RunPhase.STARTING:
            return Step.START if Effect.START in effects else Step.CONFIRM
        case RunPhase.PRINTING | RunPhase.PAUSED:
            return Step.PRINT
        case RunPhase.UNKNOWN if run.is_counted:
            return Step.PRINT
        case RunPhase.UNKNOWN:
            is_fencing = Effect.DELETE in effects or run.delete_tries > 0 or run.is_deleted
            return Step.FENCE if is_fencing else Step.UNKNOWN
        case _:
            return Step.END


def _runs_on(state: State, printer: PrinterName) -> list[RunRecord]:
    return [each for each in state.runs.values() if each.printer == printer]


def _is_untidy(run: RunRecord) -> bool:
    return run.phase.is_over and run.to_delete is not None
