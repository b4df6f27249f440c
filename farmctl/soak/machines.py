"""What every simulated printer is below its network face: a body that prints, a bed, a panel.

The body is `sim`'s, so that motion, heat and discarded jobs are a printer's own. A kind of machine
is a class of its own that says what its network answers, and where it differs from a plain printer.
Faults and people meet machines here: with their hands, whatever the kind.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from msgspec import Struct

from farmctl.model.digest import digest_of
from farmctl.model.observation import DeviceState, Ended
from farmctl.sim import requests
from farmctl.sim.device import Machine, Record, Reply, Stored
from farmctl.sim.machine import advance, fail
from farmctl.sim.reading import read_script
from farmctl.sim.script import Script
from farmctl.soak.wire import Carried

Answer = tuple[int, Any]
"""A status as of HTTP, and a JSON body."""

Happening = Callable[[Machine, datetime], tuple[Machine, Reply]]


class PhysicalStart(Struct, frozen=True):
    """The machine began to move: counted by the machine, never by the ledger.

    Args:
        at: When.
        file: What it printed.
        digest: Of the bytes that it printed.
        onto: The file whose part lay on the bed; None for an empty bed.
        discarded: The print that it threw away; None when there was none.
        astray: `late` or `doubled` where the transport brought its request so.
        is_crossed: Whether somebody overwrote the file while its request was on its way.
        is_beaten: Whether what it met there was begun by hand while its request was on its way.
    """

    at: datetime
    file: str
    digest: str
    onto: str | None
    discarded: str | None = None
    astray: str | None = None
    is_crossed: bool = False
    is_beaten: bool = False


class Seen(StrEnum):
    """What a person who stands before an idle machine sees of a print."""

    NOT_STARTED = "not started"
    COMPLETED = "completed"
    FAILED = "failed"


class Body(ABC):
    """One printer with what is on its bed; kinds of machines give it a face.

    Args:
        serial: Its identity.
        now: Tells the true time.

    Attributes:
        machine: The printer at the last instant that anybody looked.
        bytes: What its files hold.
        starts: All that it ever began to print.
        left_out: The parts that it was told to make no further: a file, and a label.
        on_bed: The file whose part lies there.
        carried: How the request came that it carries out; None while it carries out none.
        is_fenced: Whether it starts nothing that was deleted, and nothing while it is busy.
    """

    is_fenced: ClassVar[bool] = True

    def __init__(self, serial: str, now: Callable[[], datetime]) -> None:
        self.machine = Machine(serial, now())
        self.bytes: dict[str, bytes] = {}
        self.starts: list[PhysicalStart] = []
        self.left_out: list[tuple[str, str]] = []
        self.on_bed: str | None = None
        self.carried: Carried | None = None
        self.jobs_before_boot = 0
        self._forgotten = 0
        self._overwritten_at: datetime | None = None
        self._begun_by_hand_at: datetime | None = None
        self._now = now

    @abstractmethod
    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Return what its network answers."""

    @property
    def serial(self) -> str:
        """Return its identity."""
        return self.machine.serial

    @property
    def state(self) -> DeviceState:
        """Return what it really does."""
        return self.machine.state

    @property
    def is_busy(self) -> bool:
        """Return whether it has a job, running or paused."""
        return self.machine.job is not None

    @property
    def shown(self) -> object:
        """Return what it pushes to whoever listens when it changes."""
        return self.state, self.is_busy

    def report(self) -> str:
        """Return what it pushes now; what nobody hears is lost."""
        return _CHANGED

    @property
    def remembered(self) -> tuple[Record, ...]:
        """Return the ended jobs that it still knows of, oldest first."""
        return tuple(each for each in self.machine.history if each.number > self._forgotten)

    def seen(self, file: str | None) -> Seen:
        """Return what came of a print, as somebody sees who stands before the idle machine."""
        if not any(start.file == file for start in self.starts):
            return Seen.NOT_STARTED
        ended = [each.ended for each in self.machine.history if each.file == file]
        return Seen.COMPLETED if ended == [Ended.COMPLETED] else Seen.FAILED

    def change(self, happen: Happening) -> Reply:
        """Let something happen to the machine, with what follows from it."""
        now = self._now()
        before = advance(self.machine, now)
        self.machine, reply = happen(before, now)
        self._count(before)
        return reply

    def pass_time(self) -> None:
        """Let the machine do what time made it do."""
        self.change(lambda machine, _now: (machine, Reply.OK))

    def put(self, name: str, raw: bytes) -> Reply:
        """Store a file, in the place of one of that name."""
        stored = Stored(name, digest_of(raw), len(raw))
        reply = self.change(lambda machine, now: requests.store(machine, stored, now))
        if reply is Reply.OK:
            self.bytes[name] = raw
        return reply

    def delete(self, name: str) -> Reply:
        """Delete a stored file."""
        reply = self.change(lambda machine, now: requests.delete(machine, name, now))
        if reply is Reply.OK:
            self.bytes.pop(name)
        return reply

    def wipe(self) -> None:
        """Delete all files but the one in use, as somebody who tidies up."""
        for file in self.machine.files:
            self.delete(file.name)

    def overwrite(self, raw: bytes) -> None:
        """Put other bytes into all files but the one in use, as somebody who mixes things up."""
        self._overwritten_at = self._now()
        for file in self.machine.files:
            self.put(file.name, raw)

    def start(self, name: str) -> Reply:
        """Print a stored file."""
        return self.change(
            lambda machine, now: requests.start(machine, name, self._read(name), now)
        )

    def pause(self) -> Reply:
        """Stand still."""
        return self.change(requests.pause)

    def resume(self) -> Reply:
        """Go on."""
        return self.change(requests.resume)

    def cancel(self) -> Reply:
        """End whatever is printed."""
        return self.change(requests.cancel)

    def fail(self, message: str, reason: str) -> None:
        """Let it break: nothing goes until a restart."""

        def break_(machine: Machine, _now: datetime) -> tuple[Machine, Reply]:
            return fail(machine, machine.uptime_us, message, reason=reason), Reply.OK

        self.change(break_)

    def restart(self, *, keeps_history: bool = True) -> None:
        """Switch it off and on: a job is interrupted, or not even remembered."""
        self.change(lambda machine, now: (requests.restart(machine, now), Reply.OK))
        self.jobs_before_boot = self.machine.jobs
        if not keeps_history:
            self._forgotten = self.machine.jobs

    def parts_left_out(self, file: str | None) -> tuple[str, ...]:
        """Return the labels of the parts of a print that somebody sees unfinished."""
        return tuple(sorted({part for of, part in self.left_out if of == file}))

    def clear_bed(self) -> None:
        """Take off what lies there."""
        self.on_bed = None

    def _read(self, name: str) -> Script:
        return read_script(self.bytes[name]) if name in self.bytes else Script.of([])

    def _count(self, before: Machine) -> None:
        if self.machine.jobs == before.jobs:
            return
        at = self.machine.at
        file = self.machine.job.file if self.machine.job else self.machine.history[-1].file
        discarded = before.job.file if before.job else None
        digest = digest_of(self.bytes[file])
        self.starts.append(
            PhysicalStart(
                at,
                file,
                digest,
                self.on_bed,
                discarded,
                astray=self.carried.astray if self.carried else None,
                is_crossed=self._is_on_its_way_at(self._overwritten_at),
                is_beaten=self._is_on_its_way_at(self._begun_by_hand_at),
            )
        )
        if self.carried is None:
            self._begun_by_hand_at = at
        self.on_bed = file

    def _is_on_its_way_at(self, at: datetime | None) -> bool:
        return bool(self.carried and at and self.carried.sent_at <= at)


_CHANGED = json.dumps({"method": "notify_history_changed", "params": []})
