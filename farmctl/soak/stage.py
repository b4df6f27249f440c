"""A farm on a stage: machines, lines, a ledger, a controller and a person, on one timeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from farmctl.control.recorder import Recorder
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.opening import create
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor, Event
from farmctl.model.events.orders import OrderText
from farmctl.soak.checker import Checker
from farmctl.soak.controller import Life, Surroundings, Wrap, tasks_of_lives
from farmctl.soak.garage import MemoryGit, desired, order
from farmctl.soak.kinds import KINDS
from farmctl.soak.machines import Body
from farmctl.soak.person import Person
from farmctl.soak.timeline import Timeline, TimelineClock
from farmctl.soak.wire import Fate, Wire
from farmctl.system.entropy import Dice
from farmctl.testing.disk import SimulatedDisk

BEGAN = datetime(2026, 11, 21, 8, tzinfo=UTC)
_IDENTITY = Identity(farm="7f3a9c2e", ledger="5eed", epoch=1)
_MEETS = 0.4  # an upload, a start and a delete follow each other: each must have its turn
_PERSON = Actor("person", "ada@example.org", "cli")


class Stage:
    """Everything that a play needs; nothing has happened yet.

    Args:
        kinds: What kind of machine each printer is: names in `KINDS`.
        dice: Decides what time does not: how late is late, and whom a fate meets.
        wrap: Puts something around each driver.

    Attributes:
        kinds: What kind of machine each printer is, by name.
        machines: The printers as they really are.
        wires: The line to each.
        fates: What becomes of the next requests that have an effect, by printer.
        aimed: What becomes of the very next one.
        hears_fact: Told of what the ledger amounts to whenever the controller wrote or read.
        hears_fate: Told of a fate, and of whose request met it.
    """

    def __init__(self, kinds: Sequence[str], dice: Dice, wrap: Wrap) -> None:
        self._dice = dice
        late_s = dice.uniform(30.0, 1800.0)
        self.timeline = Timeline()
        self.timeline.set_task_factory(tasks_of_lives)
        self.clock = TimelineClock(self.timeline, BEGAN)
        self._true_clock = TimelineClock(self.timeline, BEGAN)
        self.disk = SimulatedDisk()
        self.kinds = {f"{kind}-{number}": kind for number, kind in enumerate(kinds, 1)}
        self.machines = {
            name: KINDS[kind].build(name, self._true_clock.now) for name, kind in self.kinds.items()
        }
        self._others = {
            name: KINDS[kind].build(f"not-{name}", self._true_clock.now)
            for name, kind in self.kinds.items()
        }
        self.fates: defaultdict[str, list[Fate]] = defaultdict(list)
        self.wires = {
            name: Wire(machine, self._true_clock, partial(self._fate, name), lambda: late_s)
            for name, machine in self.machines.items()
        }
        self.aimed: defaultdict[str, list[Fate]] = defaultdict(list)
        self.hears_fact: Callable[[State], None] = lambda _state: None
        self.hears_fate: Callable[[str, Fate], None] = lambda _name, _fate: None
        self.orders: list[OrderText] = []
        folder = LedgerFolder(self.disk, Path("/farm/.farmctl"))
        create(folder, _IDENTITY)
        self._around = Surroundings(
            folder=folder,
            identity=_IDENTITY,
            clock=self.clock,
            kinds=self.kinds,
            wires=self.wires,
            git=MemoryGit(desired("commit-0", self.kinds, ())),
            gcode={},
            wrap=wrap,
            hears=self._hear,
        )
        self.checker = Checker(folder, _IDENTITY, self._all_machines())
        self.life = Life(self._around)
        self.person = self._new_person()

    @property
    def journal(self) -> bytes:
        """Return the whole journal: equal plays write equal ones."""
        folder = self._around.folder
        return b"".join(folder.disk.read(folder.segment(each)) for each in folder.segments())

    def events(self) -> tuple[Event, ...]:
        """Return what the journal holds."""
        return tuple(Journal(self._around.folder, _IDENTITY).read())

    def print_ms(self) -> int:
        """Return how long the machines printed our files, by their own account."""
        return sum(
            job.print_ms
            for machine in self.machines.values()
            for job in machine.machine.history
            if job.file.startswith("farmctl-")
        )

    def commit_order(self, quantity: int) -> None:
        """Put another order into git."""
        number = len(self.orders) + 1
        self.orders.append(order(number, quantity, self._true_clock.now()))
        wanted = desired(f"commit-{number}", self.kinds, self.orders)
        self._around.git.desired = wanted
        self.life.wake()

    def recorder(self) -> Recorder:
        """Return a recorder in a person's name, as a verb in a second shell has one."""
        ledger = open_ledger(self._around.folder, REDUCER_OF_FARM, self._true_clock, _IDENTITY)
        return Recorder(ledger, _PERSON)

    def pass_time(self) -> None:
        """Let the machines do what is due, and push what changed."""
        for name, machine in self.machines.items():
            before = machine.shown
            machine.pass_time()
            if machine.shown != before:
                self.wires[name].tell()

    def swap(self, name: str) -> None:
        """Switch a printer off and another on at its address, or the other way round."""
        wire, machine = self.wires[name], self.machines[name]
        is_away = wire.server is not machine
        machine.restart()
        wire.server = machine if is_away else self._others[name]
        wire.hang_up()

    def calm_down(self) -> None:
        """Put everything in its place and plug it in; nothing more is to go wrong."""
        for name, wire in sorted(self.wires.items()):
            if wire.server is not self.machines[name]:
                self.swap(name)
            wire.is_up = wire.is_telling = True
            wire.overtaken = 0
            self.fates[name].clear()
            self.aimed[name].clear()

    async def new_life(self) -> None:
        """End the controller without a word, and start it again."""
        await self.life.kill()
        self.life = Life(self._around)
        self.life.begin()

    async def lose_power(self) -> None:
        """The controller's host loses power: what was not synced may be gone."""
        await self.life.kill()
        self.disk.restore_power()
        self.person = self._new_person()
        await self.new_life()

    def _all_machines(self) -> dict[str, Body]:
        others = {f"{name}, another": machine for name, machine in self._others.items()}
        return {**self.machines, **others}

    def _hear(self, state: State) -> None:
        self.hears_fact(state)  # whoever listens by now

    def _new_person(self) -> Person:
        return Person(self.recorder(), self.machines)

    def _fate(self, name: str, method: str, _path: str) -> Fate | None:
        has_effect = method not in ("GET", "HEAD")
        if not has_effect:
            return None
        if self.aimed[name]:
            fate = self.aimed[name].pop(0)
        elif self.fates[name] and self._dice.random() < _MEETS:
            fate = self.fates[name].pop(0)
        else:
            return None
        self.hears_fate(name, fate)
        return fate
