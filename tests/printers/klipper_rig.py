"""The real Moonraker and Klipper with a person beside them, for the conformance suite."""

from __future__ import annotations

from collections.abc import Callable

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.moonraker import open_driver
from farmctl.sim.device import Lost
from farmctl.testing.rig import Samples
from tests.printers.proxied import Proxied
from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Fault, Proxy

FAULTS = {
    Lost.REQUEST: Fault.LOSE_REQUEST,
    Lost.REPLY: Fault.LOSE_REPLY,
    Lost.LATE: Fault.LATE,
    Lost.SENSE: Fault.BAD_GATEWAY,
}
PATHS = {Effect.UPLOAD: "/server/files/upload", Effect.DELETE: "/server/files/gcodes/"}

_BACK_AND_FORTH = b"G1 X200 F6000\nG1 X20 F6000\n"


class KlipperRig(Proxied):
    """A Klipper printer, reached through a proxy.

    Args:
        stack: The printer.
        proxy: The wire to it.
        other: Returns another machine, started when it is first wanted.
    """

    patience_s = 60.0
    samples = Samples(
        short=b"G28\nM109 S175\nG90\nM83\nG1 X20 E1 F3000\nM104 S0\n",
        long=b"G28\nG90\nG1 Y100 F6000\n" + _BACK_AND_FORTH * 400,
        broken=b"G28\nG90\n" + _BACK_AND_FORTH + b"G1 X999 F6000\n",
    )

    def __init__(
        self, stack: KlipperStack, proxy: Proxy, other: Callable[[], KlipperStack]
    ) -> None:
        super().__init__(stack, proxy, other)
        self._stack = stack

    def connect(self, identity: str | None = None) -> PrinterDriver:
        name = PrinterName("voron-1")
        return open_driver(DriverConfig(name, url=self._proxy.url, identity=identity))

    async def physical_starts(self) -> int:
        return self._stack.starts()

    async def start_by_hand(self) -> None:
        (self._stack.gcodes / "theirs.gcode").write_bytes(self.samples.long)
        self._stack.post("/printer/print/start", filename="theirs.gcode")
        self._stack.wait_print("printing")
        self._stack.wait_history("theirs.gcode", "in_progress")

    async def pause_by_hand(self) -> None:
        self._stack.post("/printer/print/pause")
        self._stack.wait_print("paused")

    async def cancel_by_hand(self) -> None:
        self._stack.post("/printer/print/cancel")
        self._stack.wait_print("cancelled")

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        self._proxy.next_call(PATHS.get(effect, f"/printer/print/{effect}"), FAULTS[lost])

    async def restart(self) -> None:
        self._stack.recover()

    async def rest(self) -> None:
        self._stack.tidy()
