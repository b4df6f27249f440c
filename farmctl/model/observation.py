"""What a driver saw when it looked at a printer: never edited, soon stale."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from farmctl.model.ids import PrinterName


class DeviceState(StrEnum):
    """What the device itself says it is doing.

    `FAULT` is a machine that answers but cannot print until a person acts (a Klipper shutdown).
    """

    READY = "ready"
    PRINTING = "printing"
    PAUSED = "paused"
    FAULT = "fault"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class Job(Struct, frozen=True):
    """What the device says it is printing, in its own words.

    Args:
        file: The file name on the device, as the device spells it.
        job_id: The device's own number of the job, where it has one.
        progress_permille: 0 to 1000.
        elapsed_s: Seconds since the job began, as the device counts them.
        left_out: The labels of our parts that it no longer makes, where the device tells.
    """

    file: str
    job_id: str | None = None
    progress_permille: int = 0
    elapsed_s: int = 0
    left_out: tuple[str, ...] = ()


class Loaded(Struct, frozen=True):
    """What is in one slot of a printer. Slot 0 is the only one of a plain printer.

    A device that knows a material without its color leaves the color empty.
    """

    material: str
    color: str
    slot: int = 0

    @property
    def name(self) -> str:
        """Return `PETG/black`, or `PETG` of an unknown color."""
        return f"{self.material}/{self.color}" if self.color else self.material

    def is_as_said(self, said: Loaded | None) -> bool:
        """Return whether what a device knows of a slot goes with what was said of it."""
        if said is None:
            return False
        return self.material == said.material and self.color in ("", said.color)


def slot_by_slot(loaded: Iterable[Loaded]) -> tuple[str, ...]:
    """Return what is in each slot from 0 to the last that holds something; `none` between them."""
    names = {each.slot: each.name for each in loaded}
    return tuple(names.get(slot, "none") for slot in range(max(names, default=-1) + 1))


class Observation(Struct, frozen=True):
    """One look at one printer.

    Args:
        printer: The printer's name in the farm.
        seen_at: When the look was answered: aware, UTC.
        state: What the device says it is doing.
        identity: The machine's serial or id; None when it could not be read.
        job: What it is printing or paused in.
        history_head: The device's id of the newest job it remembers, running or ended.
        jobs_total: How many jobs the device says it ever had, where it counts them.
        boot: A text that changes when the device's firmware or host restarts.
        firmware: Its version.
        nozzle_um: The nozzle, where the device knows it.
        space_um: Width, depth and height it can print in, where the device knows them.
        loaded: The slots, where the device knows them; None when it cannot know.
        message: What the device says to a person (an error, a pause reason).
        can_exclude: False where its firmware lacks what leaves out one part of a print.
    """

    printer: PrinterName
    seen_at: datetime
    state: DeviceState
    identity: str | None = None
    job: Job | None = None
    history_head: str | None = None
    jobs_total: int | None = None
    boot: str | None = None
    firmware: str | None = None
    nozzle_um: int | None = None
    space_um: tuple[int, int, int] | None = None
    loaded: tuple[Loaded, ...] | None = None
    message: str = ""
    can_exclude: bool = True

    @property
    def is_reachable(self) -> bool:
        """Return whether the device answered."""
        return self.state is not DeviceState.OFFLINE


class Ended(StrEnum):
    """How a device says that a job ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    ABORTED = "aborted"


class Ending(Struct, frozen=True):
    """The device's own evidence that a job of ours ended.

    Args:
        file: Our file name.
        ended: How.
        job_id: The device's id of the job.
        reason: Our canonical reason code where the device's own tells one, else None.
        evidence: The device's words (`history: klippy_shutdown`).
        print_s: Seconds it printed, as the device counts them.
        filament_um: Filament it used, in micrometres.
        started_at: When the device says the job began.
        ended_at: When the device says the job ended.
        left_out: The labels of our parts that it did not make to the end, where the device tells.
    """

    file: str
    ended: Ended
    evidence: str
    job_id: str | None = None
    reason: str | None = None
    print_s: int | None = None
    filament_um: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    left_out: tuple[str, ...] = ()
