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

from msgspec import Struct
from msgspec.structs import replace

from farmctl.model.digest import digest_of
from farmctl.model.observation import DeviceState, Ended
from farmctl.printers.bambu.commands import HIGHEST_ID
from farmctl.printers.bambu.package import file_of, md5_of, unpacked
from farmctl.printers.bambu.status import CANCELLED
from farmctl.sim.device import Machine, Reply
from farmctl.sim.machine import begin
from farmctl.soak.machines import Answer, Body

FAULT = 0x0300_8008
HEATER = {"attr": 0x0300_0800, "code": 0x0001_0001}
BUSY = {"attr": 0x0500_0400, "code": 0x0003_4004}
TOLD_TWICE = "HMS 0500-0400-0003-4004"
"""What a look says of a machine that was told to print while it printed."""

_PLAIN = {"subtask_id": "0", "task_id": "0", "subtask_name": "", "print_error": 0}
_IDLE = {"gcode_state": "IDLE", "gcode_file": "", **_PLAIN}
_OK = Reply.OK


class Wrapped(Struct, frozen=True):
    """What an envelope on the card adds to its g-code.

    Args:
        extra_b: Bytes.
        md5: Of the whole envelope.
        digest: Of the g-code that was in it.
    """

    extra_b: int
    md5: str
    digest: str


class Bambu(Body):
    """One Bambu.

    Args:
        serial: Its serial number, in the name of its topic.
        now: Tells the true time.
    """

    is_fenced = False

    def __init__(self, serial: str, now: Callable[[], datetime]) -> None:
        super().__init__(serial, now)
        self._wrapped: dict[str, Wrapped] = {}
        self._tasks: dict[int, tuple[str, str]] = {}
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
        return json.dumps({"print": {"command": "push_status", "msg": 1, **changed}})

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
        return self.change(lambda machine, _now: (_without(machine, name), _OK))

    def store(self, name: str, raw: bytes) -> Reply:
        """Take a file over the network: of an envelope, the g-code in it."""
        gcode = unpacked(raw)
        if gcode is None:
            return self.put(name, raw)
        reply = self.put(file_of(name), gcode)
        if reply is _OK:
            wrapped = Wrapped(len(raw) - len(gcode), md5_of(raw), digest_of(gcode))
            self._wrapped[file_of(name)] = wrapped
        return reply

    def hear(self, text: bytes | str) -> list[str]:
        """Take a request and return what is reported of it."""
        self.pass_time()
        message: dict[str, dict[str, Any]] = json.loads(text)
        replies = (self._reply(section, asked) for section, asked in message.items())
        return [json.dumps(reply) for reply in replies if reply is not None]

    def _reply(self, section: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        match section, asked.get("command"):
            case "pushing", "pushall":
                status = {"command": "push_status", "msg": 0, **_MACHINE, **self._status()}
                return {"print": status}
            case "info", "get_version":
                module = {"name": "ota", "sw_ver": "01.08.02.00", "sn": self.machine.serial}
                return {"info": {**asked, "module": [module]}}
            case "print", str():
                reply = self._do(asked)
                result = "success" if reply is _OK else "fail"
                return {"print": {**asked, "result": result, "reason": str(reply)}}
            case _:
                return None

    def answer(self, method: str, path: str, _query: Mapping[str, str], body: bytes) -> Answer:
        """Return the reports that a request brings, or a file server's reply."""
        self.pass_time()
        match method, path.strip("/").split("/"):
            case _, ["request"]:
                return 200, self.hear(body)
            case "GET", ["ftp"]:
                return 226, {
                    self._called(each.name): self._size_b(each.name, each.size_b)
                    for each in self.machine.files
                }
            case "PUT", ["ftp", name]:
                return (226, "Transfer complete.") if self.store(name, body) is _OK else (550, "")
            case "DELETE", ["ftp", name]:
                if self.delete(file_of(name)) is _OK:
                    return 250, "Delete operation successful."
                return 550, "Delete operation failed."
            case _:
                return 404, None

    def _called(self, name: str) -> str:
        return f"{name}.3mf" if name in self._wrapped else name

    def _size_b(self, name: str, gcode_b: int) -> int:
        return gcode_b + (self._wrapped[name].extra_b if name in self._wrapped else 0)

    def _health(self) -> list[dict[str, int]]:
        """Return what its panel complains of."""
        is_fault = self.state is DeviceState.FAULT
        is_told_twice = self._was_busy and self._was_busy == self.machine.jobs
        return [each for each, is_so in ((HEATER, is_fault), (BUSY, is_told_twice)) if is_so]

    def _do(self, asked: Mapping[str, Any]) -> Reply:
        match asked["command"]:
            case "project_file":
                return self._print(asked)
            case "pause":
                return self.pause()
            case "resume":
                return self.resume()
            case "stop":
                return self.cancel()
            case "print_speed":
                return _OK
            case _:
                return Reply.MISSING

    def _print(self, asked: Mapping[str, Any]) -> Reply:
        """Print what was sent, whatever is printed now; after a print it shows that for a while."""
        name = file_of(str(asked["url"]))
        if self.state is DeviceState.FAULT:
            return Reply.NOT_READY
        if self.machine.stored(name) is None or not self._is_whole(name, asked):
            return Reply.MISSING
        before, number = self._status(), self.machine.jobs + 1
        self._was_busy = number if self.is_busy else 0
        task = str(min(int(asked.get("task_id") or 0), HIGHEST_ID))
        self._tasks[number] = task, str(asked.get("subtask_name", ""))
        script = self._read(name)
        self.change(lambda machine, _now: (begin(machine, name, script, machine.uptime_us), _OK))
        if before["gcode_state"] in ("FINISH", "FAILED"):
            still = timedelta(seconds=55 + number * 29 % 81)
            self._still = self.machine.at + still, before
        return _OK

    def _is_whole(self, name: str, asked: Mapping[str, Any]) -> bool:
        """Return whether the stored file is the one whose md5 it was told, if it was told one."""
        wrapped = self._wrapped.get(name)
        if wrapped is None or not asked.get("md5"):
            return True
        return wrapped.md5 == asked["md5"] and wrapped.digest == digest_of(self.bytes[name])

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
        task, name = self._tasks.get(number, ("0", ""))
        return {
            "gcode_state": word,
            "gcode_file": self._called(file),
            "subtask_id": task,
            "task_id": task,
            "subtask_name": name,
            "print_error": error,
        }


_MACHINE = {"nozzle_diameter": "0.4", "sdcard": True, "mc_percent": 0}


def _without(machine: Machine, name: str) -> Machine:
    return replace(machine, files=tuple(each for each in machine.files if each.name != name))
