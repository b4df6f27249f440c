"""A virtual printer with a person beside it, for the conformance suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.virtual import memory_of, open_driver
from farmctl.sim.device import Lost
from farmctl.sim.faults import Fault, inject
from farmctl.sim.wire import LATE_US
from farmctl.system.clock import FixedClock
from farmctl.testing.rig import Samples

FATES = {
    Lost.REQUEST: Fault.LOST_REQUEST,
    Lost.REPLY: Fault.LOST_REPLY,
    Lost.LATE: Fault.LATE_REQUEST,
    Lost.SENSE: Fault.LOST_SENSE,
}


class VirtualRig:
    """A virtual printer in a folder, under a clock that only waiting moves."""

    patience_s = 600.0
    samples = Samples(
        short=b"M104 S60\nM109 S60\nM83\nG1 X9 E1 F600\nM104 S0\n",
        long=b"G4 S3600\n",
        broken=b"G4 S5\nG1 X1Y\nG4 S5\n",
    )

    def __init__(
        self, folder: Path, wrap: Callable[[PrinterDriver], PrinterDriver] = lambda driver: driver
    ) -> None:
        self.clock = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
        self._config = DriverConfig(PrinterName("sim-1"), memory=folder, clock=self.clock)
        self._memory = memory_of(self._config)
        self._path = folder / "sim-1.json"
        self._wrap = wrap

    def connect(self, identity: str | None = None) -> PrinterDriver:
        pinned = DriverConfig(
            self._config.printer,
            memory=self._config.memory,
            clock=self.clock,
            identity=identity,
        )
        return self._wrap(open_driver(pinned))

    async def physical_starts(self) -> int:
        return len(self._memory.physical_starts())

    async def start_by_hand(self) -> None:
        inject(self._memory, Fault.STARTED_AT_PANEL)

    async def pause_by_hand(self) -> None:
        inject(self._memory, Fault.PAUSED_AT_PANEL)

    async def cancel_by_hand(self) -> None:
        inject(self._memory, Fault.CANCELLED_AT_PANEL)

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        inject(self._memory, FATES[lost])

    async def deliver_late(self) -> None:
        self.clock.move(LATE_US / 1_000_000 + 1)

    async def restart(self) -> None:
        inject(self._memory, Fault.RESTART)

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        inject(self._memory, Fault.OFFLINE)
        yield
        inject(self._memory, Fault.ONLINE)

    @asynccontextmanager
    async def another_machine(self) -> AsyncIterator[None]:
        ours = self._path.read_bytes() if self._path.exists() else None
        inject(self._memory, Fault.SWAPPED)
        yield
        self._path.unlink() if ours is None else self._path.write_bytes(ours)

    async def rest(self) -> None:
        if self._memory.look().job is not None:
            inject(self._memory, Fault.CANCELLED_AT_PANEL)
