"""A printer behind HTTP, as small as one can be: the device, the wire, and a correct driver.

The device is a `sim` machine with the answers of a web server; the wire loses what it is told to
lose. The driver is what a first driver of a package outside farmctl could look like.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from farmctl.model.digest import digest_of
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Ending, Job, Observation
from farmctl.printers.driver import (
    Accepted,
    Answer,
    Evidence,
    Finding,
    Promises,
    Rejected,
    Unknown,
    Why,
    cannot_exclude,
)
from farmctl.sim import requests
from farmctl.sim.device import Lost, Machine, Reply, Stored, job_id
from farmctl.sim.machine import advance
from farmctl.sim.reading import read_script
from farmctl.system.clock import Clock

STATUS = {
    Reply.OK: 200,
    Reply.MISSING: 404,
    Reply.BUSY: 409,
    Reply.IN_USE: 409,
    Reply.NO_JOB: 409,
    Reply.NOT_READY: 503,
}


class NoConnectionError(Exception):
    """Nothing was sent."""


class NoReplyError(Exception):
    """Something was sent."""


@dataclass
class Server:
    """The device and the wire to it."""

    machine: Machine
    clock: Clock
    is_up: bool = True
    gcode: dict[str, bytes] = field(default_factory=dict)
    fates: dict[str, Lost] = field(default_factory=dict)
    late: Callable[[], object] = lambda: None
    starts: int = 0

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send one request; nobody tries again."""
        if not self.is_up:
            raise NoConnectionError
        fate = self.fates.pop(f"{method} {path.split('/')[1]}", None)
        if fate is Lost.LATE:
            self.late = lambda: self.serve(method, path, body)
        if fate in {Lost.LATE, Lost.REQUEST}:
            raise NoReplyError
        answer = self.serve(method, path, body)
        if fate is Lost.REPLY:
            raise NoReplyError
        return (409, {}) if fate is Lost.SENSE else answer

    def serve(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Do what was asked and return status and body."""
        self.machine = advance(self.machine, self.clock.now())
        _, noun, *rest = path.split("/")
        match method, noun:
            case "GET", "status":
                return 200, self.machine
            case "PUT", "files":
                self.gcode[rest[0]] = body
                stored = Stored(rest[0], digest_of(body), len(body))
                return self._act(lambda m, now: requests.store(m, stored, now), stored.digest)
            case "DELETE", "files":
                return self._act(lambda m, now: requests.delete(m, rest[0], now))
            case "POST", "start":
                script = read_script(self.gcode.get(body, b""))
                status, said = self._act(lambda m, now: requests.start(m, body, script, now))
                self.starts += status == 200
                return status, said
            case _:
                verbs = {
                    "pause": requests.pause,
                    "resume": requests.resume,
                    "cancel": requests.cancel,
                }
                return self._act(verbs[noun])

    def _act(self, request: Callable[..., tuple[Machine, Reply]], said: str = "") -> Any:
        self.machine, reply = request(self.machine, self.clock.now())
        return STATUS[reply], {"says": said or str(reply)}


ROWS = {
    (404, "no such file"): Why.MISSING,
    (409, "busy"): Why.BUSY,
    (409, "in use"): Why.IN_USE,
    (409, "nothing to do that to"): Why.NOT_READY,
    (503, "not ready"): Why.NOT_READY,
}
"""What this server's refusals mean: every other answer is unknown."""


class WebDriver:
    """The correct driver."""

    promises = Promises(
        deletion_fences=True,
        evidence=Evidence.HISTORY,
        patience_s=30.0,
        verifies_upload="sha256",
    )

    def __init__(self, server: Server, identity: str | None) -> None:
        self.server = server
        self.identity = identity
        self.is_closed = False

    async def look(self) -> Observation:
        name, now = PrinterName("web-1"), self.server.clock.now()
        machine = await self.status()
        if machine is None:
            return Observation(name, now, DeviceState.OFFLINE)
        job = machine.job and Job(machine.job.file, job_id(machine.job.number))
        return Observation(
            name,
            now,
            machine.state,
            machine.serial,
            job,
            history_head=machine.newest_job,
            boot=str(machine.boots),
        )

    async def watch(self) -> AsyncIterator[None]:
        while not self.is_closed:
            await self.server.clock.sleep(1.0)
            yield

    async def upload(self, file: str, gcode: bytes) -> Answer:
        answer = await self.send("PUT", f"/files/{file}", gcode)
        if isinstance(answer, Accepted) and answer.evidence != digest_of(gcode):
            return Unknown("other bytes were stored")
        return answer

    async def start(self, file: str) -> Answer:
        machine = await self.status()
        if machine is not None and machine.state is DeviceState.PAUSED:
            return Rejected(Why.BUSY, "a paused job would be lost", "looked first")
        return await self.send("POST", "/start", file)

    async def pause(self, file: str) -> Answer:
        return await self.aimed("/pause", file)

    async def resume(self, file: str) -> Answer:
        return await self.aimed("/resume", file)

    async def cancel(self, file: str) -> Answer:
        return await self.aimed("/cancel", file)

    async def exclude(self, file: str, part: str) -> Answer:
        return cannot_exclude(file, part)

    async def delete(self, file: str) -> Answer:
        return await self.send("DELETE", f"/files/{file}")

    async def files(self) -> tuple[str, ...]:
        machine = await self.status()
        stored = machine.files if machine else ()
        return tuple(sorted(each.name for each in stored if each.name.startswith("farmctl-")))

    async def evidence(self, file: str) -> Ending | None:
        for record in await self.history():
            if record.file == file:
                return Ending(file, record.ended, f"history: {record.words}")
        return None

    async def doctor(self) -> tuple[Finding, ...]:
        return ()

    async def close(self) -> None:
        self.is_closed = True

    async def status(self) -> Machine | None:
        try:
            return (await self.server.ask("GET", "/status"))[1]
        except (NoConnectionError, NoReplyError):
            return None

    async def history(self) -> list[Any]:
        machine = await self.status()
        return list(reversed(machine.history)) if machine else []

    async def aimed(self, path: str, file: str) -> Answer:
        machine = await self.status()
        if machine is not None and (machine.job is None or machine.job.file != file):
            return Rejected(Why.NOT_OURS, "another job, or none", "looked first")
        return await self.send("POST", path)

    async def is_another(self) -> bool:
        machine = await self.status()
        return machine is not None and self.identity not in {None, machine.serial}

    async def send(self, method: str, path: str, body: Any = None) -> Answer:
        """Make one call, once, and only to the pinned machine."""
        if await self.is_another():
            return Rejected(Why.NOT_SENT, "another machine answers", "looked first")
        try:
            status, said = await self.server.ask(method, path, body)
        except NoConnectionError:
            return Rejected(Why.NOT_SENT, "no connection", "refused connection")
        except NoReplyError:
            return Unknown("no reply")
        return self.meaning(status, said)

    def meaning(self, status: int, said: Any) -> Answer:
        """Return what an answer means, by the rows alone."""
        words = said.get("says", "")
        if status == 200:
            return Accepted(evidence=words)
        why = ROWS.get((status, words))
        return Rejected(why, words, f"{status} {words}") if why else Unknown(f"{status} {words}")
