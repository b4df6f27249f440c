"""What a driver is opened with: one printer of the farm, and the parts of the system it may use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from farmctl.model.ids import PrinterName
from farmctl.printers.driver import PrinterDriver
from farmctl.system.clock import Clock, SystemClock
from farmctl.system.disk import Disk, RealDisk
from farmctl.system.jobs import InlineJobs, Jobs
from farmctl.system.secrets import Secret

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport


class ClassLimits(Struct, frozen=True):
    """What machines of a printer's class can do: mm and °C."""

    bed_mm: tuple[float, float] = (250.0, 210.0)
    height_mm: float = 210.0
    max_nozzle_c: int = 300
    max_bed_c: int = 120


class Connection(Protocol):
    """An open websocket: yields what the other side says until it is closed."""

    async def send(self, text: str, /) -> None:
        """Say something."""
        ...

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Listen."""
        ...


Listen = Callable[[str, Mapping[str, str]], AbstractAsyncContextManager[Connection]]
"""Opens a websocket at an address, with headers. Raises OSError when nobody is there."""


class Lines(Struct, frozen=True):
    """How machines are reached: over the network, unless a simulation has lines of its own.

    Args:
        http: Carries requests.
        listen: Opens websockets.
    """

    http: AsyncBaseTransport | None = None
    listen: Listen | None = None


class DriverConfig(Struct, frozen=True):
    """One printer, as the farm's documents describe it.

    Args:
        printer: Its name in the farm.
        url: Where it is; None for a virtual one.
        api_key: What lets farmctl in.
        identity: The serial or machine id pinned by `printer add`: another machine at the same
            address gets no effect.
        guard: Whether it has a macro that refuses to begin a file twice, as the farm says.
        limits: Its class.
        speedup: A virtual printer's seconds in a second.
        memory: The folder of virtual printers' memories; None without a state folder.
        clock: Where time comes from.
        disk: Where a virtual printer's memory is kept.
        jobs: Runs what would block the loop.
        lines: How machines are reached.
    """

    printer: PrinterName
    url: str | None = None
    api_key: Secret | None = None
    identity: str | None = None
    guard: bool = False
    limits: ClassLimits = field(default_factory=ClassLimits)
    speedup: int = 1
    memory: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    disk: Disk = field(default_factory=RealDisk)
    jobs: Jobs = field(default_factory=InlineJobs)
    lines: Lines = Lines()


DriverFactory = Callable[[DriverConfig], PrinterDriver]
"""What a driver's module offers: `open_driver`. It raises FarmctlError for a config it cannot use,
and talks to nobody yet."""
