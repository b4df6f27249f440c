"""A Bambu in LAN mode: what it answers on its topic and its file server, and what it reports.

From reports of its users, with its traps: the last print shows for one or two minutes after the
next was accepted, a start cancels whatever is printed, ids are cut to 31 bits, reports carry only
what has changed, a file in use is deleted like any other, and what comes late or twice is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from farmctl.model.observation import DeviceState, Ended
from farmctl.sim.device import Machine, Reply
from farmctl.sim.machine import begin
from farmctl.soak.machines import Answer, Body

HIGHEST_ID = 2**31 - 1
BUSY = 0x0500_4004
CANCELLED = 0x0300_400C
FAULT = 0x0300_8008
_IDLE = {"gcode_state": "IDLE", "gcode_file": "", "subtask_id": "0", "print_error": 0}


class Bambu(Body):
    """One Bambu.

    Args:
        serial: Its serial number, in the name of its topic.
        now: Tells the true time.
    """

    is_fenced = False

    def __init__(self, serial: str, now: Callable[[], datetime]) -> None:
        super().__init__(serial, now)
        self._tasks: dict[int, str] = {}
        self._still: tuple[datetime, dict[str, Any]] | None = None
        self._told: dict[str, Any] = {}
        self._was_busy = 0

    @property
    def shown(self) -> object:
        """Return its status: what is reported when it changes."""
        return self._status()

    def report(self) -> str:
        """Return what has changed since the last report, also when nobody heard that."""
        status = self._status()
        changed = {key: said for key, said in status.items() if self._told.get(key) != said}
        self._told = status
        return json.dumps({"print": {"command": "push_status", **changed}})

    def start(self, name: str) -> Reply:
        """Print a stored file, as somebody does at its panel: that shows at once."""
        self._still = None
        return super().start(name)

    def restart(self, *, keeps_history: bool = True) -> None:
        """Switch it off and on: it shows nothing of what it did."""
        super().restart(keeps_history=keeps_history)
        self._still = None

    def delete(self, name: str) -> Reply:
        """Delete a stored file, also the one that is printed."""
        if self.machine.stored(name) is None:
            return Reply.MISSING
        self.bytes.pop(name)
        return self.change(lambda machine, _now: (_without(machine, name), Reply.OK))

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Return the full status (`pushall`), the echo of a command, or a file server's reply."""
        self.pass_time()
        match method, path.strip("/").split("/"):
            case "GET", ["report"]:
                return 200, {"sn": self.machine.serial, **self._status()}
            case "POST", ["request"]:
                return 200, {"result": "success" if self._do(query) is Reply.OK else "fail"}
            case "GET", ["ftp"]:
                return 226, {each.name: each.size_b for each in self.machine.files}
            case "PUT", ["ftp", name]:
                return 226 if self.put(name, body) is Reply.OK else 550, None
            case "DELETE", ["ftp", name]:
                return 250 if self.delete(name) is Reply.OK else 550, None
            case _:
                return 404, None

    def _health(self) -> list[int]:
        """Return what its panel complains of."""
        is_fault = self.state is DeviceState.FAULT
        is_told_twice = self._was_busy and self._was_busy == self.machine.jobs
        return [code for code, is_so in ((FAULT, is_fault), (BUSY, is_told_twice)) if is_so]

    def _do(self, query: Mapping[str, str]) -> Reply:
        match query["command"]:
            case "project_file":
                return self._print(query["file"], query["task_id"])
            case "pause":
                return self.pause()
            case "resume":
                return self.resume()
            case _:
                return self.cancel()

    def _print(self, name: str, task: str) -> Reply:
        """Print what was sent, whatever is printed now; after a print it shows that for a while."""
        if self.state is DeviceState.FAULT:
            return Reply.NOT_READY
        if self.machine.stored(name) is None:
            return Reply.MISSING
        before, number = self._status(), self.machine.jobs + 1
        self._was_busy = number if self.is_busy else 0
        self._tasks[number] = str(min(int(task), HIGHEST_ID))
        script = self._read(name)
        self.change(lambda machine, _now: (begin(machine, name, script, machine.uptime_us), _OK))
        if before["gcode_state"] in ("FINISH", "FAILED"):
            still = timedelta(seconds=55 + number * 29 % 81)
            self._still = self.machine.at + still, before
        return _OK

    def _status(self) -> dict[str, Any]:
        """Return its status as it is shown at the machine's instant."""
        if self._still is not None and self.machine.at < self._still[0]:
            return {**self._still[1], "hms": self._health()}
        return {**self._print_status(), "hms": self._health()}

    def _print_status(self) -> dict[str, Any]:
        machine = self.machine
        if machine.job is not None:
            word = "PAUSE" if machine.state is DeviceState.PAUSED else "RUNNING"
            return self._of(word, machine.job.file, machine.job.number, 0)
        last = machine.history[-1] if machine.history else None
        if last is None or last.number <= self.jobs_before_boot:
            return _IDLE
        if last.ended is Ended.COMPLETED:
            return self._of("FINISH", last.file, last.number, 0)
        error = CANCELLED if last.ended is Ended.ABORTED else FAULT
        return self._of("FAILED", last.file, last.number, error)

    def _of(self, word: str, file: str, number: int, error: int) -> dict[str, Any]:
        return {
            "gcode_state": word,
            "gcode_file": file,
            "subtask_id": self._tasks.get(number, "0"),
            "print_error": error,
        }


_OK = Reply.OK


def _without(machine: Machine, name: str) -> Machine:
    return replace(machine, files=tuple(each for each in machine.files if each.name != name))
