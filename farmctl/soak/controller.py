"""One life of a controller: the program's own loop, ended at any moment without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextvars import Context, ContextVar
from datetime import timedelta
from typing import Any

from msgspec import Struct

from farmctl.control.effects import Effects
from farmctl.control.loop import Hands, Loop
from farmctl.control.observe import Observer, Whose
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor
from farmctl.model.events.farm import ControllerStarted
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig, Lines
from farmctl.printers.driver import PrinterDriver
from farmctl.soak.garage import MemoryGit, MemoryWork
from farmctl.soak.kinds import KINDS
from farmctl.soak.overheard import Overheard
from farmctl.soak.wire import Wire
from farmctl.system.clock import Clock

CONTROLLER = Actor("controller", "farmctl", "run")
PRINT_S = 120
_EVERY_S = 120.0  # pushes tell of changes sooner, where they are not lost
_POLL = timedelta(seconds=60)
_MANY = 200  # tasks: more are not kept once they are done
Wrap = Callable[[PrinterDriver], PrinterDriver]
_lives: ContextVar[Life | None] = ContextVar("life", default=None)


class Surroundings(Struct, frozen=True):
    """What outlives a controller.

    Args:
        folder: The ledger's.
        identity: Whose it is.
        clock: The controller's; it may be wrong.
        kinds: What each printer is.
        wires: To each printer.
        git: The farm's documents.
        gcode: What was sliced, by digest.
        wrap: Puts something around each driver: a bad protocol, for one.
        hears: Told of what the ledger amounts to whenever a controller wrote or read.
    """

    folder: LedgerFolder
    identity: Identity
    clock: Clock
    kinds: Mapping[str, str]
    wires: Mapping[str, Wire]
    git: MemoryGit
    gcode: dict[str, bytes]
    wrap: Wrap
    hears: Callable[[State], None]


class Life:
    """A controller from its start to its death."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._tasks: list[asyncio.Task[Any]] = []
        self.main: asyncio.Task[None] | None = None
        self._loop: Loop | None = None

    def begin(self) -> None:
        """Start it."""
        token = _lives.set(self)
        try:
            self.main = asyncio.create_task(self._live())
        finally:
            _lives.reset(token)

    async def kill(self) -> None:
        """End it at once: nothing more is written or sent, and nothing is said."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Let it see at once what somebody wrote or committed."""
        if self._loop is not None:
            self._loop.wake()

    def raise_failed(self) -> None:
        """Raise what it died of by itself: a controller never may."""
        if self.main is not None and self.main.done() and not self.main.cancelled():
            self.main.result()

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Take a task for one of its own."""
        if len(self._tasks) > _MANY:
            self._tasks = [each for each in self._tasks if not each.done()]
        self._tasks.append(task)

    async def _live(self) -> None:
        around = self._around
        identity, clock = around.identity, around.clock
        ledger = open_ledger(around.folder, REDUCER_OF_FARM, clock, identity)
        recorder = Overheard(ledger, CONTROLLER, around.hears)
        observer = Observer(self._drivers(), clock, Whose(identity.ledger, identity.epoch))
        effects = Effects(
            recorder,
            clock,
            ledger_id=identity.ledger,
            epoch=identity.epoch,
            gcode_of=around.gcode.__getitem__,
        )
        work = MemoryWork(recorder, around.gcode, PRINT_S)
        hands = Hands(recorder, observer, effects, work, around.git, clock)
        self._loop = loop = Loop(hands, poll=_POLL)
        recorder.append(ControllerStarted(identity.farm, "soak", "host", 1, None))
        await loop.begin()
        while True:
            await loop.settle()
            ledger.save_if_due()
            await loop.wait(_EVERY_S)

    def _drivers(self) -> dict[PrinterName, PrinterDriver]:
        return {PrinterName(name): self._driver(name) for name in self._around.wires}

    def _driver(self, name: str) -> PrinterDriver:
        wire = self._around.wires[name]
        config = DriverConfig(
            PrinterName(name),
            url=f"http://{name}",
            identity=name,
            clock=self._around.clock,
            lines=Lines(wire, wire.listen),
        )
        return self._around.wrap(KINDS[self._around.kinds[name]].open_driver(config))


def tasks_of_lives(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
    context: Context | None = None,
) -> asyncio.Task[Any]:
    """Make a task, and tell the life that it belongs to: a task factory of asyncio."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
    life = _lives.get()
    if life is not None:
        life.adopt(task)
    return task
