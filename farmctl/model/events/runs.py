"""Facts about runs: one attempt to print one plate on one printer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from farmctl.model.events.registry import fact
from farmctl.model.ids import PlateId, PrinterName, RunId


class Effect(StrEnum):
    """What can be done to a printer. Each is intended, then accepted, rejected or unknown."""

    UPLOAD = "upload"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    EXCLUDE = "exclude"
    DELETE = "delete"


class PrinterSnapshot(Struct, frozen=True):
    """The printer as it was when a start was intended: what the part was made on."""

    printer_class: str
    identity: str
    firmware: str
    nozzle_um: int
    loaded: tuple[str, ...]
    history_head: str | None = None


@fact("run.queued", subject="run/{run}")
class RunQueued(Struct, frozen=True):
    """A plate was given to a printer by a decision."""

    run: RunId
    plate: PlateId
    printer: PrinterName
    gcode: str
    envelope: str
    decision: str
    not_after: datetime


class Intended(Struct, frozen=True):
    """An effect that is about to be tried."""

    run: RunId
    printer: PrinterName
    file: str
    attempt: int = 1


CONTROLLER_RESTARTED = "controller_restarted"
"""The message of an answer that nobody was there to hear: it says nothing of the printer."""


class Answered(Struct, frozen=True):
    """What the device, or nobody, said to an effect."""

    run: RunId
    printer: PrinterName
    file: str
    message: str = ""
    why: str | None = None
    job_id: str | None = None
    evidence: str = ""


@fact("run.upload_intended", subject="run/{run}")
class UploadIntended(Intended, frozen=True):
    """The g-code is about to be sent under a name that never existed."""

    envelope: str = ""
    wrapper: tuple[str, ...] = ()


@fact("run.upload_accepted", subject="run/{run}")
class UploadAccepted(Answered, frozen=True):
    """The device has the g-code, verified as `evidence` says."""


@fact("run.upload_rejected", subject="run/{run}")
class UploadRejected(Answered, frozen=True):
    """The device certainly did not store the g-code."""


@fact("run.upload_unknown", subject="run/{run}")
class UploadUnknown(Answered, frozen=True):
    """The device may have stored the g-code; the next try has a new name."""


@fact("run.start_intended", subject="run/{run}")
class StartIntended(Intended, frozen=True):
    """The one start call is about to be made: from now on it may be printing."""

    snapshot: PrinterSnapshot | None = None


@fact("run.start_accepted", subject="run/{run}")
class StartAccepted(Answered, frozen=True):
    """The device said yes; the print is confirmed by looking."""


@fact("run.start_rejected", subject="run/{run}")
class StartRejected(Answered, frozen=True):
    """The device certainly did not start."""


@fact("run.start_unknown", subject="run/{run}")
class StartUnknown(Answered, frozen=True):
    """It may have started, and may still start."""


@fact("run.pause_intended", subject="run/{run}")
class PauseIntended(Intended, frozen=True):
    """The pause call is about to be made."""


@fact("run.pause_accepted", subject="run/{run}")
class PauseAccepted(Answered, frozen=True):
    """The device said that it pauses."""


@fact("run.pause_rejected", subject="run/{run}")
class PauseRejected(Answered, frozen=True):
    """The device certainly did not pause."""


@fact("run.pause_unknown", subject="run/{run}")
class PauseUnknown(Answered, frozen=True):
    """The device may pause."""


@fact("run.resume_intended", subject="run/{run}")
class ResumeIntended(Intended, frozen=True):
    """The resume call is about to be made."""


@fact("run.resume_accepted", subject="run/{run}")
class ResumeAccepted(Answered, frozen=True):
    """The device said that it goes on."""


@fact("run.resume_rejected", subject="run/{run}")
class ResumeRejected(Answered, frozen=True):
    """The device certainly did not go on."""


@fact("run.resume_unknown", subject="run/{run}")
class ResumeUnknown(Answered, frozen=True):
    """The device may go on."""


@fact("run.cancel_intended", subject="run/{run}")
class CancelIntended(Intended, frozen=True):
    """The cancel call is about to be made."""


@fact("run.cancel_accepted", subject="run/{run}")
class CancelAccepted(Answered, frozen=True):
    """The device said that it ends the print."""


@fact("run.cancel_rejected", subject="run/{run}")
class CancelRejected(Answered, frozen=True):
    """The device certainly did not end the print."""


@fact("run.cancel_unknown", subject="run/{run}")
class CancelUnknown(Answered, frozen=True):
    """The device may end the print."""


@fact("run.exclude_intended", subject="run/{run}")
class ExcludeIntended(Intended, frozen=True):
    """One part is about to be left out of the print; the others go on."""

    part: str = ""


@fact("run.exclude_accepted", subject="run/{run}")
class ExcludeAccepted(Answered, frozen=True):
    """The device said that it leaves the part out."""


@fact("run.exclude_rejected", subject="run/{run}")
class ExcludeRejected(Answered, frozen=True):
    """The device certainly did not leave the part out."""


@fact("run.exclude_unknown", subject="run/{run}")
class ExcludeUnknown(Answered, frozen=True):
    """The device may leave the part out."""


@fact("run.delete_intended", subject="run/{run}")
class DeleteIntended(Intended, frozen=True):
    """The file is about to be deleted from the device: to fence a start, or to tidy up."""


@fact("run.delete_accepted", subject="run/{run}")
class DeleteAccepted(Answered, frozen=True):
    """The file is gone from the device."""


@fact("run.delete_rejected", subject="run/{run}")
class DeleteRejected(Answered, frozen=True):
    """The file was not deleted: it is being printed, or there is none."""


@fact("run.delete_unknown", subject="run/{run}")
class DeleteUnknown(Answered, frozen=True):
    """The file may be gone."""


INTENDED: Mapping[Effect, type[Intended]] = {
    Effect.UPLOAD: UploadIntended,
    Effect.START: StartIntended,
    Effect.PAUSE: PauseIntended,
    Effect.RESUME: ResumeIntended,
    Effect.CANCEL: CancelIntended,
    Effect.EXCLUDE: ExcludeIntended,
    Effect.DELETE: DeleteIntended,
}
ACCEPTED: Mapping[Effect, type[Answered]] = {
    Effect.UPLOAD: UploadAccepted,
    Effect.START: StartAccepted,
    Effect.PAUSE: PauseAccepted,
    Effect.RESUME: ResumeAccepted,
    Effect.CANCEL: CancelAccepted,
    Effect.EXCLUDE: ExcludeAccepted,
    Effect.DELETE: DeleteAccepted,
}
REJECTED: Mapping[Effect, type[Answered]] = {
    Effect.UPLOAD: UploadRejected,
    Effect.START: StartRejected,
    Effect.PAUSE: PauseRejected,
    Effect.RESUME: ResumeRejected,
    Effect.CANCEL: CancelRejected,
    Effect.EXCLUDE: ExcludeRejected,
    Effect.DELETE: DeleteRejected,
}
UNKNOWN: Mapping[Effect, type[Answered]] = {
    Effect.UPLOAD: UploadUnknown,
    Effect.START: StartUnknown,
    Effect.PAUSE: PauseUnknown,
    Effect.RESUME: ResumeUnknown,
    Effect.CANCEL: CancelUnknown,
    Effect.EXCLUDE: ExcludeUnknown,
    Effect.DELETE: DeleteUnknown,
}
EFFECT_OF: Mapping[type[Intended | Answered], Effect] = {
    kind: effect
    for table in (INTENDED, ACCEPTED, REJECTED, UNKNOWN)
    for effect, kind in table.items()
}
