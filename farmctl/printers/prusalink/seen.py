"""One look at a PrusaLink, read into an observation. Pure."""

from __future__ import annotations

from datetime import datetime

from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Job, Observation
from farmctl.printers.prusalink.machine import firmware
from farmctl.printers.prusalink.memory import Memory
from farmctl.printers.prusalink.questions import Unseen
from farmctl.printers.prusalink.status import FINISHED, STOPPED, Shown

_SAYS = {
    FINISHED: "the last print is done; the next can start in some seconds",
    STOPPED: "the last print was stopped; the next can start in some seconds",
    "BUSY": "it is busy",
    "ATTENTION": "it needs somebody's attention",
}


def observation(
    printer: PrinterName, asked_at: datetime, seen: Shown, memory: Memory, version: object
) -> Observation:
    """Return the look as farmctl sees every printer.

    It is dated by when it was asked: a look that was under way while something was done to the
    printer must not count as one taken after it.
    """
    job = memory.job if seen.job is not None else None
    return Observation(
        printer=printer,
        seen_at=asked_at,
        state=seen.state,
        identity=seen.serial,
        job=Job(job.file, job.job_id, job.progress_permille, job.elapsed_s) if job else None,
        history_head=memory.head,
        boot=memory.since.isoformat() if memory.since else None,
        firmware=firmware(version),
        nozzle_um=seen.nozzle_um,
        message=seen.message or _SAYS.get(seen.word, ""),
    )


def nothing_seen(printer: PrinterName, asked_at: datetime, unseen: Unseen) -> Observation:
    """Return the look at a printer that shows nothing."""
    state = DeviceState.OFFLINE if unseen.is_silent else DeviceState.FAULT
    return Observation(printer, asked_at, state, message=unseen.why)
