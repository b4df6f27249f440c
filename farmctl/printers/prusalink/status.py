"""What a PrusaLink says its printer is doing, read from its answers. Pure.

An answer that is not as PrusaLink makes them is read as far as it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from farmctl.model.observation import DeviceState

PRINTING, PAUSED, ATTENTION = "PRINTING", "PAUSED", "ATTENTION"
FINISHED, STOPPED, ERROR = "FINISHED", "STOPPED", "ERROR"
_HIGHEST = 1e9  # what is above is no number of a printer
_STATES: Mapping[str, DeviceState] = {
    "IDLE": DeviceState.READY,
    "READY": DeviceState.READY,
    ERROR: DeviceState.FAULT,
    ATTENTION: DeviceState.FAULT,
}
"""Without a job. Just after one it takes no start, and it does not when it is busy."""
_WITH_JOB: Mapping[str, DeviceState] = {
    PRINTING: DeviceState.PRINTING,
    PAUSED: DeviceState.PAUSED,
    ATTENTION: DeviceState.PAUSED,  # it stands still until a person helps
}


class LiveJob(Struct, frozen=True):
    """A job that is going on, or stands still.

    Args:
        job_id: PrusaLink's number of it.
        file: Its file; an empty text where PrusaLink does not know it.
        progress_permille: 0 to 1000.
        elapsed_s: Seconds since it began.
    """

    job_id: str
    file: str
    progress_permille: int = 0
    elapsed_s: int = 0


class Shown(Struct, frozen=True):
    """What PrusaLink shows at one moment.

    Args:
        serial: The machine's serial number; None until PrusaLink has asked the machine.
        word: PrusaLink's own word for the state.
        job: The job; an ended one does not show.
        nozzle_um: The nozzle, in micrometres.
        free_b: The room for files, in bytes; None where it does not say.
        message: What it says to a person.
    """

    serial: str | None
    word: str
    job: LiveJob | None = None
    nozzle_um: int | None = None
    free_b: int | None = None
    message: str = ""

    @property
    def state(self) -> DeviceState:
        """Return the device's state; one whose machine is not known yet is not ready."""
        if self.job is not None:
            return _WITH_JOB.get(self.word, DeviceState.UNKNOWN)
        if self.serial is None:
            return DeviceState.UNKNOWN
        return _STATES.get(self.word, DeviceState.UNKNOWN)


def job_id_in(status: object) -> str | None:
    """Return the number of the job that a status shows."""
    return _id(_object(status, "job").get("id"))


def word_in(status: object) -> str | None:
    """Return the printer's state; None in what is no status."""
    word = _object(status, "printer").get("state")
    return word if isinstance(word, str) else None


def live_job(shown: object, job_id: str) -> LiveJob:
    """Return the job that is shown, as far as its answer tells of it.

    Args:
        shown: The body of `/api/v1/job`.
        job_id: The number that the status shows.
    """
    if not isinstance(shown, dict) or _id(shown.get("id")) != job_id:
        return LiveJob(job_id, "")
    name = _object(shown, "file").get("name")
    return LiveJob(
        job_id,
        name if isinstance(name, str) else "",
        progress_permille=min(max(round(_number(shown.get("progress")) * 10), 0), 1000),
        elapsed_s=max(round(_number(shown.get("time_printing"))), 0),
    )


def shown(info: object, status: object, job: LiveJob | None) -> Shown:
    """Return what `/api/v1/info` and `/api/v1/status` tell together."""
    about = info if isinstance(info, dict) else {}
    serial, nozzle = about.get("serial"), _number(about.get("nozzle_diameter"))
    condition = _object(_object(status, "printer"), "status_printer")
    said = condition.get("message")
    return Shown(
        serial=serial if isinstance(serial, str) and serial else None,
        word=word_in(status) or "",
        job=job,
        nozzle_um=round(nozzle * 1000) or None,
        free_b=_free_b(status),
        message=said if condition.get("ok") is False and isinstance(said, str) else "",
    )


def size_in(listed: object) -> int | None:
    """Return how many bytes a listed file has; None in what lists none."""
    size = listed.get("size") if isinstance(listed, dict) else None
    return size if isinstance(size, int) else None


def names_in(folder: object) -> tuple[str, ...]:
    """Return the names in a listed folder."""
    listed = folder.get("children") if isinstance(folder, dict) else None
    each_listed = listed if isinstance(listed, list) else ()
    names = [each.get("name") for each in each_listed if isinstance(each, dict)]
    return tuple(name for name in names if isinstance(name, str))


def _free_b(status: object) -> int | None:
    storages = status.get("storage") if isinstance(status, dict) else None
    for each in storages if isinstance(storages, list) else ():
        if isinstance(each, dict) and each.get("path") == "/local":
            free = each.get("free_space")
            return free if isinstance(free, int) else None
    return None


def _object(value: object, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _id(value: object) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float:
    if isinstance(value, int | float) and abs(value) < _HIGHEST:
        return float(value)
    return 0.0
