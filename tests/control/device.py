"""A printer as it really is: what is on its bed, what was started, and calls that come late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Ended, Ending, Job, Observation
from farmctl.printers.driver import (
    Accepted,
    Answer,
    Evidence,
    Finding,
    Promises,
    Rejected,
    Unknown,
    Why,
)
from farmctl.system.clock import FixedClock


class Wire(StrEnum):
    """What happens to the next call."""

    FINE = "fine"
    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    LATE = "late"  # no reply, and the request arrives after a while


@dataclass
class Device:
    """The truth about one printer. `collisions` is what must never happen."""

    files: set[str] = field(default_factory=set)
    job: str | None = None
    job_id: str | None = None
    paused: bool = False
    on_bed: bool = False
    history: list[tuple[str, str, Ended]] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    collisions: list[str] = field(default_factory=list)
    late: list[tuple[str, str, str]] = field(default_factory=list)
    left_out: dict[str, set[str]] = field(default_factory=dict)
    jobs: int = 0
    boots: int = 1
    reachable: bool = True
    identity: str = "machine-1"
    tells_history: bool = True
    tells_total: bool = True

    def begin(self, file: str) -> None:
        if self.on_bed:
            self.collisions.append(file)
        self.jobs += 1
        self.job, self.job_id, self.paused, self.on_bed = file, f"j{self.jobs}", False, True
        self.starts.append(file)

    def finish(self, ended: Ended) -> None:
        assert self.job is not None
        assert self.job_id is not None
        self.history.append((self.job_id, self.job, ended))
        self.job = self.job_id = None
        self.paused = False

    def power_cycle(self, *, keeps_history: bool) -> None:
        self.boots += 1
        if self.job is not None and keeps_history:
            self.finish(Ended.FAILED)
        self.job = self.job_id = None
        self.paused = False

    def do(self, call: str, file: str, part: str = "") -> Answer:
        """Do what a call says, now, and answer."""
        if call == "exclude":
            return self._exclude(file, part)
        return {
            "upload": self._upload,
            "start": self._start,
            "delete": self._delete,
            "cancel": self._cancel,
            "pause": self._pause,
            "resume": self._resume,
        }[call](file)

    def _upload(self, file: str) -> Answer:
        self.files.add(file)
        return Accepted(evidence="sha256")

    def _start(self, file: str) -> Answer:
        if self.job is not None and not self.paused:
            return Rejected(Why.BUSY, "busy", "start-busy")
        if file not in self.files:
            return Rejected(Why.MISSING, "no file", "start-missing")
        if self.job is not None:
            self.finish(Ended.ABORTED)  # a paused job is discarded, as Klipper does
        self.begin(file)
        return Accepted(self.job_id)

    def _delete(self, file: str) -> Answer:
        if self.job == file:
            return Rejected(Why.IN_USE, "in use", "delete-in-use")
        if file not in self.files:
            return Rejected(Why.MISSING, "no file", "delete-missing")
        self.files.discard(file)
        return Accepted()

    def _cancel(self, file: str) -> Answer:
        if self.job != file:
            return Rejected(Why.NOT_OURS, "another job", "cancel-other")
        self.finish(Ended.ABORTED)
        return Accepted()

    def _pause(self, file: str) -> Answer:
        if self.job != file:
            return Rejected(Why.NOT_OURS, "another job", "pause-other")
        self.paused = True
        return Accepted()

    def _exclude(self, file: str, part: str) -> Answer:
        if self.job != file:
            return Rejected(Why.NOT_OURS, "another job", "exclude-other")
        self.left_out.setdefault(file, set()).add(part)
        return Accepted()

    def _resume(self, file: str) -> Answer:
        if self.job != file or not self.paused:
            return Rejected(Why.NOT_READY, "not paused", "resume-not-paused")
        self.paused = False
        return Accepted()


class DeviceDriver:
    """The Protocol over a `Device`, with a wire that loses and delays.

    With `next_look_is_slow`, what the device was before the next effect is delivered after it;
    `meanwhile` is what happens at the machine in between.
    """

    promises = Promises(
        deletion_fences=True,
        evidence=Evidence.HISTORY,
        patience_s=60,
        verifies_upload="sha256",
        survives_restart=False,
        excludes=True,
    )

    def __init__(self, name: PrinterName, device: Device, clock: FixedClock) -> None:
        self._name = name
        self.device = device
        self._clock = clock
        self.wire = Wire.FINE
        self.next_look_is_slow = False
        self.meanwhile: Callable[[], None] = lambda: None
        self._on_its_way: Observation | None = None

    @property
    def look_is_slow(self) -> bool:
        """Whether a look that comes may be older than what has happened since."""
        return self.next_look_is_slow or self._on_its_way is not None

    async def look(self) -> Observation:
        """What is seen, or what was seen before the last effect and comes only now."""
        late, self._on_its_way = self._on_its_way, None
        return late or self.seen()

    def seen(self) -> Observation:
        device, now = self.device, self._clock.now()
        if not device.reachable:
            return Observation(self._name, now, DeviceState.OFFLINE)
        state = DeviceState.READY
        if device.job is not None:
            state = DeviceState.PAUSED if device.paused else DeviceState.PRINTING
        head = device.job_id or (device.history[-1][0] if device.history else None)
        head = head if device.tells_history else None
        return Observation(
            printer=self._name,
            seen_at=now,
            state=state,
            identity=device.identity,
            job=self._job(),
            history_head=head,
            jobs_total=len(device.history) if device.tells_total else None,
            boot=str(device.boots),
            firmware="f1",
        )

    def _job(self) -> Job | None:
        device = self.device
        if device.job is None:
            return None
        left_out = tuple(sorted(device.left_out.get(device.job, ())))
        return Job(device.job, device.job_id, left_out=left_out)

    async def _call(self, call: str, file: str, part: str = "") -> Answer:
        if not self.next_look_is_slow:
            return self._sent(call, file, part)
        self.next_look_is_slow = False
        self._on_its_way = self.seen()
        try:
            return self._sent(call, file, part)
        finally:
            self.meanwhile()

    def _sent(self, call: str, file: str, part: str) -> Answer:
        wire, self.wire = self.wire, Wire.FINE
        if not self.device.reachable:
            return Rejected(Why.NOT_SENT, "no connection", "refused")
        match wire:
            case Wire.FINE:
                return self.device.do(call, file, part)
            case Wire.REQUEST_LOST:
                return Unknown("no reply")
            case Wire.REPLY_LOST:
                self.device.do(call, file, part)
                return Unknown("no reply")
            case Wire.LATE:
                self.device.late.append((call, file, part))
                return Unknown("no reply")

    async def upload(self, file: str, gcode: bytes) -> Answer:
        return await self._call("upload", file)

    async def start(self, file: str) -> Answer:
        return await self._call("start", file)

    async def pause(self, file: str) -> Answer:
        return await self._call("pause", file)

    async def resume(self, file: str) -> Answer:
        return await self._call("resume", file)

    async def cancel(self, file: str) -> Answer:
        return await self._call("cancel", file)

    async def exclude(self, file: str, part: str) -> Answer:
        return await self._call("exclude", file, part)

    async def delete(self, file: str) -> Answer:
        return await self._call("delete", file)

    async def files(self) -> tuple[str, ...]:
        return tuple(sorted(self.device.files)) if self.device.reachable else ()

    async def evidence(self, file: str) -> Ending | None:
        for job_id, name, ended in reversed(self.device.history):
            if name == file:
                left_out = tuple(sorted(self.device.left_out.get(file, ())))
                return Ending(file, ended, f"history: {ended}", job_id, left_out=left_out)
        return None

    async def watch(self) -> AsyncIterator[None]:
        return
        yield

    async def doctor(self) -> tuple[Finding, ...]:
        return ()

    async def close(self) -> None:
        return


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
