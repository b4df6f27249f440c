"""The `virtual` driver: a printer that exists in a file, and moves as its g-code says.

It speaks to `sim` as another driver speaks to a device: it looks before an effect, aims what the
machine cannot aim, and tells what came back. Looking and acting happen under the memory's lock, so
nothing can come in between.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

from farmctl.errors import FarmctlError
from farmctl.model.digest import digest_of
from farmctl.model.observation import DeviceState, Ending, Job, Observation
from farmctl.printers.config import ClassLimits, DriverConfig
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
from farmctl.sim.device import Build, Machine, Printing, Record, Reply, Stored, job_id
from farmctl.sim.machine import moved_us, next_change
from farmctl.sim.memory import Memory, Setting
from farmctl.sim.script import Script
from farmctl.sim.wire import Heard, Request, Silence, send, send_start
from farmctl.system.disk import Busy, Stat

_LOOK_AT_FILE_S = 0.5
_OURS = "farmctl-"

PROMISES = Promises(
    deletion_fences=True,
    evidence=Evidence.HISTORY,
    patience_s=1.0,
    verifies_upload="sha256",
    aims_cancel=True,
)

_OWN_QUEUE = Finding(
    "virtual-auto-start",
    "it has a queue of its own, and starts prints that nobody decided",
    "farmctl sim fault PRINTER as_declared",
    refuses=True,
)

_WHY: Mapping[Reply, Why] = {
    Reply.BUSY: Why.BUSY,
    Reply.IN_USE: Why.IN_USE,
    Reply.MISSING: Why.MISSING,
    Reply.NO_JOB: Why.NOT_READY,
    Reply.NOT_READY: Why.NOT_READY,
}
"""What the machine's refusals mean. It is our own machine: each certainly changed nothing."""

Act = Callable[[Machine, datetime], tuple[Machine, Heard | Rejected]]


def open_driver(config: DriverConfig) -> VirtualDriver:
    """Return the driver of one virtual printer. Raises FarmctlError without a memory folder."""
    return VirtualDriver(config, memory_of(config))


def memory_of(config: DriverConfig) -> Memory:
    """Return a virtual printer's memory: what faults are injected into."""
    if config.memory is None:
        raise FarmctlError(
            f"virtual printer {config.printer} has nowhere to keep its memory",
            "run in a farm folder, or name one with -C DIR",
        )
    limits = config.limits
    build = Build(max_nozzle_mc=limits.max_nozzle_c * 1_000, max_bed_mc=limits.max_bed_c * 1_000)
    setting = Setting(config.printer, config.speedup, build)
    return Memory(config.memory, setting, config.disk, config.clock)


