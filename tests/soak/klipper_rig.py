"""The simulated Klipper with a person beside it, for the conformance suite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig, Lines
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.moonraker.driver import open_driver
from farmctl.sim.device import Lost
from farmctl.soak.klipper import Klipper
from farmctl.soak.timeline import Timeline, TimelineClock
from farmctl.soak.wire import Fate, Wire
from farmctl.testing.rig import Samples

BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)
CALLS = {
    ("POST", "/server/files/upload"): Effect.UPLOAD,
    ("POST", "/printer/print/start"): Effect.START,
}
FATES = {
    Lost.REQUEST: Fate.REQUEST_LOST,
    Lost.REPLY: Fate.REPLY_LOST,
    Lost.LATE: Fate.LATE,
    Lost.SENSE: Fate.NO_SENSE,
}


class KlipperRig:
    """The real driver of Moonraker, on a line to a machine in memory."""

    patience_s = 600.0
    samples = Samples(short=b"G4 S5\n", long=b"G4 S7200\n", broken=b"G4 S5\nG1 X1Y\n")

    def __init__(self, timeline: Timeline) -> None:
        self.clock = TimelineClock(timeline, BEGAN)
        self.klipper = Klipper("klipper-1", self.clock.now)
        self.wire = Wire(self.klipper, self.clock, self._fate, lambda: 3600.0)
        self._fates: dict[Effect, Fate] = {}

    def _fate(self, method: str, path: str) -> Fate | None:
        effect = CALLS.get((method, path))
        return self._fates.pop(effect, None) if effect else None

    def connect(self, identity: str | None = None) -> PrinterDriver:
        return open_driver(
            DriverConfig(
                PrinterName("voron-1"),
                url="http://voron-1",
                identity=identity,
                clock=self.clock,
                lines=Lines(self.wire, self.wire.listen),
            )
        )

    async def physical_starts(self) -> int:
        self.klipper.pass_time()
        return len(self.klipper.starts)

    async def start_by_hand(self) -> None:
        self.klipper.put("theirs.gcode", self.samples.long)
        self.klipper.start("theirs.gcode")
        self.wire.tell()

    async def pause_by_hand(self) -> None:
        self.klipper.pause()
        self.wire.tell()

    async def cancel_by_hand(self) -> None:
        self.klipper.cancel()
        self.wire.tell()

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        self._fates[effect] = FATES[lost]

    async def deliver_late(self) -> None:
        self.wire.arrive()

    async def restart(self) -> None:
        self.klipper.restart()
        self.wire.hang_up()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        self.wire.is_up = False
        self.wire.hang_up()
        yield
        self.wire.is_up = True

    @asynccontextmanager
    async def another_machine(self) -> AsyncIterator[None]:
        self.wire.server = Klipper("klipper-2", self.clock.now)
        yield
        self.wire.server = self.klipper

    async def rest(self) -> None:
        self.klipper.cancel()
        await asyncio.sleep(0)
