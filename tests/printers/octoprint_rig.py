"""The real OctoPrint with a person beside it, for the conformance suite."""

from __future__ import annotations

from collections.abc import Callable

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.octoprint import open_driver
from farmctl.sim.device import Lost
from farmctl.system.secrets import Secret
from farmctl.testing.rig import Samples
from tests.printers.proxied import Proxied
from tests.servers.octoprint import KEY, OctoPrintServer
from tests.servers.proxy import Fault, Proxy

FAULTS = {
    Lost.REQUEST: Fault.LOSE_REQUEST,
    Lost.REPLY: Fault.LOSE_REPLY,
    Lost.LATE: Fault.LATE,
    Lost.SENSE: Fault.BAD_GATEWAY,
}
LONG = b"G90\n" + b"G4 P200\n" * 580
"""Two minutes of standing still: it waits for each line, and can be ended between two."""
SHORT = b"G90\nG1 X10 F6000\n"
BROKEN = b"G90\nG4 P200\n" + b"!!DEBUG:trigger_fatal_error_marlin\n" + b"G4 P200\n" * 100


class OctoPrintRig(Proxied):
    """A printer behind an OctoPrint, reached through a proxy.

    Args:
        server: The OctoPrint.
        proxy: The wire to it.
        other: Returns another machine, started when it is first wanted.
        opener: Opens the driver under test.
    """

    patience_s = 90.0
    samples = Samples(short=SHORT, long=LONG, broken=BROKEN)

    def __init__(
        self,
        server: OctoPrintServer,
        proxy: Proxy,
        other: Callable[[], OctoPrintServer],
        opener: Callable[[DriverConfig], PrinterDriver] = open_driver,
    ) -> None:
        super().__init__(server, proxy, other)
        self._server = server
        self._open = opener

    def connect(self, identity: str | None = None) -> PrinterDriver:
        name, key = PrinterName("ender-1"), Secret(KEY)
        return self._open(DriverConfig(name, url=self._proxy.url, api_key=key, identity=identity))

    async def physical_starts(self) -> int:
        return self._server.starts()

    async def start_by_hand(self) -> None:
        self._server.upload("theirs.gcode", self.samples.long)
        self._server.print("theirs.gcode")
        self._server.wait_state("Printing")

    async def pause_by_hand(self) -> None:
        self._server.job("pause", "pause")
        self._server.wait_state("Paused")

    async def cancel_by_hand(self) -> None:
        self._server.job("cancel")
        self._server.wait_state("Operational")

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        is_steered = effect in (Effect.PAUSE, Effect.RESUME, Effect.CANCEL)
        method = "DELETE" if effect is Effect.DELETE else "POST"
        path = "/api/job" if is_steered else "/api/files/local"
        self._proxy.next_call(path, FAULTS[lost], method)

    async def restart(self) -> None:
        self._server.restart()

    async def rest(self) -> None:
        self._server.tidy()
