"""One life of a controller: the program's own loop, ended at any moment without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import Context, ContextVar
from dataclasses import replace
from datetime import timedelta
from typing import Any

from msgspec import Struct

from farmctl.control.effects import Effects
from farmctl.control.loop import Hands, Loop
from farmctl.control.observe import Observer, Whose
from farmctl.control.recorder import Recorder
from farmctl.control.source import GitSource
from farmctl.errors import Refused
from farmctl.farm.acting.tenure import Tenure
from farmctl.farmrepo.claim import refusal
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import Ledger, open_ledger
from farmctl.ledger.locks import hold_control
from farmctl.ledger.opening import identity_of
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor
from farmctl.model.events.farm import ControllerStarted
from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import PrinterDriver
from farmctl.soak.anchoring import Anchoring
from farmctl.soak.contended import ContendedDisk
from farmctl.soak.garage import MemoryWork
from farmctl.soak.kinds import KINDS
from farmctl.soak.lines import lines_over
from farmctl.soak.overheard import Overheard
from farmctl.soak.remote import Clone
from farmctl.soak.setting import Setting
from farmctl.soak.stoppable import Steps, Stoppable
from farmctl.soak.wire import Wire
from farmctl.soak.witness import Watched, Witness
from farmctl.system.clock import Clock
from farmctl.system.jobs import InlineJobs, Jobs

CONTROLLER = Actor("controller", "farmctl", "run")
_EVERY_S = 120.0  # pushes tell of changes sooner, where they are not lost
_POLL = timedelta(seconds=60)
_MANY = 200  # tasks: more are not kept once they are done
Wrap = Callable[[PrinterDriver], PrinterDriver]
_lives: ContextVar[Life | None] = ContextVar("life", default=None)


class Premises(Struct, frozen=True):
    """What every host of the farm finds there.

    Args:
        kinds: What each printer is.
        wires: To each printer.
        gcode: What was sliced, by digest.
        wrap: Puts something around each driver: a bad protocol, for one.
        setting: What else it is furnished with.
    """

    kinds: Mapping[str, str]
    wires: Mapping[str, Wire]
    gcode: dict[str, bytes]
    wrap: Wrap
    setting: Setting


class Surroundings(Struct, frozen=True):
    """What outlives a controller on its host.

    Args:
        disk: The host's.
        folder: The ledger's, on that disk.
        clone: Of the farm's repository.
        clock: The host's; it may be wrong.
        premises: What it acts on.
        witness: Notes what is sent.
        hears: Told of what the ledger amounts to whenever a controller wrote or read.
        opened: Told of what a controller begins with.
    """

    disk: ContendedDisk
    folder: LedgerFolder
    clone: Clone
    clock: Clock
    premises: Premises
    witness: Witness
    hears: Callable[[State], None]
    opened: Callable[[State], None]


class Life:
    """A controller from its start to its death.

    Args:
        around: What outlives it.
        other: The one that runs when this one is begun.

    Attributes:
        main: What it does, once it is begun.
        has_control: Whether it ever took the controls.
        took_control_from: The other one, where that still ran.
    """

    def __init__(self, around: Surroundings, other: Life | None = None) -> None:
        self._around = around
        self._other = other
        self._folder = replace(around.folder, disk=around.premises.setting.disk(around.disk))
        self._tasks: list[asyncio.Task[Any]] = []
        self._is_stopped = False
        self._held: list[asyncio.Future[None]] = []
        self.main: asyncio.Task[None] | None = None
        self._loop: Loop | None = None
        self.has_control = False
        self.took_control_from: Life | None = None

    def begin(self) -> None:
        """Start it."""
        token = _lives.set(self)
        try:
            self.main = asyncio.create_task(self._live())
        finally:
            _lives.reset(token)

    def die(self) -> None:
        """End it at once: nothing more is written or sent, and nothing is said."""
        self.go_on()
        for task in self._tasks:
            task.cancel()

    async def kill(self) -> None:
        """End it, and return when nothing of it is left."""
        self.die()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Let it see at once what somebody wrote or committed."""
        if self._loop is not None:
            self._loop.wake()

    def ended_by(self) -> BaseException | None:
        """Return what it died of by itself."""
        if self.main is None or not self.main.done() or self.main.cancelled():
            return None
        return self.main.exception()

    @property
    def is_running(self) -> bool:
        """Return whether it began, and did not end."""
        return self.main is not None and not self.main.done()

    def stop(self) -> None:
        """Stop it where it stands, as SIGSTOP does: time goes on without it."""
        self._is_stopped = True

    def go_on(self) -> None:
        """Let it go on, as if nothing had been."""
        self._is_stopped = False
        for held in self._held:
            if not held.done():
                held.set_result(None)
        self._held.clear()

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Take a task for one of its own."""
        if len(self._tasks) > _MANY:
            self._tasks = [each for each in self._tasks if not each.done()]
        self._tasks.append(task)

    def hold(self) -> asyncio.Future[None] | None:
        """Return what to wait for before the next step."""
        if not self._is_stopped:
            return None
        held = asyncio.get_running_loop().create_future()
        self._held.append(held)
        return held

    async def _live(self) -> None:
        """Take the controls and act. Raises what ends `farmctl run`."""
        around, folder = self._around, self._folder
        with hold_control(folder):
            self.has_control = True
            if self._other is not None and self._other.is_running:
                self.took_control_from = self._other
            identity = claimed(folder, around.clone)
            ledger = open_ledger(folder, REDUCER_OF_FARM, around.clock, identity)
            await self._act(ledger)

    async def _act(self, ledger: Ledger[State]) -> None:
        around, identity, jobs = self._around, ledger.identity, InlineJobs()
        anchoring = Anchoring(around.clone, self._folder, ledger, around.clock)
        around.opened(ledger.state)
        tenure = Tenure(around.clone, identity, around.clock, jobs)
        hands = self._hands(Overheard(ledger, CONTROLLER, around.hears), identity, jobs)
        self._loop = loop = Loop(hands, poll=_POLL, allow=tenure.lets)
        hands.recorder.append(ControllerStarted(identity.farm, "soak", "host", 1, None))
        await loop.begin()
        tenure.begin(loop.wake)
        while True:
            await loop.settle()
            ledger.save_if_due()
            anchoring.make_if_due()
            await loop.wait(_EVERY_S)

    def _hands(self, recorder: Recorder, identity: Identity, jobs: Jobs) -> Hands:
        around, clock, premises = self._around, self._around.clock, self._around.premises
        observer = Observer(self._drivers(), clock, Whose(identity.ledger, identity.epoch))
        effects = Effects(
            recorder,
            clock,
            ledger_id=identity.ledger,
            epoch=identity.epoch,
            gcode_of=premises.gcode.__getitem__,
        )
        source = GitSource(around.clone.desired, around.clone.head, clock, jobs)
        work = MemoryWork(recorder, premises.gcode, around.clone, premises.setting.cube)
        return Hands(recorder, observer, effects, work, source, clock)

    def _drivers(self) -> dict[PrinterName, PrinterDriver]:
        number = self._around.witness.enter()
        names = self._around.premises.wires
        return {PrinterName(name): self._driver(name, number) for name in names}

    def _driver(self, name: str, number: int) -> PrinterDriver:
        around, premises = self._around, self._around.premises
        wire = premises.wires[name]
        config = DriverConfig(
            PrinterName(name),
            url=f"http://{name}",
            identity=name,
            clock=around.clock,
            lines=lines_over(wire),
        )
        driver = KINDS[premises.kinds[name]].open_driver(config)
        return premises.wrap(Watched(driver, around.witness, number, name))


def claimed(folder: LedgerFolder, clone: Clone) -> Identity:
    """Return whose ledger lies here. Raises Refused where the farm's is another, or elsewhere."""
    found = identity_of(folder)
    why = refusal(clone.look(), found.ledger if found else None, found.epoch if found else 0)
    if why is not None:
        raise why
    if found is None:
        raise Refused("no ledger lies here")
    return found


def tasks_of_lives(
    loop: asyncio.AbstractEventLoop, work: Steps, context: Context | None = None
) -> asyncio.Task[Any]:
    """Make a task, and tell the life that it belongs to: a task factory of asyncio."""
    life = _lives.get()
    if life is None:
        return asyncio.Task(work, loop=loop, context=context)
    task: asyncio.Task[Any] = asyncio.Task(Stoppable(life.hold, work), loop=loop, context=context)
    life.adopt(task)
    task.add_done_callback(_heard)
    return task


def _heard(task: asyncio.Task[Any]) -> None:
    """Hear what a task failed with: the loop raises it, unless it died of something before."""
    if not task.cancelled():
        task.exception()
