"""A Klipper host behind a Moonraker: what its web server answers.

The answers are those of Moonraker 0.9 as recorded for its driver, with its traps: a start while it
is paused throws the paused job away, `standby` and an empty file name after a restart, an `ok` that
did nothing, a running job at the head of the history.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from farmctl.gcode.objects import parts_named
from farmctl.model.observation import DeviceState
from farmctl.sim.device import Record, Reply, Stored, job_id
from farmctl.soak.forms import form_of
from farmctl.soak.machines import Answer, Body

_OBJECT = re.compile(rb"^EXCLUDE_OBJECT_DEFINE NAME=(\w+)", re.MULTILINE)
_OF_ENDED = {"completed": "complete", "cancelled": "cancelled", "error": "error"}
_WORDS = {
    Reply.BUSY: (400, "SD busy"),
    Reply.MISSING: (400, "Unable to open file"),
    Reply.NOT_READY: (400, "Printer is shutdown"),
}


class Klipper(Body):
    """One printer behind its Moonraker, whose id is the serial.

    Args:
        serial: The id of its Moonraker.
        now: Tells the true time.

    Attributes:
        knows_objects: Whether its printer.cfg has `[exclude_object]`; what is missing is null.
    """

    knows_objects = True

    def __init__(self, serial: str, now: Callable[[], datetime]) -> None:
        super().__init__(serial, now)
        self._asked: Mapping[tuple[str, str], Callable[[Mapping[str, str]], Answer]] = {
            ("GET", "/server/info"): self._server,
            ("GET", "/server/config"): self._config,
            ("GET", "/printer/info"): self._printer,
            ("GET", "/printer/objects/query"): self._status,
            ("GET", "/server/history/list"): self._history,
            ("GET", "/server/database/item"): self._identity,
            ("GET", "/server/files/list"): self._files,
            ("POST", "/printer/print/start"): self._start,
            ("POST", "/printer/print/pause"): self._pause,
            ("POST", "/printer/print/resume"): self._resume,
            ("POST", "/printer/print/cancel"): self._cancel,
            ("POST", "/printer/gcode/script"): self._script,
        }
        self._excluded: list[str] = []
        self._excluded_in = 0  # which job they are of

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Return what Moonraker answers."""
        self.pass_time()
        asked = self._asked.get((method, path))
        if asked is not None:
            return asked(query)
        name = path.removeprefix("/server/files/gcodes/")
        match method:
            case "HEAD":
                return (200 if self.machine.stored(name) else 404), None
            case "DELETE":
                return self._delete(name)
            case "POST" if path == "/server/files/upload":
                return self._upload(body)
        return _refusal(404, "Not Found")

    def _status(self, _query: Mapping[str, str]) -> Answer:
        machine = self.machine
        is_fault = machine.state is DeviceState.FAULT
        webhooks = {"state": "shutdown" if is_fault else "ready", "state_message": machine.message}
        status = {
            "webhooks": webhooks,
            "print_stats": self._stats(),
            "virtual_sdcard": {"progress": 0.0},
            "idle_timeout": {"state": "Printing" if machine.job else "Idle"},
            "exclude_object": self._objects(),
            "configfile": {"settings": {"extruder": {"nozzle_diameter": 0.4}}},
        }
        return 200, {"result": {"status": status}}

    def _stats(self) -> dict[str, Any]:
        machine = self.machine
        if machine.job is not None:
            state = "paused" if machine.state is DeviceState.PAUSED else "printing"
            return {"state": state, "filename": machine.job.file, "message": ""}
        newest = self.remembered[-1] if self.remembered else None
        if newest is None or newest.number <= self.jobs_before_boot:
            return {"state": "standby", "filename": "", "message": ""}
        state = _OF_ENDED.get(newest.words, "standby")
        return {"state": state, "filename": newest.file, "message": machine.message}

    def _history(self, query: Mapping[str, str]) -> Answer:
        jobs = [_past(each) for each in reversed(self.remembered)]
        job = self.machine.job
        if job is not None:
            running = {"job_id": job_id(job.number), "filename": job.file, "status": "in_progress"}
            jobs.insert(0, {**running, "start_time": job.started_at.timestamp()})
        first, count = int(query["start"]), int(query["limit"])
        return 200, {"result": {"jobs": jobs[first : first + count], "count": len(jobs)}}

    def _files(self, _query: Mapping[str, str]) -> Answer:
        return 200, {"result": [_listed(each) for each in self.machine.files]}

    def _identity(self, _query: Mapping[str, str]) -> Answer:
        return 200, {"result": {"value": self.machine.serial}}

    def _server(self, _query: Mapping[str, str]) -> Answer:
        state = "shutdown" if self.machine.state is DeviceState.FAULT else "ready"
        return 200, {"result": {"klippy_state": state, "moonraker_version": "v0.9.3"}}

    def _config(self, _query: Mapping[str, str]) -> Answer:
        return 200, {"result": {"config": {}}}

    def _printer(self, _query: Mapping[str, str]) -> Answer:
        return 200, {"result": {"app": "Klipper", "software_version": "v0.12.0"}}

    def _start(self, query: Mapping[str, str]) -> Answer:
        reply = self.start(query["filename"])
        return (200, {"result": "ok"}) if reply is Reply.OK else _refusal(*_WORDS[reply])

    def _pause(self, _query: Mapping[str, str]) -> Answer:
        self.pause()
        return 200, {"result": "ok"}  # also when nothing happened

    def _resume(self, _query: Mapping[str, str]) -> Answer:
        self.resume()
        return 200, {"result": "ok"}

    def _cancel(self, _query: Mapping[str, str]) -> Answer:
        self.cancel()
        return 200, {"result": "ok"}

    def _script(self, query: Mapping[str, str]) -> Answer:
        """Leave out an object of the newest print, by whatever name: Klipper says ok to all."""
        if self.machine.state is DeviceState.FAULT:
            return _refusal(400, "Printer is shutdown")
        name = query["script"].removeprefix("EXCLUDE_OBJECT NAME=").upper()
        self._forget_excluded()
        if name not in self._excluded:
            self._excluded.append(name)
        job = self.machine.job
        if job is not None and name in self._defined(job.file):
            self.left_out += [(job.file, part) for part in parts_named([name], job.file)]
        return 200, {"result": "ok"}

    def _objects(self) -> dict[str, Any]:
        if not self.knows_objects:
            return {"excluded_objects": None, "objects": None}
        self._forget_excluded()
        job = self.machine.job
        names = self._defined(job.file) if job else []
        return {"excluded_objects": self._excluded, "objects": [{"name": each} for each in names]}

    def _forget_excluded(self) -> None:
        """With the next print, and with a restart, nothing is excluded any more."""
        age = max(self.machine.jobs, self.jobs_before_boot + 1)
        if self._excluded_in != age:
            self._excluded, self._excluded_in = [], age

    def _defined(self, file: str) -> list[str]:
        return [each.decode() for each in _OBJECT.findall(self.bytes.get(file, b""))]

    def _delete(self, name: str) -> Answer:
        match self.delete(name):
            case Reply.OK:
                return 200, {"result": {"action": "delete_file"}}
            case Reply.IN_USE:
                return _refusal(403, "File currently in use")
            case _:
                return _refusal(400, "Invalid file path")

    def _upload(self, body: bytes) -> Answer:
        form = form_of(body)
        name, raw = form["file"]
        if hashlib.sha256(raw).hexdigest() != form["checksum"][1].decode():
            return _refusal(422, "File checksum mismatch")
        if self.put(name, raw) is Reply.IN_USE:
            return _refusal(403, "File is loaded, upload not permitted")
        item = {"path": name, "size": len(raw), "root": "gcodes"}
        return 201, {"item": item, "print_started": False, "action": "create_file"}


def _listed(file: Stored) -> dict[str, Any]:
    return {"path": file.name, "size": file.size_b}


def _past(job: Record) -> dict[str, Any]:
    return {
        "job_id": job_id(job.number),
        "filename": job.file,
        "status": job.words,
        "print_duration": job.print_ms / 1000,
        "filament_used": job.filament_um / 1000,
        "start_time": job.started_at.timestamp(),
        "end_time": job.ended_at.timestamp(),
    }


def _refusal(status: int, message: str) -> Answer:
    return status, {"error": {"code": status, "message": message}}
