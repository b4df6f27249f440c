"""A farm on a stage: machines, lines, hosts, a remote and a person, on one timeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from farmctl.farmrepo.claim import Claim
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.opening import create
from farmctl.ledger.state import State
from farmctl.model.envelope import Event
from farmctl.model.ids import OrderId
from farmctl.soak.checker import Checker, Evidence
from farmctl.soak.contended import ContendedDisk
from farmctl.soak.controller import Premises, Surroundings, Wrap, tasks_of_lives
from farmctl.soak.documents import FARM_ID, files_of_farm, order_file
from farmctl.soak.host import Host
from farmctl.soak.kinds import KINDS
from farmctl.soak.person import Person
from farmctl.soak.remote import Clone, Remote
from farmctl.soak.setting import PLAIN, Setting
from farmctl.soak.timeline import Timeline, TimelineClock
from farmctl.soak.wire import Fate, Wire, has_effect
from farmctl.soak.witness import Witness
from farmctl.system.clock import Clock
from farmctl.system.entropy import Dice

BEGAN = datetime(2026, 11, 21, 8, tzinfo=UTC)
_IDENTITY = Identity(farm=FARM_ID, ledger="5eed", epoch=1)
_ROOT = Path("/farm/.farmctl")
_MEETS = 0.4  # an upload, a start and a delete follow each other: each must have its turn


class Stage:
    """Everything that a play needs; nothing has happened yet.

    Args:
        kinds: What kind of machine each printer is: names in `KINDS`.
        dice: Decides what time does not: how late is late, and whom a fate meets.
        wrap: Puts something around each driver.
        setting: What it is furnished with.

    Attributes:
        kinds: What kind of machine each printer is, by name.
        machines: The printers as they really are.
        wires: The line to each.
        fates: What becomes of the next requests that have an effect, by printer.
        aimed: What becomes of the very next one.
        silent: Printers that hear questions, and do not answer them.
        remote: The farm's repository, as everybody can reach it.
        host: The host that acts for the farm.
        older: A host that was taken over and does not know it yet, or None.
        orders: What was ever ordered.
        hears_fact: Told of what the ledger amounts to whenever the controller wrote or read.
        hears_fate: Told of a fate, and of whose request met it.
    """

    def __init__(
        self, kinds: Sequence[str], dice: Dice, wrap: Wrap, setting: Setting = PLAIN
    ) -> None:
        self.dice = dice
        late_s = dice.uniform(30.0, 1800.0)
        self.timeline = Timeline()
        self.timeline.set_task_factory(tasks_of_lives)
        self.clock = TimelineClock(self.timeline, BEGAN)
        self.true_clock = TimelineClock(self.timeline, BEGAN)
        self.kinds = {f"{kind}-{number}": kind for number, kind in enumerate(kinds, 1)}
        self.machines = {
            name: KINDS[kind].build(name, self.true_clock.now) for name, kind in self.kinds.items()
        }
        self._others = {
            name: KINDS[kind].build(f"not-{name}", self.true_clock.now)
            for name, kind in self.kinds.items()
        }
        self.fates: defaultdict[str, list[Fate]] = defaultdict(list)
        self.wires = {
            name: Wire(machine, self.true_clock, partial(self._fate, name), lambda: late_s)
            for name, machine in self.machines.items()
        }
        self.aimed: defaultdict[str, list[Fate]] = defaultdict(list)
        self.silent: set[str] = set()
        self.hears_fact: Callable[[State], None] = lambda _state: None
        self.hears_fate: Callable[[str, Fate], None] = lambda _name, _fate: None
        self.orders: list[OrderId] = []
        self.remote = Remote(files_of_farm(tuple(self.kinds.items())))
        self._premises = Premises(self.kinds, self.wires, {}, wrap, setting)
        self._later: list[tuple[float, Callable[[], None]]] = []
        self.older: Host | None = None
        disk = ContendedDisk()
        create(LedgerFolder(disk, _ROOT), _IDENTITY)
        clone = setting.clone(self.remote, self.true_clock)
        clone.record(Claim(FARM_ID, _IDENTITY.ledger, _IDENTITY.epoch, "host"))
        around = self._surroundings(disk, clone, self.clock)
        others = {f"{name}, another": machine for name, machine in self._others.items()}
        self.checker = Checker(self._evidence(around), {**self.machines, **others})
        self.host = self.new_host(around)
        self.person = Person(self.host, self.machines)

    @property
    def journal(self) -> bytes:
        """Return the whole journal: equal plays write equal ones."""
        folder = self.host.folder
        return b"".join(folder.disk.read(folder.segment(each)) for each in folder.segments())

    def events(self) -> tuple[Event, ...]:
        """Return what the journal held when it was read, event by event."""
        return tuple(self.checker.books.events)

    def print_ms(self) -> int:
        """Return how long the machines printed our files, by their own account."""
        return sum(
            job.print_ms
            for machine in self.machines.values()
            for job in machine.machine.history
            if job.file.startswith("farmctl-")
        )

    def is_still(self, seconds: float) -> bool:
        """Return whether no machine began to print for so long."""
        starts = (each.starts[-1].at for each in self.machines.values() if each.starts)
        return self.true_clock.now() - max(starts, default=BEGAN) > timedelta(seconds=seconds)

    def commit_order(self, quantity: int) -> None:
        """Put another order into git."""
        order = OrderId(f"ord-{len(self.orders) + 1}")
        self.orders.append(order)
        self.remote.commit(order_file(order, quantity))
        self.host.clone.ask_soon()
        self.host.life.wake()

    def pass_time(self) -> None:
        """Let the machines do what is due, push what changed, and let happen what is due."""
        for name, machine in self.machines.items():
            before = machine.shown
            machine.pass_time()
            if machine.shown != before:
                self.wires[name].tell()
        now_s = self.timeline.time()
        due = [act for at_s, act in self._later if at_s <= now_s]
        self._later = [each for each in self._later if each[0] > now_s]
        for act in due:
            act()

    async def tend(self) -> None:
        """Let cron do its work on every host."""
        await self.host.tend()
        if self.older is not None:
            await self.older.tend()
            if not self.older.is_acting:  # it was told, and nobody starts it again
                self.older = None

    def later(self, after_s: float, act: Callable[[], None]) -> None:
        """Let something happen after so many seconds, or when peace begins."""
        self._later.append((self.timeline.time() + after_s, act))

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
        due, self._later = self._later, []
        for _, act in due:
            act()

    async def new_life(self) -> None:
        """End the controller without a word, and start it again."""
        await self.host.kill()
        self.host.begin()

    async def lose_power(self) -> None:
        """The controller's host loses power: what was not synced may be gone."""
        await self.host.kill()
        self.host.disk.restore_power()
        self.person.sit_down(self.host)
        self.host.begin()

    async def end(self) -> None:
        """End all controllers."""
        await self.host.kill()
        if self.older is not None:
            await self.older.kill()

    def another_host(self) -> Host:
        """Return a host with a copy of the ledger as it is now, and a clone of its own."""
        clone = self._premises.setting.clone(self.remote, self.true_clock)
        clone.followed = self.host.clone.followed or self.remote.tip
        return self.new_host(self._surroundings(self.host.disk.copy(), clone, self.true_clock))

    def move_to(self, host: Host) -> None:
        """Act from another host from now on; the one before does not know it yet."""
        host.excuses |= self.host.excuses
        self.host, self.older = host, self.host
        self.checker.go_to(self._evidence(host.around))
        self.person.sit_down(host)

    def new_host(self, around: Surroundings) -> Host:
        """Return a host on which nothing runs yet."""
        return Host(around, self.true_clock, self.checker.say)

    def _surroundings(self, disk: ContendedDisk, clone: Clone, clock: Clock) -> Surroundings:
        folder = LedgerFolder(disk, _ROOT, self._premises.setting.segment_b)
        return Surroundings(
            disk=disk,
            folder=folder,
            clone=clone,
            clock=clock,
            premises=self._premises,
            witness=Witness(),
            hears=lambda state: self._hear(folder, state),
            opened=lambda state: self._opened(folder, state),
        )

    def _evidence(self, around: Surroundings) -> Evidence:
        return Evidence(around.folder, around.witness, self.remote.checkpoints)

    def _hear(self, folder: LedgerFolder, state: State) -> None:
        if folder is self.host.folder:
            self.hears_fact(state)  # whoever listens by now

    def _opened(self, folder: LedgerFolder, state: State) -> None:
        if folder is self.host.folder:
            self.checker.opened(state)

    def _fate(self, name: str, method: str, path: str) -> Fate | None:
        if not has_effect(method, path):
            return Fate.REPLY_LOST if name in self.silent else None
        if self.aimed[name]:
            fate = self.aimed[name].pop(0)
        elif self.fates[name] and self.dice.random() < _MEETS:
            fate = self.fates[name].pop(0)
        else:
            return None
        self.hears_fate(name, fate)
        return fate
