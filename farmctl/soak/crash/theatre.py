"""The stage of the story: one printer, and a gate between the controller and everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.model.deeds import COMMIT_PLANS
from farmctl.printers.driver import PrinterDriver
from farmctl.soak.crash.disk import GatedDisk
from farmctl.soak.crash.driver import GatedDriver
from farmctl.soak.crash.gate import Gate, Mode
from farmctl.soak.garage import Cube
from farmctl.soak.machines import Answer, Body
from farmctl.soak.remote import Clone, Remote
from farmctl.soak.setting import Setting
from farmctl.soak.stage import Stage
from farmctl.soak.wire import Carried, Fate
from farmctl.system.clock import Clock
from farmctl.system.disk import Disk
from farmctl.system.entropy import dice
from farmctl.testing.disk import SimulatedDisk

_SEGMENT_B = 16 * 1024
_ROOM_B = 7  # a full disk takes the first bytes of a line
_CUBE = Cube(print_s=120, wide_um=150_000)  # each fills a bed
_HALF = Cube(print_s=120, wide_um=90_000)  # where one part of a print can be left out
CAN_LEAVE_OUT = ("moonraker",)
"""Kinds on which both parts of the story are one print, of which the second time one fails."""


class Change(Struct, frozen=True):
    """A request that changed the machine.

    Args:
        request: Its method and path.
        effect: The effect that the driver was called for; None when it was none.
        journal_b: How many bytes the journal had.
    """

    request: str
    effect: str | None
    journal_b: int


class Theatre:
    """A stage with one printer of a kind, and what passes between.

    Args:
        kind: A name in `KINDS`.
        gate: What passes.

    Attributes:
        kind: Which.
        changes: What requests changed at the machine.
    """

    def __init__(self, kind: str, gate: Gate) -> None:
        self.changes: list[Change] = []
        self.kind = kind
        self.printer = f"{kind}-1"
        self.gate = gate
        cube = _HALF if kind in CAN_LEAVE_OUT else _CUBE
        setting = Setting(_SEGMENT_B, cube, self._clone, self._disk)
        self.stage = Stage((kind,), dice(0), self._driver, setting)
        self.stage.wires[self.printer].server = _Overheard(self)
        gate.fill_disk = self._fill_disk

    @property
    def machine(self) -> Body:
        """Return the printer as it really is."""
        return self.stage.machines[self.printer]

    def begin(self) -> None:
        """Let a controller begin."""
        self.stage.host.begin()
        self.gate.die = self.stage.host.life.die

    async def begin_anew(self) -> None:
        """Let the next controller begin, on a disk with room."""
        self.stage.host.disk.room_b = None
        await self.stage.new_life()
        self.gate.die = self.stage.host.life.die

    def lose_next_start(self) -> None:
        """Let the request of the next start get lost: the story wants it."""
        self.driver.loses_start = True

    def tear_line(self) -> None:
        """Leave half a line in the journal, as a writer who lost power."""
        disk, folder = self.stage.host.disk, self.stage.host.folder
        path = folder.segment(folder.segments()[-1])
        disk.put(path, disk.read(path) + b'{"actor":{"id":"far')

    def lose(self, fate: Fate | None) -> None:
        """Let that become of the next request with an effect; None of all that come."""
        self.stage.aimed[self.printer] = [fate] if fate else []

    def silence(self, *, is_silent: bool) -> None:
        """Let questions be answered, or not."""
        self.stage.silent = {self.printer} if is_silent else set()

    def _fill_disk(self) -> None:
        self.stage.host.disk.room_b = _ROOM_B

    def _driver(self, driver: PrinterDriver) -> PrinterDriver:
        self.driver = GatedDriver(driver, self.gate, self)
        return self.driver

    def _disk(self, disk: SimulatedDisk) -> Disk:
        return GatedDisk(disk, self.gate)

    def _clone(self, remote: Remote, clock: Clock) -> Clone:
        return _GatedClone(remote, clock, self.gate)


class NotCommitted(FarmctlError):  # noqa: N818 - reads as what it says
    """Git did not commit, or did not say so."""


class _GatedClone(Clone):
    def __init__(self, remote: Remote, clock: Clock, gate: Gate) -> None:
        super().__init__(remote, clock)
        self._gate = gate

    def commit_plans(self, files: Mapping[str, bytes]) -> str:
        mode = self._gate.arrive(COMMIT_PLANS, "")
        if mode in (Mode.TIMEOUT_BEFORE, Mode.DISK_FULL):
            raise NotCommitted(f"git: {mode}")
        commit = super().commit_plans(files)
        self._gate.leave(mode)
        if mode is Mode.TIMEOUT_AFTER:
            raise NotCommitted(f"git: {mode}")
        return commit


class _Overheard:
    """A machine that keeps a note of every request that changed it."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre

    @property
    def serial(self) -> str:
        """Return the machine's serial number."""
        return self._theatre.machine.serial

    @property
    def carried(self) -> Carried | None:
        """Return how the request comes that is answered."""
        return self._theatre.machine.carried

    @carried.setter
    def carried(self, carried: Carried | None) -> None:
        self._theatre.machine.carried = carried

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Return what the machine answers."""
        theatre = self._theatre
        theatre.machine.pass_time()
        before = _known(theatre.machine)
        answered = theatre.machine.answer(method, path, query, body)
        if _known(theatre.machine) != before:
            effect = theatre.driver.under_way
            change = Change(f"{method} {path}", effect, len(theatre.stage.journal))
            theatre.changes.append(change)
        return answered

    def report(self) -> str:
        """Return what it pushes."""
        return self._theatre.machine.report()


def _known(body: Body) -> tuple[Any, ...]:
    machine = body.machine
    return machine.files, machine.state, machine.jobs, machine.job is None, tuple(body.left_out)
