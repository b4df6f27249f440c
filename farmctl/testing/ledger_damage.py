"""What disks, backups and people do to a ledger's files: for tests and simulations.

Each injector changes the bytes on a simulated disk, durably and below everything that writes.
Nothing here is left to chance: `choose`, a number below its argument, decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from farmctl.ledger.compose import Stamp, compose
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import START
from farmctl.model.envelope import Event, Fact
from farmctl.testing.disk import SimulatedDisk

Choose = Callable[[int], int]


class Part(StrEnum):
    """The parts of a ledger that can be damaged, or come from another copy."""

    JOURNAL = "journal"
    HEAD = "head"
    SNAPSHOTS = "state"
    TRUST = "verified.json"


class Flip(Struct, frozen=True):
    """One bit that changed: `bit` of the byte at `offset`.

    Args:
        silently: As a failing platter does it, which leaves the file's mtime as it was.
    """

    path: Path
    offset: int
    bit: int
    silently: bool = False

    def strike(self, disk: SimulatedDisk) -> None:
        """Change the bit."""
        disk.flip(self.path, self.offset, 1 << self.bit, silently=self.silently)


def files_of(folder: LedgerFolder, part: Part) -> list[Path]:
    """Return the files of a part that are there."""
    if part is Part.JOURNAL:
        return [folder.segment(number) for number in folder.segments()]
    if part is Part.SNAPSHOTS:
        return [folder.snapshots / name for name in folder.disk.list(folder.snapshots)]
    only = folder.head if part is Part.HEAD else folder.trust
    return [only] if folder.disk.has(only) else []


def any_flip(folder: LedgerFolder, paths: Collection[Path], choose: Choose) -> Flip:
    """Return a flip somewhere in these files: each bit of each is as likely as any other."""
    sizes = {path: len(folder.disk.read(path)) for path in paths}
    at = choose(sum(sizes.values()))
    for path, size in sizes.items():
        if at < size:
            return Flip(path, at, choose(8), bool(choose(2)))
        at -= size
    raise ValueError("there are no bytes to flip")


def tail_cuts(folder: LedgerFolder, records: int) -> Iterator[tuple[int, int]]:
    """Yield every place in the last `records` events where the journal can be cut.

    A place is a segment and how many of its bytes stay; the segments behind it are gone. The
    headers that stand between the events are cut at every byte, too.
    """
    raws = {number: folder.disk.read(folder.segment(number)) for number in folder.segments()}
    first, start = [at for number, raw in raws.items() for at in _events(number, raw)][-records]
    for number in range(first, max(raws) + 1):
        kept = start if number == first else 0
        yield from ((number, size) for size in range(kept, len(raws[number])))


def cut_tail(disk: SimulatedDisk, folder: LedgerFolder, segment: int, size: int) -> None:
    """Let the journal end after `size` bytes of a segment."""
    path = folder.segment(segment)
    disk.put(path, disk.read(path)[:size])
    for number in folder.segments():
        if number > segment:
            disk.remove(folder.segment(number))


def put_back(
    disk: SimulatedDisk, folder: LedgerFolder, copy: LedgerFolder, parts: Collection[Part]
) -> None:
    """Make parts of a ledger those of another copy of it, or of another ledger."""
    for part in parts:
        for path in files_of(folder, part):
            disk.remove(path)
        for path in files_of(copy, part):
            disk.put(folder.root / path.relative_to(copy.root), copy.disk.read(path))


def rewrite_history(
    disk: SimulatedDisk,
    folder: LedgerFolder,
    identity: Identity,
    change: Callable[[Event], Event | None],
) -> None:
    """Write the whole journal of a ledger again, and make every hash right.

    `change` returns what stands in an event's place; None leaves it out.
    """
    changed = [change(event) for event in Journal(folder, identity).read()]
    place, written = START, b""
    for event in filter(None, changed):
        stamp = Stamp(identity, event.actor, event.recorded)
        draft = compose([_fact(event)], place, stamp)
        written, place = written + draft.data, draft.place
    for path in files_of(folder, Part.JOURNAL):
        disk.remove(path)
    disk.put(folder.segment(START.segment), written)


def _events(segment: int, raw: bytes) -> list[tuple[int, int]]:
    """Return where the events of a segment begin."""
    lines = raw.splitlines(keepends=True)
    return [(segment, sum(map(len, lines[:count]))) for count in range(1, len(lines))]


def _fact(event: Event) -> Fact:
    return Fact(
        type=event.type,
        subject=event.subject,
        data=event.data,
        time=event.time,
        correlation=event.correlation,
        causation=event.causation,
    )
