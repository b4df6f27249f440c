"""A simulated machine of any kind with a person beside it, for the conformance suite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState
from farmctl.printers.config import DriverConfig, DriverFactory
from farmctl.printers.driver import PrinterDriver
from farmctl.sim.device import Lost
from farmctl.soak.kinds import KINDS
from farmctl.soak.lines import lines_over
from farmctl.soak.machines import Body
from farmctl.soak.timeline import Timeline, TimelineClock
from farmctl.soak.wire import Fate, Wire
from farmctl.testing.rig import Samples

BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)
FATES = {
    Lost.REQUEST: Fate.REQUEST_LOST,
    Lost.REPLY: Fate.REPLY_LOST,
    Lost.LATE: Fate.LATE,
    Lost.SENSE: Fate.NO_SENSE,
}
UPLOADS = ("/server/files/upload", "/api/v1/files/", "/api/files/local", "/ftp/")
STARTS = ("/printer/print/start", "/api/v1/files/", "/api/files/", "/request")


def effect_of(method: str, path: str) -> Effect | None:
    """Return what a request of any kind does, as far as it can be lost here."""
    if method == "PUT" or path in UPLOADS:
        return Effect.UPLOAD if path.startswith(UPLOADS) else None
    return Effect.START if method == "POST" and path.startswith(STARTS) else None


class MachineRig:
    """The driver of a kind, or another one, on a line to a machine in memory."""

    patience_s = 600.0
    samples = Samples(short=b"G4 S5\n", long=b"G4 S7200\n", broken=b"G4 S5\nM104 S999\nG4 S5\n")

    def __init__(self, timeline: Timeline, kind: str, opener: DriverFactory | None = None) -> None:
        self.clock = TimelineClock(timeline, BEGAN)
        self.kind = KINDS[kind]
        self._open = opener or self.kind.open_driver
        self.body = self.kind.build(f"{kind}-1", self.clock.now)
        self.wire = Wire(self.body, self.clock, self._fate, lambda: 3600.0)
        self._fates: dict[Effect, Fate] = {}

    def _fate(self, method: str, path: str) -> Fate | None:
        effect = effect_of(method, path)
        return self._fates.pop(effect, None) if effect else None

    def connect(self, identity: str | None = None) -> PrinterDriver:
        return self._open(
            DriverConfig(
                PrinterName("the-printer"),
                url="http://the-printer",
                identity=identity,
                clock=self.clock,
                lines=lines_over(self.wire),
            )
        )

    async def physical_starts(self) -> int:
        self.body.pass_time()
        return len(self.body.starts)

    async def start_by_hand(self) -> None:
        self.body.put("theirs.gcode", self.samples.long)
        self.body.start("theirs.gcode")
        self.wire.tell()

    async def pause_by_hand(self) -> None:
        self.body.pause()
        self.wire.tell()

    async def cancel_by_hand(self) -> None:
        self.body.cancel()
        self.wire.tell()

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        self._fates[effect] = FATES[lost]

    async def deliver_late(self) -> None:
        self.wire.arrive()

    async def restart(self) -> None:
        self.body.restart()
        self.wire.hang_up()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        self.wire.is_up = False
        self.wire.hang_up()
        yield
        self.wire.is_up = True

    @asynccontextmanager
    async def another_machine(self) -> AsyncIterator[None]:
        self._turn_to(self.kind.build("another", self.clock.now))
        yield
        self._turn_to(self.body)

    def _turn_to(self, machine: Body) -> None:
        self.wire.server = machine
        self.wire.hang_up()

    async def rest(self) -> None:
        self.wire.arrive()
        self.body.cancel()
        if self.body.state is DeviceState.FAULT:
            await self.restart()
        await asyncio.sleep(300.0)
