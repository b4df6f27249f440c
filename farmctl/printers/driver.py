"""The one Protocol that every kind of printer satisfies.

A driver looks and acts; it never decides, never retries, never guesses. Every call that has an
effect gives one of three answers:

- `Accepted`: the device said yes.
- `Rejected`: the device certainly did nothing. Only an explicit row of the driver's answer table
  may say so, and each row names a recorded exchange with the real server.
- `Unknown`: everything else: a timeout, a reset, an answer that no row explains. It may have
  happened, and may still happen.

A driver raises nothing for what a device or a network does; `look` of an unreachable device is an
`Observation` with state `OFFLINE`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from farmctl.model.observation import Ending, Observation


class Why(StrEnum):
    """Why a device certainly did nothing."""

    NOT_SENT = "not_sent"  # a refused connection, or the driver would not send it
    BUSY = "busy"
    IN_USE = "in_use"  # a delete of the file that is being printed
    MISSING = "missing"  # there is no such file
    NOT_READY = "not_ready"
    BAD_UPLOAD = "bad_upload"  # the bytes that arrived are not those that were sent
    NOT_OURS = "not_ours"  # another job is on the machine than the one named
    FORBIDDEN = "forbidden"
    CANNOT = "cannot"  # this kind of printer, or this machine's firmware, has no such thing


class Accepted(Struct, frozen=True):
    """The device said yes.

    Args:
        job_id: The device's id of the job, where the answer carries one.
        evidence: The row of the answer table, or what was verified (`sha256`, `size`).
    """

    job_id: str | None = None
    evidence: str = ""


class Rejected(Struct, frozen=True):
    """The device certainly did nothing.

    Args:
        why: The canonical cause.
        message: The device's own words.
        row: The row of the driver's answer table that says so.
    """

    why: Why
    message: str
    row: str


class Unknown(Struct, frozen=True):
    """It may have happened, and may still happen.

    Args:
        message: What is known (`no reply in 30 s`).
    """

    message: str


Answer = Accepted | Rejected | Unknown


class Evidence(StrEnum):
    """Where a driver finds the end of a job."""

    HISTORY = "history"  # a list of ended jobs that survives restarts
    COUNTERS = "counters"  # per file counts of ended prints
    JOB_ID = "job_id"  # the device names its present or last job by id


class Promises(Struct, frozen=True):
    """What a kind of printer can promise.

    Args:
        deletion_fences: A deleted file can never start later, and deleting the file that is being
            printed is refused.
        evidence: Where the end of a job is found.
        patience_s: How long an unanswered start may take to show on the device.
        verifies_upload: `sha256`, `size` or `none`: what the device tells of a stored file.
        aims_cancel: A cancel names the job it ends; without it the window is stated.
        survives_restart: Evidence is kept when the device restarts.
        excludes: One part of a running print can be left out, by its label in the g-code.
    """

    deletion_fences: bool
    evidence: Evidence
    patience_s: float
    verifies_upload: str
    aims_cancel: bool = False
    survives_restart: bool = True
    excludes: bool = False


def cannot_exclude(file: str, part: str) -> Rejected:
    """Return what a driver answers to `exclude` that does not promise it."""
    message = f"this kind of printer cannot leave {part} out of {file}"
    return Rejected(Why.CANNOT, message, "farmctl")


class Finding(Struct, frozen=True):
    """Something `doctor` or `printer add` has to say about a device.

    Args:
        code: Stable, e.g. `moonraker-auto-start`.
        message: What it is and what can happen.
        mend: What to change on the device.
        refuses: Whether nothing may be dispatched to the device until it is mended.
    """

    code: str
    message: str
    mend: str
    refuses: bool = False


class Machine(Struct, frozen=True):
    """What a probe found: what a printer class can be made of.

    Args:
        driver: The driver's name.
        identity: Serial or machine id.
        server: Name and version of the server program (`Moonraker 0.11.0`).
        firmware: Name and version of the firmware.
        bed_mm: Width and depth.
        height_mm: The printable height.
        nozzle_mm: The nozzle's diameter.
        max_nozzle_c: The highest nozzle temperature the firmware takes.
        max_bed_c: The same of the bed.
        limits: Motion limits as the firmware names them, in mm/s and mm/s².
        certificate: What pins its TLS certificate, where it has one of its own.
    """

    driver: str
    identity: str
    server: str
    firmware: str
    bed_mm: tuple[float, float] | None = None
    height_mm: float | None = None
    nozzle_mm: float | None = None
    max_nozzle_c: int | None = None
    max_bed_c: int | None = None
    limits: tuple[tuple[str, float], ...] = ()
    certificate: str | None = None


class PrinterDriver(Protocol):
    """One printer, looked at and acted on. One effect at a time; `look` may run beside it."""

    @property
    def promises(self) -> Promises:
        """Return what this kind can promise."""
        ...

    async def look(self) -> Observation:
        """Ask the device now. Never a cached answer; `OFFLINE` when it does not answer."""
        ...

    def watch(self) -> AsyncIterator[None]:
        """Yield whenever something changed that is worth a look; ends when closed.

        A yield is a reason to look, never a fact: decisions are taken from `look` alone.
        """
        ...

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store `gcode` under a name that never existed. `Accepted` only when verified."""
        ...

    async def start(self, file: str) -> Answer:
        """Print a stored file. Sent once, and only to an idle machine: never while paused."""
        ...

    async def pause(self, file: str) -> Answer:
        """Pause the print of `file`; `Rejected(NOT_OURS)` when another job is on the machine."""
        ...

    async def resume(self, file: str) -> Answer:
        """Go on with the paused print of `file`."""
        ...

    async def cancel(self, file: str) -> Answer:
        """End the print of `file`, aimed as well as the device allows."""
        ...

    async def exclude(self, file: str, part: str) -> Answer:
        """Make `part`, a label of the plate, no further; the others of the print of `file` go on.

        `Rejected(MISSING)` when the device knows no such part, `NOT_OURS` when another job is on
        the machine, `cannot_exclude` where `promises.excludes` is false.
        """
        ...

    async def delete(self, file: str) -> Answer:
        """Delete a stored file; `Rejected(IN_USE)` when it is being printed, `MISSING` if gone."""
        ...

    async def files(self) -> tuple[str, ...]:
        """Return the stored files named `farmctl-…`; empty when unreachable."""
        ...

    async def evidence(self, file: str) -> Ending | None:
        """Return how the job of `file` ended, by the device's own record; None without one."""
        ...

    async def doctor(self) -> tuple[Finding, ...]:
        """Return what is wrong with the device's configuration."""
        ...

    async def close(self) -> None:
        """Let go of connections; the printer goes on with what it does."""
        ...
