"""A printer behind an OctoPrint: what its web server answers and its websocket tells.

As seen on OctoPrint 1.11.8, with its traps: events of ended prints are lost where nobody listens,
a cancelled print is counted like a failed one, one that a power cut ended is counted nowhere, a
file's counters are deleted with it, a file stays selected when its print is over, and a yes to a
pause or a resume may have done nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha1
from typing import Any

from farmctl.model.observation import DeviceState, Ended
from farmctl.sim.device import Record, Reply
from farmctl.soak.forms import form_of
from farmctl.soak.machines import Answer, Body

_EVENTS = {
    Ended.COMPLETED: ["PrintDone"],
    Ended.ABORTED: ["PrintCancelled", "PrintFailed"],
    Ended.FAILED: ["PrintFailed"],
}
_STATES = {
    DeviceState.PRINTING: "Printing",
    DeviceState.PAUSED: "Paused",
    DeviceState.FAULT: "Offline after error",
}
_GONE = "The requested URL was not found on the server."
_BUSY = "Printer is already printing, cannot select a new file"
_IN_USE = "Trying to delete a file that is currently in use"
_NO_PRINT = "Printer is neither printing nor paused, '{}' command cannot be performed"
_PROFILE = {
    "current": True,
    "extruder": {"nozzleDiameter": 0.4},
    "volume": {"width": 250.0, "depth": 210.0, "height": 210.0, "formFactor": "rectangular"},
}
_DONE: Answer = (204, None)


class OctoPrint(Body):
    """One printer behind its OctoPrint.

    Args:
        serial: The id of its OctoPrint.
        now: Tells the true time.
    """

    def __init__(self, serial: str, now: Callable[[], datetime]) -> None:
        super().__init__(serial, now)
        self._told = 0
        self._since = self.machine.at
        self._server_starts = 1

    def start(self, name: str) -> Reply:
        """Print a stored file, unless there is a print, running or paused."""
        return Reply.BUSY if self.is_busy else super().start(name)

    def restart(self, *, keeps_history: bool = True) -> None:
        """Switch it off and on: it counts its starts, or begins to count anew."""
        super().restart(keeps_history=keeps_history)
        self._server_starts += 1
        if not keeps_history:
            self._since, self._server_starts = self.machine.at, 1

    def report(self) -> str:
        """Return the events since the last ones, a line each: it does not say them again."""
        ended = [each for each in self.machine.history if each.number > self._told]
        self._told = max([self._told, *(each.number for each in ended)])
        events = [_event(word, path=each.file) for each in ended for word in _EVENTS[each.ended]]
        return "\n".join([*events, _event("PrinterStateChanged", state_string=self._word())])

    def answer(self, method: str, path: str, _query: Mapping[str, str], body: bytes) -> Answer:
        """Return what OctoPrint answers."""
        self.pass_time()
        match method, path.split("/")[1:]:
            case "GET", ["api", "settings"]:
                return 200, {"plugins": {"discovery": {"upnpUuid": self.machine.serial}}}
            case "GET", ["plugin", "achievements", ""]:
                return 200, {"stats": self._counts()}
            case "GET", ["api", "printerprofiles"]:
                return 200, {"profiles": {"_default": _PROFILE}}
            case "POST", ["api", "login"]:
                return 200, {"name": "farmctl", "session": "a session"}
            case "GET", ["api", "job"]:
                return 200, self._job()
            case "POST", ["api", "job"]:
                return self._steer(json.loads(body))
            case _, ["api", "files", "local", *name]:
                return self._file(method, "".join(name), body)
            case _:
                return _error(404, _GONE)

    def _word(self) -> str:
        return _STATES.get(self.state, "Operational")

    def _counts(self) -> dict[str, int]:
        return {
            "created": int(self._since.timestamp()),
            "server_starts": self._server_starts,
            "prints_started": self.machine.jobs - self._forgotten,
        }

    def _job(self) -> dict[str, Any]:
        selected = self._selected()
        said = {
            "job": {"file": {"name": selected, "path": selected, "origin": "local"}},
            "progress": {"completion": None, "printTime": None},
            "state": self._word(),
        }
        is_broken = self.state is DeviceState.FAULT
        return {**said, "error": self.machine.message} if is_broken else said

    def _selected(self) -> str | None:
        """Return the file that is printed, or that was the last, until it goes or it restarts."""
        machine = self.machine
        if machine.job is not None:
            return machine.job.file
        newest = machine.history[-1] if machine.history else None
        if newest is None or newest.number <= self.jobs_before_boot:
            return None
        is_there = machine.stored(newest.file) and self.state is not DeviceState.FAULT
        return newest.file if is_there else None

    def _steer(self, said: Mapping[str, str]) -> Answer:
        if self.state is DeviceState.FAULT:
            return _error(409, "Printer is not operational")
        if not self.is_busy:
            return _error(409, _NO_PRINT.format(said["command"]))
        verb = said.get("action", said["command"])
        {"pause": self.pause, "resume": self.resume, "cancel": self.cancel}[verb]()
        return _DONE  # also when nothing happened

    def _file(self, method: str, name: str, body: bytes) -> Answer:
        if not name:
            return self._upload(body) if method == "POST" else (200, self._listed())
        if self.machine.stored(name) is None:
            return _error(404, _GONE)
        match method:
            case "GET":
                return 200, self._counted(name)
            case "DELETE":
                return _DONE if self.delete(name) is Reply.OK else _error(409, _IN_USE)
            case _:
                is_free = self.state is DeviceState.READY
                return _DONE if is_free and self.start(name) is Reply.OK else _error(409, _BUSY)

    def _upload(self, body: bytes) -> Answer:
        form = form_of(body)
        name, raw = form["file"]
        if self.machine.job is not None and self.machine.job.file == name:
            return _error(409, "Trying to overwrite file that is currently being printed")
        if self.machine.stored(name) is not None:
            return _error(409, "File already exists and noOverwrite was set")
        self.put(name, raw)
        stored = {"name": name, "path": name, "origin": "local"}
        said = {"done": True, "effectivePrint": False, "effectiveSelect": False}
        return 201, {**said, "files": {"local": stored}}

    def _listed(self) -> dict[str, Any]:
        return {"files": [self._counted(each.name) for each in self.machine.files]}

    def _counted(self, name: str) -> dict[str, Any]:
        """Return a file with how often it was printed, as far as prints were seen to end."""
        raw = self.bytes[name]
        file = {"name": name, "path": name, "origin": "local", "size": len(raw)}
        file["hash"] = sha1(raw, usedforsecurity=False).hexdigest()
        ended = [each for each in self.remembered if each.file == name and _is_counted(each)]
        if not ended:
            return file
        good = sum(each.ended is Ended.COMPLETED for each in ended)
        newest = ended[-1]
        last: dict[str, Any] = {"date": newest.ended_at.timestamp(), "success": False}
        if newest.ended is Ended.COMPLETED:
            last = {**last, "success": True, "printTime": newest.print_ms / 1000}
        return {**file, "prints": {"success": good, "failure": len(ended) - good, "last": last}}


def _event(word: str, **payload: str) -> str:
    return json.dumps({"event": {"type": word, "payload": payload}})


def _error(status: int, words: str) -> Answer:
    return status, {"error": words}


def _is_counted(record: Record) -> bool:
    return record.words != "interrupted"
