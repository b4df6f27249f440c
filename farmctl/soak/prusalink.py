"""An MK3 behind a PrusaLink: what its web server answers.

As seen on PrusaLink 0.8.1, with its traps: a start with the upload is refused after the file was
stored, how a print ended shows for a few seconds without its number and its file, nothing starts
meanwhile, and then that print is forgotten. It tells nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from farmctl.model.observation import DeviceState, Ended
from farmctl.sim.device import Printing, Reply, Stored
from farmctl.soak.machines import Answer, Body

ENDED_SHOWS = timedelta(seconds=11)
BOOT = timedelta(seconds=8)
_ROOM_B = 1 << 30
_VERSION = {"server": "0.8.1", "text": "PrusaLink 0.8.1", "firmware": "3.14.0-8094"}
_NO_PRINTER = (503, "Printer Unavailable.")
_NOT_FOUND = (404, "File Not Found")
_IS_THERE = (409, "File Already Exists")
_NOT_NOW = (409, "Not in state to print")
_IN_USE = (409, "File is currently printed")
_OTHER_JOB = (404, "Not Current Job")
_NOT_PRINTING = (409, "Printer Is Not Printing")


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
            return _refusal(*_NO_PRINTER)
        match method, path.removeprefix("/api/").removeprefix("v1/").split("/"):
            case "GET", ["version"]:
                return 200, _VERSION
            case "GET", ["info"]:
                return 200, {"serial": self.machine.serial, "nozzle_diameter": 0.4}
            case "GET", ["status"]:
                return self._status()
            case "GET", ["job"]:
                return self._shown_job()
            case _, ["job", number, *verb]:
                return self._to_job(number, " ".join([method, *verb]))
            case _, ["files", "local", *name]:
                return self._file(method, "".join(name), query, body)
            case _:
                return _refusal(*_NOT_FOUND)

    def _status(self) -> Answer:
        storage = [{"path": "/local", "free_space": _ROOM_B}]
        status: dict[str, Any] = {"storage": storage, "printer": {"state": self._word()}}
        job = self._job()
        return 200, {**status, "job": {"id": job.number}} if job else status

    def _word(self) -> str:
        """Return the state: for a while it is how the last print ended."""
        machine = self.machine
        if machine.state is DeviceState.FAULT:
            return "ERROR"
        if machine.job is not None:
            return "PAUSED" if machine.state is DeviceState.PAUSED else "PRINTING"
        last = machine.history[-1] if machine.history else None
        if last is None or last.number <= self.jobs_before_boot:
            return "IDLE"
        if machine.at - last.ended_at >= ENDED_SHOWS:
            return "IDLE"
        return "FINISHED" if last.ended is Ended.COMPLETED else "STOPPED"

    def _job(self) -> Printing | None:
        return None if self.state is DeviceState.FAULT else self.machine.job

    def _shown_job(self) -> Answer:
        job = self._job()
        if job is None:
            return 204, None
        return 200, {"id": job.number, "state": self._word(), "file": {"name": job.file}}

    def _to_job(self, number: str, verb: str) -> Answer:
        if str(self.machine.jobs) != number:
            return _refusal(*_OTHER_JOB)
        happen = {"PUT pause": self.pause, "PUT resume": self.resume, "DELETE": self.cancel}
        is_done = self._job() is not None and happen[verb]() is Reply.OK
        return (204, None) if is_done else _refusal(*_NOT_PRINTING)

    def _file(self, method: str, name: str, query: Mapping[str, str], body: bytes) -> Answer:
        stored = self.machine.stored(name)
        match method:
            case "GET" if not name:
                return 200, {"children": [_listed(each) for each in self.machine.files]}
            case "GET":
                return (200, _listed(stored)) if stored else _refusal(*_NOT_FOUND)
            case "DELETE":
                return self._delete(name)
            case "PUT":
                return self._upload(name, query, body)
            case _:
                return self._start(name)

    def _delete(self, name: str) -> Answer:
        match self.delete(name):
            case Reply.OK:
                return 204, None
            case Reply.IN_USE:
                return _refusal(*_IN_USE)
            case _:
                return _refusal(*_NOT_FOUND)

    def _upload(self, name: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Store it first, and only then ask whether it can be printed."""
        if self.machine.stored(name) is not None and query.get("Overwrite") != "?1":
            return _refusal(*_IS_THERE)
        if self.put(name, body) is not Reply.OK:
            return _refusal(*_IN_USE)
        if query.get("Print-After-Upload") == "?1":
            status, said = self._start(name)
            return (201, None) if status == 204 else (status, said)
        return 201, None

    def _start(self, name: str) -> Answer:
        if self._word() != "IDLE":
            return _refusal(*_NOT_NOW)
        return (204, None) if self.start(name) is Reply.OK else _refusal(*_NOT_FOUND)


def _listed(file: Stored) -> dict[str, Any]:
    return {"name": file.name, "size": file.size_b}


def _refusal(status: int, title: str) -> Answer:
    return status, {"title": title}