class VirtualDriver:
    """One virtual printer."""

    def __init__(self, config: DriverConfig, memory: Memory) -> None:
        self._config = config
        self._memory = memory
        self._is_closed = False

    @property
    def promises(self) -> Promises:
        """Return what a virtual printer can promise."""
        return PROMISES

    async def look(self) -> Observation:
        """Return the machine as it is now."""
        machine = self._memory.look()
        seen_at = self._config.clock.now()
        if not machine.answers:
            return Observation(
                self._config.printer, seen_at, DeviceState.OFFLINE, message="no answer"
            )
        return Observation(
            printer=self._config.printer,
            seen_at=seen_at,
            state=machine.state,
            identity=machine.serial,
            job=None if machine.job is None else _job(machine, machine.job),
            history_head=machine.newest_job,
            jobs_total=machine.jobs,
            boot=str(machine.boots),
            firmware="virtual 1",
            nozzle_um=machine.nozzle_um,
            space_um=_space_um(self._config.limits),
            loaded=machine.loaded,
            message=machine.message,
        )

    async def watch(self) -> AsyncIterator[None]:
        """Yield when the machine is due to change by itself, and when somebody changed it."""
        while not self._is_closed:
            stamp = self._memory.stamp()
            due = next_change(self._memory.look())
            await self._changed(stamp, due)
            if not self._is_closed:
                yield

    async def _changed(self, stamp: Stat | None, due: datetime | None) -> None:
        """Wait until `due`, or until the memory is another than at `stamp`."""
        clock = self._config.clock
        while not self._is_closed and self._memory.stamp() == stamp:
            left_s = _LOOK_AT_FILE_S
            if due is not None:
                left_s = min(left_s, (due - clock.now()) / timedelta(seconds=1))
                if left_s <= 0:
                    return
            await clock.sleep(left_s)

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store `gcode`; `Accepted` when what was stored has the digest of what was sent."""
        sent = digest_of(gcode)
        # Read before the lock is taken: a big file takes seconds.
        await self._config.jobs.run(lambda: self._memory.script(gcode))

        def store(machine: Machine, now: datetime) -> tuple[Machine, Reply]:
            stored = Stored(file, self._memory.keep_gcode(gcode), len(gcode))
            return requests.store(machine, stored, now)

        answer = self._request("upload", store)
        return Accepted(evidence=sent) if isinstance(answer, Accepted) else answer

    async def start(self, file: str) -> Answer:
        """Print a stored file on an idle machine."""

        def start(machine: Machine, now: datetime) -> tuple[Machine, Heard | Rejected]:
            if machine.state is DeviceState.PAUSED:
                message = "the machine would throw its paused job away"
                return machine, Rejected(Why.BUSY, message, "virtual: start while paused")
            stored = machine.stored(file)
            script = self._memory.script_of(stored.digest) if stored else Script()
            return send_start(machine, file, script, now)

        return self._effect("start", start)

    async def pause(self, file: str) -> Answer:
        """Pause the print of `file`."""
        return self._aimed("pause", file, requests.pause)

    async def resume(self, file: str) -> Answer:
        """Go on with the paused print of `file`."""
        return self._aimed("resume", file, requests.resume)

    async def cancel(self, file: str) -> Answer:
        """End the print of `file`."""
        return self._aimed("cancel", file, requests.cancel)

    async def exclude(self, file: str, part: str) -> Answer:
        """Refuse: a virtual printer prints a file as it is."""
        return cannot_exclude(file, part)

    async def delete(self, file: str) -> Answer:
        """Delete a stored file that is not being printed."""

        def delete(machine: Machine, now: datetime) -> tuple[Machine, Reply]:
            machine, reply = requests.delete(machine, file, now)
            self._memory.keep_only(machine.files)
            return machine, reply

        return self._request("delete", delete)

    async def files(self) -> tuple[str, ...]:
        """Return the stored files of farms."""
        machine = self._memory.look()
        names = (each.name for each in machine.files if each.name.startswith(_OURS))
        return tuple(sorted(names)) if machine.answers else ()

    async def evidence(self, file: str) -> Ending | None:
        """Return how the newest job of `file` ended, from the machine's history."""
        machine = self._memory.look()
        if not machine.answers:
            return None
        records = reversed(machine.history)
        return next((_ending(record) for record in records if record.file == file), None)

    async def doctor(self) -> tuple[Finding, ...]:
        """Return whether it would start prints by itself: all that can be configured of it."""
        return (_OWN_QUEUE,) if self._memory.look().has_queue else ()

    async def close(self) -> None:
        """End `watch`; the machine goes on in its memory."""
        self._is_closed = True

    def _request(self, call: str, request: Request) -> Answer:
        return self._effect(call, lambda machine, now: send(machine, request, now))

    def _aimed(self, call: str, file: str, request: Request) -> Answer:
        """Do something to the print of `file` alone."""

        def aimed(machine: Machine, now: datetime) -> tuple[Machine, Heard | Rejected]:
            if machine.answers and (machine.job is None or machine.job.file != file):
                message = f"{file} is not being printed"
                return machine, Rejected(Why.NOT_OURS, message, f"virtual: {call} another job")
            return send(machine, request, now)

        return self._effect(call, aimed)

    def _effect(self, call: str, act: Act) -> Answer:
        """Act on the pinned machine alone, with nobody in between."""

        def effect(machine: Machine, now: datetime) -> tuple[Machine, Answer]:
            pinned = self._config.identity
            if machine.answers and pinned is not None and machine.serial != pinned:
                message = f"{machine.serial} answers, not {pinned}"
                return machine, Rejected(Why.NOT_SENT, message, "virtual: another machine")
            machine, heard = act(machine, now)
            return machine, heard if isinstance(heard, Rejected) else _answer(call, machine, heard)

        try:
            return self._memory.change(effect)
        except Busy as error:
            return Rejected(Why.NOT_SENT, error.message, "virtual: memory locked")


def _answer(call: str, machine: Machine, heard: Heard) -> Answer:
    row = f"virtual: {call}: {heard}"
    match heard:
        case Reply.OK:
            return Accepted(job_id=machine.newest_job if call == "start" else None, evidence=row)
        case Silence.NOT_CONNECTED:
            return Rejected(Why.NOT_SENT, heard, row)
        case Silence.NO_REPLY | Silence.NO_SENSE:
            return Unknown(heard)
        case Reply():
            return Rejected(_WHY[heard], heard, row)
        case never:
            assert_never(never)


def _space_um(limits: ClassLimits) -> tuple[int, int, int]:
    width_um, depth_um, height_um = (
        round(each * 1_000) for each in (*limits.bed_mm, limits.height_mm)
    )
    return width_um, depth_um, height_um


def _job(machine: Machine, job: Printing) -> Job:
    moving_us = job.script.moving_us or 1
    return Job(
        file=job.file,
        job_id=job_id(job.number),
        progress_permille=1_000 * moved_us(job, machine.uptime_us) // moving_us,
        elapsed_s=(machine.uptime_us - job.started_us) // 1_000_000,
    )


def _ending(record: Record) -> Ending:
    return Ending(
        file=record.file,
        ended=record.ended,
        evidence=f"history: {record.words}",
        job_id=job_id(record.number),
        reason=record.reason,
        print_s=record.print_ms // 1_000,
        filament_um=record.filament_um,
        started_at=record.started_at,
        ended_at=record.ended_at,
    )
