"""What a virtual printer is at one instant: its files, its job, its history, its heaters."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from farmctl.gcode.commands import Heater
from farmctl.model.digest import Digest
from farmctl.model.observation import DeviceState, Ended, Loaded
from farmctl.sim.heat import Ramp
from farmctl.sim.script import Script, Step

HISTORY_LIMIT = 200


class Build(Struct, frozen=True):
    """What the hardware can take: thousandths of a degree."""

    max_nozzle_mc: int = 300_000
    max_bed_mc: int = 120_000
    max_chamber_mc: int = 70_000

    def highest_mc(self, heater: Heater) -> int:
        """Return the highest target a heater takes."""
        match heater:
            case Heater.NOZZLE:
                return self.max_nozzle_mc
            case Heater.BED:
                return self.max_bed_mc
            case Heater.CHAMBER:
                return self.max_chamber_mc
        assert_never(heater)


class Stored(Struct, frozen=True):
    """A file on the machine: its name, the digest of its bytes, their number."""

    name: str
    digest: Digest
    size_b: int


class Printing(Struct, frozen=True):
    """The job on the machine, running or paused.

    Args:
        number: The machine's count of jobs: its id.
        file: The file's name.
        script: What the file says, read when the job began.
        started_at: Wall time.
        started_us: The machine's own clock then.
        step: The step of the script it is at.
        since_us: When that step began, later by every pause within it.
        moved_us: Time of the moves before that step.
        pushed_um: Filament of the moves before that step.
        paused_us: Since when it is paused.
    """

    number: int
    file: str
    script: Script
    started_at: datetime
    started_us: int
    since_us: int
    step: int = 0
    moved_us: int = 0
    pushed_um: int = 0
    paused_us: int | None = None

    @property
    def current(self) -> Step | None:
        """Return the step it is at; None after the last."""
        steps = self.script.steps
        return steps[self.step] if self.step < len(steps) else None


class Record(Struct, frozen=True):
    """An ended job in the machine's history.

    Args:
        number: The machine's count of jobs: its id.
        file: The file's name.
        ended: How, in farmctl's words.
        words: How, in the machine's own words (`completed`, `cancelled`, `error`, `interrupted`).
        reason: The canonical reason, where the machine knows one.
        print_ms: How long it moved.
        filament_um: Filament pushed.
        started_at: Wall time.
        ended_at: Wall time.
    """

    number: int
    file: str
    ended: Ended
    words: str
    reason: str | None
    print_ms: int
    filament_um: int
    started_at: datetime
    ended_at: datetime


class Reply(StrEnum):
    """What the machine says to a request. Anything but `OK` changed nothing."""

    OK = "ok"
    BUSY = "busy"
    IN_USE = "in use"
    MISSING = "no such file"
    NO_JOB = "nothing to do that to"
    NOT_READY = "not ready"


class Lost(StrEnum):
    """What gets lost of the next request on its way; its sender cannot tell one from another."""

    REQUEST = "request"  # it never arrives
    REPLY = "reply"  # it is done, and the answer is lost
    LATE = "late"  # it arrives after its sender gave up
    SENSE = "sense"  # it is done, and what comes back explains nothing


class LateStart(Struct, frozen=True):
    """A start that is still on its way: it arrives at `due_us` of the machine's clock."""

    file: str
    script: Script
    due_us: int


class Machine(Struct, frozen=True):
    """A printer at one instant.

    Args:
        serial: Its identity.
        at: The wall time of this instant.
        speedup: Machine seconds in a wall second.
        build: What the hardware can take.
        uptime_us: The machine's own clock, which pauses of the wall clock cannot turn back.
        boots: How often it was switched on.
        state: READY, PRINTING, PAUSED or FAULT.
        message: What its panel says.
        heaters: Where each heater is on its way.
        files: What is stored, by name.
        job: What it prints.
        history: The newest ended jobs, oldest first; at most `HISTORY_LIMIT`.
        jobs: How many jobs it ever had.
        answers: Whether it is on the network.
        loses: What becomes of the next request.
        late: A start still on its way.
        nozzle_um: The nozzle, where the machine knows it.
        loaded: What is in its slots, where the machine knows it.
        has_queue: Whether it would start prints by itself.
    """

    serial: str
    at: datetime
    speedup: int = 1
    build: Build = Build()
    uptime_us: int = 0
    boots: int = 1
    state: DeviceState = DeviceState.READY
    message: str = ""
    heaters: tuple[Ramp, ...] = tuple(Ramp(heater) for heater in Heater)
    files: tuple[Stored, ...] = ()
    job: Printing | None = None
    history: tuple[Record, ...] = ()
    jobs: int = 0
    answers: bool = True
    loses: Lost | None = None
    late: LateStart | None = None
    nozzle_um: int | None = None
    loaded: tuple[Loaded, ...] | None = None
    has_queue: bool = False

    def heater(self, heater: Heater) -> Ramp:
        """Return where a heater is on its way."""
        return next(ramp for ramp in self.heaters if ramp.heater is heater)

    def temperature_mc(self, heater: Heater) -> int:
        """Return how warm it is now."""
        return self.heater(heater).at(self.uptime_us)

    def stored(self, name: str) -> Stored | None:
        """Return a file by name."""
        return next((file for file in self.files if file.name == name), None)

    @property
    def newest_job(self) -> str | None:
        """Return the id of the newest job it remembers, running or ended."""
        return job_id(self.jobs) if self.jobs else None


def job_id(number: int) -> str:
    """Return a job's id as the machine spells it: six hex digits."""
    return f"{number:06X}"
