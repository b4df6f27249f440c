"""An MK3 behind a PrusaLink: what its web server answers.

As seen on PrusaLink 0.8.1, with its traps: a start with the upload is refused after the file was
stored, nothing starts before a few seconds after the last print, and then that print is forgotten.
It tells nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from farmctl.model.observation import DeviceState, Ended
from farmctl.sim.device import Reply, Stored
from farmctl.soak.machines import Answer, Body

ENDED_SHOWS = timedelta(seconds=5)
BOOT = timedelta(seconds=8)
_STORED = {Reply.OK: 201, Reply.IN_USE: 409}
_DONE = {Reply.OK: 204, Reply.NO_JOB: 409, Reply.IN_USE: 409, Reply.MISSING: 404}


class Shown(Struct, frozen=True):
    """A job as it is shown: its state, number and file."""

    state: str
    number: int
    file: str

    @property
    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"id": self.number, "state": self.state, "file": {"name": self.file}}


class PrusaLink(Body):
    """One MK3."""

    _booted: datetime | None = None

    @property
    def shown(self) -> object:
        """Return nothing: it pushes nothing."""
        return None

    def start(self, name: str) -> Reply:
        """Print a stored file, unless there is a print, running or paused."""
        return Reply.BUSY if self.is_busy else super().start(name)

    def restart(self, *, keeps_history: bool = True) -> None:
        """Switch it off and on: it takes its time to answer again."""
        super().restart(keeps_history=keeps_history)
        self._booted = self.machine.at + BOOT

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Return what PrusaLink answers."""
        self.pass_time()
        if self._booted is not None and self.machine.at < self._booted:
            return 503, None
        match method, path.removeprefix("/api/v1/").split("/"):
            case "GET", ["info"]:
                return 200, {"serial": self.machine.serial}
            case "GET", ["status"]:
                return self._status()
            case "GET", ["job"]:
                job = self._job()
                return (200, job.plain) if job else (204, None)
            case _, ["job", number, *verb]:
                return self._to_job(number, " ".join([method, *verb])), None
            case _, ["files", "local", *name]:
                return self._file(method, "".join(name), query, body)
            case _:
                return 404, None

    def _status(self) -> Answer:
        job = self._job()
        idle = "ERROR" if self.state is DeviceState.FAULT else "IDLE"
        status: dict[str, Any] = {"printer": {"state": job.state if job else idle}}
        return 200, {**status, "job": {"id": job.number}} if job else status

    def _job(self) -> Shown | None:
        """Return the job it shows: the present one, or for a while the last one."""
        machine = self.machine
        if machine.job is not None:
            is_paused = machine.state is DeviceState.PAUSED
            state = "PAUSED" if is_paused else "PRINTING"
            return Shown(state, machine.job.number, machine.job.file)
        last = machine.history[-1] if machine.history else None
        if last is None or last.number <= self.jobs_before_boot:
            return None
        if machine.state is DeviceState.FAULT:
            return Shown("ERROR", last.number, last.file)
        if machine.at - last.ended_at >= ENDED_SHOWS:
            return None
        word = "FINISHED" if last.ended is Ended.COMPLETED else "STOPPED"
        return Shown(word, last.number, last.file)

    def _to_job(self, number: str, verb: str) -> int:
        job = self.machine.job
        if job is None or str(job.number) != number:
            return 404
        happen = {"PUT pause": self.pause, "PUT resume": self.resume, "DELETE": self.cancel}
        return _DONE[happen[verb]()]

    def _file(self, method: str, name: str, query: Mapping[str, str], body: bytes) -> Answer:
        stored = self.machine.stored(name)
        match method:
            case "GET" if not name:
                return 200, {"children": [_listed(each) for each in self.machine.files]}
            case "GET":
                return (200, _listed(stored)) if stored else (404, None)
            case "DELETE":
                return _DONE[self.delete(name)], None
            case "PUT":
                return self._upload(name, query, body), None
            case _:
                return self._start(name), None

    def _upload(self, name: str, query: Mapping[str, str], body: bytes) -> int:
        """Store it first, and only then ask whether it can be printed."""
        if self.machine.stored(name) is not None and query.get("Overwrite") != "?1":
            return 409
        status = _STORED[self.put(name, body)]
        if status == 201 and query.get("Print-After-Upload") == "?1":
            return 201 if self._start(name) == 204 else 409
        return status

    def _start(self, name: str) -> int:
        if self._job() is not None or self.state is DeviceState.FAULT:
            return 409
        return _DONE[self.start(name)]


def _listed(file: Stored) -> dict[str, Any]:
    return {"name": file.name, "size": file.size_b}
