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

    from farmctl.printers.web.http import Reply, Silence


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


class Session(Protocol):
    """An open MQTT session with one machine: yields what it reports until it is closed."""

    @property
    def serial(self) -> str:
        """Return the serial number that the machine's certificate names."""
        ...

    def publish(self, text: str, /) -> bool:
        """Send a request now, once, at QoS 0; False when it cannot go out, and never will."""
        ...

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Listen."""
        ...


Subscribe = Callable[[], AbstractAsyncContextManager[Session]]
"""Opens a session. Raises PermissionError where farmctl is not let in, ssl.SSLError for a
certificate that is not the machine's, OSError when nobody is there."""


class FileServer(Protocol):
    """A machine's card, as its FTP server shows it: names without folders, replies as they came."""

    async def names(self) -> tuple[str, ...] | Silence:
        """Return what is stored."""
        ...

    async def size_b(self, name: str, /) -> int | Silence | None:
        """Return how many bytes a file has; None when there is none of that name."""
        ...

    async def store(self, name: str, octets: bytes, /) -> Reply | Silence:
        """Store a file; the reply's body are the server's words."""
        ...

    async def delete(self, name: str, /) -> Reply | Silence:
        """Delete a file."""
        ...


class Lines(Struct, frozen=True):
    """How machines are reached: over the network, unless a simulation has lines of its own.

    Args:
        http: Carries requests.
        listen: Opens websockets.
        subscribe: Opens MQTT sessions.
        files: Stands for a file server.
    """

    http: AsyncBaseTransport | None = None
    listen: Listen | None = None
    subscribe: Subscribe | None = None
    files: FileServer | None = None


class DriverConfig(Struct, frozen=True):
    """One printer, as the farm's documents describe it.

    Args:
        printer: Its name in the farm.
        url: Where it is; None for a virtual one.
        api_key: What lets farmctl in.
        identity: The serial or machine id pinned by `printer add`: another machine at the same
            address gets no effect.
        certificate: What its TLS certificate must be: `sha256:` and its digest, or the PEM of it
            or of who signs it.
        guard: Whether it has a macro that refuses to begin a file twice, as the farm says.
        limits: Its class.
        speedup: A virtual printer's seconds in a second.
        memory: The folder of virtual printers' memories, beside which others keep what must
            outlive a command; None without a state folder.
        clock: Where time comes from.
        disk: Where a virtual printer's memory is kept.
        jobs: Runs what would block the loop.
        lines: How machines are reached.
    """

    printer: PrinterName
    url: str | None = None
    api_key: Secret | None = None
    identity: str | None = None
    certificate: str | None = None
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
