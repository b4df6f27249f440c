"""Facts about runs: one attempt to print one plate on one printer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from farmctl.model.events.registry import fact
from farmctl.model.ids import PlateId, PrinterName, RunId


class Effect(StrEnum):
    """What can be done to a printer. Each is intended, then accepted, rejected or unknown."""

    UPLOAD = "upload"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class PrinterSnapshot:
    """The printer as it was when a start was intended: what the part was made on."""

    printer_class: str
    identity: str
    firmware: str
    nozzle_um: int
    loaded: tuple[str, ...]
    history_head: str | None = None


@fact("run.queued", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class RunQueued:
    """A plate was given to a printer by a decision."""

    run: RunId
    plate: PlateId
    printer: PrinterName
    gcode: str
    envelope: str
    decision: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Intended:
    """An effect that is about to be tried."""

    run: RunId
    printer: PrinterName
    file: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """What the device, or nobody, said to an effect."""

    run: RunId
    printer: PrinterName
    file: str
    message: str = ""
    why: str | None = None
    job_id: str | None = None
    evidence: str = ""


@fact("run.upload_intended", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class UploadIntended(Intended):
    """The g-code is about to be sent under a name that never existed."""


@fact("run.upload_accepted", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class UploadAccepted(Answered):
    """The device has the g-code, verified as `evidence` says."""


@fact("run.upload_rejected", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class UploadRejected(Answered):
    """The device certainly did not store the g-code."""


@fact("run.upload_unknown", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class UploadUnknown(Answered):
    """The device may have stored the g-code; the next try has a new name."""


@fact("run.start_intended", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class StartIntended(Intended):
    """The one start call is about to be made: from now on it may be printing."""

    snapshot: PrinterSnapshot | None = None


@fact("run.start_accepted", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class StartAccepted(Answered):
    """The device said yes; the print is confirmed by looking."""


@fact("run.start_rejected", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class StartRejected(Answered):
    """The device certainly did not start."""


@fact("run.start_unknown", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class StartUnknown(Answered):
    """It may have started, and may still start."""


@fact("run.pause_intended", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class PauseIntended(Intended):
    """The pause call is about to be made."""


@fact("run.pause_accepted", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class PauseAccepted(Answered):
    """The device said that it pauses."""


@fact("run.pause_rejected", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class PauseRejected(Answered):
    """The device certainly did not pause."""


@fact("run.pause_unknown", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class PauseUnknown(Answered):
    """The device may pause."""


@fact("run.resume_intended", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class ResumeIntended(Intended):
    """The resume call is about to be made."""


@fact("run.resume_accepted", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class ResumeAccepted(Answered):
    """The device said that it goes on."""


@fact("run.resume_rejected", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class ResumeRejected(Answered):
    """The device certainly did not go on."""


@fact("run.resume_unknown", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class ResumeUnknown(Answered):
    """The device may go on."""


@fact("run.cancel_intended", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class CancelIntended(Intended):
    """The cancel call is about to be made."""


@fact("run.cancel_accepted", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class CancelAccepted(Answered):
    """The device said that it ends the print."""


@fact("run.cancel_rejected", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class CancelRejected(Answered):
    """The device certainly did not end the print."""


@fact("run.cancel_unknown", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class CancelUnknown(Answered):
    """The device may end the print."""


@fact("run.delete_intended", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class DeleteIntended(Intended):
    """The file is about to be deleted from the device: to fence a start, or to tidy up."""


@fact("run.delete_accepted", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class DeleteAccepted(Answered):
    """The file is gone from the device."""


@fact("run.delete_rejected", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class DeleteRejected(Answered):
    """The file was not deleted: it is being printed, or there is none."""


@fact("run.delete_unknown", subject="run/{run}")
@dataclass(frozen=True, slots=True)
class DeleteUnknown(Answered):
    """The file may be gone."""


INTENDED: Mapping[Effect, type[Intended]] = {
    Effect.UPLOAD: UploadIntended,
    Effect.START: StartIntended,
    Effect.PAUSE: PauseIntended,
    Effect.RESUME: ResumeIntended,
    Effect.CANCEL: CancelIntended,
    Effect.DELETE: DeleteIntended,
}
ACCEPTED: Mapping[Effect, type[Answered]] = {
    Effect.UPLOAD: UploadAccepted,
    Effect.START: StartAccepted,
    Effect.PAUSE: PauseAccepted,
    Effect.RESUME: ResumeAccepted,
    Effect.CANCEL: CancelAccepted,
    Effect.DELETE: DeleteAccepted,
}
REJECTED: Mapping[Effect, type[Answered]] = {
    Effect.UPLOAD: UploadRejected,
    Effect.START: StartRejected,
    Effect.PAUSE: PauseRejected,
    Effect.RESUME: ResumeRejected,
    Effect.CANCEL: CancelRejected,
    Effect.DELETE: DeleteRejected,
}
UNKNOWN: Mapping[Effect, type[Answered]] = {
    Effect.UPLOAD: UploadUnknown,
    Effect.START: StartUnknown,
    Effect.PAUSE: PauseUnknown,
    Effect.RESUME: ResumeUnknown,
    Effect.CANCEL: CancelUnknown,
    Effect.DELETE: DeleteUnknown,
}
EFFECT_OF: Mapping[type[Intended | Answered], Effect] = {
    kind: effect
    for table in (INTENDED, ACCEPTED, REJECTED, UNKNOWN)
    for effect, kind in table.items()
}
