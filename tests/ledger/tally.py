"""The smallest farm that a ledger can remember: a list of what was noted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.ledger import Ledger, open_ledger
from farmctl.ledger.locks import hold_journal
from farmctl.ledger.opening import create
from farmctl.ledger.reducer import Reducer
from farmctl.ledger.view import View, open_view
from farmctl.model.envelope import Actor, Event, Fact
from farmctl.system.clock import FixedClock
from farmctl.testing.disk import SimulatedDisk
from farmctl.testing.ledger_damage import rewrite_history

Notes = tuple[str, ...]
NOTED = "dev.farmctl.part.noted.v1"
GARAGE = Identity(farm="7f3a9c2e", ledger="0a1b2c3d", epoch=1)
ADA = Actor("person", "ada@example.org", "cli")
ROOT = Path("/farm/.farmctl")
START_OF_DAY = datetime(2026, 11, 21, 10, tzinfo=UTC)


def _evolve(notes: Notes, event: Event) -> Notes:
    if event.data.get("needs", 0) > len(notes):
        raise ValueError(f"only {len(notes)} notes")
    return (*notes, f"{event.seq} {event.data['text']}")


TALLY: Reducer[Notes] = Reducer(
    version=1,
    initial=(),
    evolve=_evolve,
    dump=list,
    load=tuple,
    known=lambda name: name == NOTED,
)


def note(text: str, **more: object) -> Fact:
    return Fact(NOTED, f"part/{text}", {"text": text, **more}, correlation="ord-1042")


def notes(count: int, start: int = 1) -> list[Fact]:
    return [note(f"p{number}") for number in range(start, start + count)]


class Bench:
    """A ledger on a disk that can fail, and a clock that stands still."""

    def __init__(self, disk: SimulatedDisk | None = None, segment_b: int = 8192) -> None:
        self.disk = disk or SimulatedDisk()
        self.clock = FixedClock(START_OF_DAY)
        self.folder = LedgerFolder(self.disk, ROOT, segment_b)

    @classmethod
    def begun(cls, segment_b: int = 8192) -> Bench:
        bench = cls(segment_b=segment_b)
        create(bench.folder, GARAGE)
        return bench

    def twin(self, choose: Callable[[int], int] | None = None) -> Bench:
        """The same ledger on a disk of its own."""
        return Bench(self.disk.copy(choose), self.folder.segment_b)

    def open(self, reducer: Reducer[Notes] = TALLY, claim: Identity = GARAGE) -> Ledger[Notes]:
        return open_ledger(self.folder, reducer, self.clock, claim)

    def view(self, reducer: Reducer[Notes] = TALLY) -> View[Notes]:
        return open_view(self.folder, reducer)

    def events(self, identity: Identity = GARAGE) -> list[Event]:
        return list(Journal(self.folder, identity).read())

    def segment(self, number: int = 1) -> bytes:
        return self.disk.read(self.folder.segment(number))

    def put_segment(self, data: bytes, number: int = 1) -> None:
        self.disk.put(self.folder.segment(number), data)

    def disk_lock(self) -> AbstractContextManager[None]:
        return hold_journal(self.folder)

    def rewrite_history(self, seq: int, text: str) -> None:
        """Change one event, and make every hash right again."""

        def change(event: Event) -> Event:
            return replace(event, data={"text": text}) if event.seq == seq else event

        rewrite_history(self.disk, self.folder, GARAGE, change)
