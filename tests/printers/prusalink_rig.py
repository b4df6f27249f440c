"""The real PrusaLink and a simulated MK3S with a person beside them, for the conformance suite."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.prusalink import open_driver
from farmctl.sim.device import Lost
from farmctl.system.secrets import Secret
from farmctl.testing.rig import Samples
from tests.printers.klipper_rig import FAULTS
from tests.printers.proxied import Proxied
from tests.servers.proxy import Proxy
from tests.servers.prusalink import PrusaLinkStack

FILES = "/api/v1/files/local/"
METHODS = {Effect.UPLOAD: "PUT", Effect.START: "POST", Effect.DELETE: "DELETE"}

_BACK_AND_FORTH = b"G1 X200 F6000\nG1 X20 F6000\n"


class PrusaLinkRig(Proxied):
    """A Prusa MK3S, reached through a proxy.

    Args:
        stack: The printer.
        proxy: The wire to it.
        other: Returns another machine, started when it is first wanted.
    """

    patience_s = 60.0
    samples = Samples(
        short=b"G28\nM109 S100\nG90\nM83\nG1 X20 E1 F3000\nM104 S0\nG4 S15\n",
        long=b"G28\nG90\nG1 Y100 F6000\n" + _BACK_AND_FORTH * 400,
        broken=b"G28\nG90\n" + _BACK_AND_FORTH + b"M109 S400\n",
    )

    def __init__(
        self, stack: PrusaLinkStack, proxy: Proxy, other: Callable[[], PrusaLinkStack]
    ) -> None:
        super().__init__(stack, proxy, other)
        self._stack = stack

    def connect(self, identity: str | None = None) -> PrinterDriver:
        key = Secret(self._stack.key)
        config = DriverConfig(
            PrinterName("mk3-1"), url=self._proxy.url, api_key=key, identity=identity
        )
        return open_driver(config)

    async def physical_starts(self) -> int:
        return self._stack.starts()

    async def start_by_hand(self) -> None:
        self._stack.store("theirs.gcode", self.samples.long)
        self._stack.print("theirs.gcode")

    async def pause_by_hand(self) -> None:
        self._stack.panel("pause")
        self._stack.wait_state("PAUSED")

    async def cancel_by_hand(self) -> None:
        self._stack.end_job()

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        self._proxy.next_call(FILES, FAULTS[lost], METHODS[effect])

    async def restart(self) -> None:
        self._stack.switch_off_and_on()
        await asyncio.to_thread(self._stack.wait_ready)  # looks go on meanwhile

    async def rest(self) -> None:
        self._stack.leave()
