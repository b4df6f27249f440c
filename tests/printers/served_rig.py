"""A simulated printer as `farmctl sim serve` serves it, with a person beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.moonraker import open_driver
from farmctl.sim.device import Lost
from farmctl.soak.serving import Served, serving
from farmctl.testing.rig import Samples
from tests.printers.klipper_rig import FAULTS, PATHS
from tests.printers.proxied import Proxied
from tests.servers.proxy import Proxy

SPEEDUP = 20


class ServedRig(Proxied):
    """A served printer, reached through a proxy.

    Args:
        ours: The printer.
        other: Another one.
        proxy: The wire to it.
        wrap: Puts something around the driver.
    """

    patience_s = 30.0
    samples = Samples(
        short=b"M83\nG1 X9 E1 F600\nG4 S5\n", long=b"G4 S36000\n", broken=b"G4 S5\nG1 X1Y\n"
    )

    def __init__(
        self,
        ours: Served,
        other: Served,
        proxy: Proxy,
        wrap: Callable[[PrinterDriver], PrinterDriver] = lambda driver: driver,
    ) -> None:
        super().__init__(ours, proxy, lambda: other)
        self._ours = ours
        self._wrap = wrap

    def connect(self, identity: str | None = None) -> PrinterDriver:
        name = PrinterName("voron-1")
        return self._wrap(open_driver(DriverConfig(name, url=self._proxy.url, identity=identity)))

    async def physical_starts(self) -> int:
        self._ours.printer.pass_time()
        return len(self._ours.printer.starts)

    async def start_by_hand(self) -> None:
        self._ours.printer.put("theirs.gcode", self.samples.long)
        self._ours.printer.start("theirs.gcode")
        self._ours.show()

    async def pause_by_hand(self) -> None:
        self._ours.printer.pause()
        self._ours.show()

    async def cancel_by_hand(self) -> None:
        self._ours.printer.cancel()
        self._ours.show()

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        self._proxy.next_call(PATHS.get(effect, f"/printer/print/{effect}"), FAULTS[lost])

    async def deliver_late(self) -> None:
        await asyncio.to_thread(self._proxy.deliver)  # the server is in this thread

    async def restart(self) -> None:
        self._ours.printer.restart()
        self._ours.show()

    async def rest(self) -> None:
        self._proxy.clear_up()
        self._ours.printer.cancel()
        self._ours.printer.wipe()
        self._ours.show()


@asynccontextmanager
async def served_rig() -> AsyncIterator[ServedRig]:
    async with serving(2, speedup=SPEEDUP) as (ours, other):
        with Proxy(ours.port) as proxy:
            yield ServedRig(ours, other, proxy)
