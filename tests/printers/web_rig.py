"""The web printer with a person beside it, for the conformance suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from farmctl.model.events.runs import Effect
from farmctl.printers.driver import PrinterDriver
from farmctl.sim import requests
from farmctl.sim.device import Lost, Machine
from farmctl.system.clock import FixedClock
from farmctl.testing.rig import Samples
from tests.printers.web_printer import Server, WebDriver

CALLS = {Effect.UPLOAD: "PUT files", Effect.DELETE: "DELETE files"}


class WebRig:
    """A web printer, and the driver class under test."""

    patience_s = 600.0
    samples = Samples(short=b"G4 S5\n", long=b"G4 S3600\n", broken=b"G4 S5\nG1 X1Y\n")

    def __init__(self, driver: type[WebDriver] = WebDriver) -> None:
        self.clock = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
        self._server = Server(Machine("web-serial-1", self.clock.now()), self.clock)
        self._driver = driver

    def connect(self, identity: str | None = None) -> PrinterDriver:
        return self._driver(self._server, identity)

    async def physical_starts(self) -> int:
        return self._server.starts

    async def start_by_hand(self) -> None:
        self._server.serve("PUT", "/files/theirs.gcode", self.samples.long)
        self._server.serve("POST", "/start", "theirs.gcode")

    async def pause_by_hand(self) -> None:
        self._server.serve("POST", "/pause", None)

    async def cancel_by_hand(self) -> None:
        self._server.serve("POST", "/cancel", None)

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        self._server.fates[CALLS.get(effect, f"POST {effect}")] = lost

    async def deliver_late(self) -> None:
        self._server.late()

    async def restart(self) -> None:
        self._server.machine = requests.restart(self._server.machine, self.clock.now())

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        self._server.is_up = False
        yield
        self._server.is_up = True

    @asynccontextmanager
    async def another_machine(self) -> AsyncIterator[None]:
        ours = self._server.machine
        self._server.machine = Machine("web-serial-2", self.clock.now())
        yield
        self._server.machine = ours

    async def rest(self) -> None:
        self._server.serve("POST", "/cancel", None)
