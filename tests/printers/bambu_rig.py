"""A Bambu of real servers with a person beside it, for the conformance suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.printers.bambu import open_driver
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.sim.device import Lost
from farmctl.soak.machines import Body
from farmctl.system.clock import SystemClock
from farmctl.system.jobs import ThreadJobs
from farmctl.system.secrets import Secret
from farmctl.testing.rig import Samples
from tests.servers.bambu import CODE, BambuStack
from tests.servers.wire_tap import WireTap

# 220, then USER, PASS, PBSZ, PROT, TYPE, PASV, STOR: the ninth reply says that all was stored.
_STORED = 9


class BambuRig:
    """A Bambu, reached through a proxy for each of its ports.

    Args:
        stack: The machine.
        taps: The wires to its broker and to its file server.
        maker: The certificate of who signs its own.
        other: Returns another machine, started when it is first wanted.
    """

    patience_s = 60.0
    samples = Samples(short=b"G4 S5\n", long=b"G4 S72000\n", broken=b"G4 S5\nM104 S999\nG4 S5\n")

    def __init__(
        self,
        stack: BambuStack,
        taps: tuple[WireTap, WireTap],
        maker: str,
        other: Callable[[], BambuStack],
    ) -> None:
        self.clock = SystemClock()
        self._stack = stack
        self._mqtt, self._ftps = taps
        self._maker = maker
        self._other = other
        self._jobs = ThreadJobs(4)

    def connect(self, identity: str | None = None) -> PrinterDriver:
        return open_driver(
            DriverConfig(
                PrinterName("bambu-1"),
                url=f"bambu://127.0.0.1:{self._mqtt.port},{self._ftps.port}",
                api_key=Secret(CODE),
                identity=identity,
                certificate=self._maker,
                jobs=self._jobs,
            )
        )

    async def physical_starts(self) -> int:
        return self._stack.starts()

    async def start_by_hand(self) -> None:
        self._stack.start_by_hand(self.samples.long)

    async def pause_by_hand(self) -> None:
        self._stack.by_hand(Body.pause)

    async def cancel_by_hand(self) -> None:
        self._stack.by_hand(Body.cancel)

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        if effect is Effect.UPLOAD:
            self._ftps.cut_at_reply(_STORED)
        else:
            self._stack.lost.append(lost)

    async def deliver_late(self) -> None:
        self._stack.deliver_late()

    async def restart(self) -> None:
        self._stack.power_cycle()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        for tap in (self._mqtt, self._ftps):
            tap.go_down()
        yield
        for tap in (self._mqtt, self._ftps):
            tap.go_up()

    @asynccontextmanager
    async def another_machine(self) -> AsyncIterator[None]:
        self._turn_to(self._other())
        yield
        self._turn_to(self._stack)

    def _turn_to(self, stack: BambuStack) -> None:
        self._mqtt.turn_to(stack.mqtt_port)
        self._ftps.turn_to(stack.ftps_port)

    async def rest(self) -> None:
        self._stack.tidy()
        self._jobs.close()
