"""The journal: read with every link checked, and written so that nothing acknowledged is lost.

A `Journal` stands at a place. Reading moves it over whole lines that follow from one another;
writing needs it at the end, under the journal's lock. Damage is raised with segment and line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from farmctl.ledger.compose import Draft
from farmctl.ledger.damage import JournalDamaged, disk_refused
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.lines import (
    START,
    Place,
    follow,
    follow_header,
    is_torn,
    segment_name,
)
from farmctl.ledger.shape import BadLine
from farmctl.model.envelope import Event
from farmctl.system.disk import OpenFile, Stat


class Journal:
    """A reader and writer of one journal, at a place in it.

    Args:
        folder: Where the journal lies.
        identity: Whose journal it must be; its epoch is not looked at.
        place: Where to go on; what stands before is taken as read.

    Attributes:
        place: Behind the last whole line that was read or written.
        unfinished: Bytes behind the place that are no whole line.
        ends: The places where segments ended that were walked through.
        mended: What was cut, for people.
    """

    def __init__(self, folder: LedgerFolder, identity: Identity, place: Place = START) -> None:
        self.unfinished = b""
        self.mended: list[str] = []
        self.ends: list[Place] = []
        self._folder = folder
        self._disk = folder.disk
        self._identity = identity
        self._size = 0
        self._inode: int | None = None
        self._file: OpenFile | None = None  # of the segment that was last looked at
        self.place = place
        self._path = folder.segment(place.segment)
        self._next = folder.segment(place.segment + 1)

    def read(self) -> Iterator[Event]:
        """Yield the events behind the place and move on. Raises JournalDamaged.

        An unfinished last line is left alone: somebody may be writing it just now.
        """
        while True:
            sealed = self._disk.has(self._next)
            yield from self._rest_of_segment()
            if not sealed:
                self._check_unfinished()
                return
            if self.unfinished or self.place.offset == 0:
                there = self._disk.has(self._path)
                was = "was never finished" if there else "is missing"
                raise self._damaged(f"the segment {was}, but the journal goes on")
            self._turn()

    def has_grown(self) -> bool:
        """Tell whether there is something else than `read` last saw, without reading it."""
        stat = self._disk.stat(self._path)
        seen = (stat.size, stat.inode) if stat else (0, None)
        return seen != (self._size, self._inode) or self._disk.has(self._next)

    def is_at_end(self) -> bool:
        """Tell whether there is nothing to catch up with."""
        return not self.unfinished and not self.has_grown()

    def settle(self, since: int) -> None:
        """Cut a torn last line, and make durable which segments came after segment `since`.

        Needs the journal's lock, and everything read. Afterwards the journal can be written.
        """
        self.cut_torn_line()
        if self.place.segment != since:
            self._disk.sync(self._folder.journal)

    def place_to_write(self) -> Place:
        """Return where the next line belongs: here, or in a new segment when this one is full.

        A segment that is not the last one holds at least one event, so that its header is proven.
        """
        full = self.place.line > 1 and self.place.offset >= self._folder.segment_b
        return self.place.next_segment() if full else self.place

    def write(self, draft: Draft) -> None:
        """Write a draft for `place_to_write`, durably: one write and one sync, in most cases.

        Of a draft of several events a power cut may leave the first few. Raises FarmctlError when
        the disk does not take it; then nothing is kept.
        """
        turns = draft.place.segment != self.place.segment
        file = None if turns else self._file
        try:
            if turns:  # its last writer may have died before its own sync
                self._disk.sync(self._path)
            file = file or self._disk.opened(self._next if turns else self._path)
            file.append(draft.data)
        except OSError as error:
            self._take_back(draft)
            raise disk_refused("journal", error) from error
        if turns:
            self._turn()
        self._file = file
        self.place = draft.place
        self._size = draft.place.offset

    def cut_torn_line(self) -> None:
        """Cut what was left of a line when its writer died, and say so in `mended`.

        Needs the journal's lock, and everything read.
        """
        if self.unfinished:
            name, cut_b = segment_name(self.place.segment), len(self.unfinished)
            self.mended.append(f"journal/{name}:{self.place.line + 1}: cut {cut_b} torn bytes")
            self.unfinished = b""
            self._cut(self._path, self.place.offset)
        if self.place.offset == 0 and self.ends:
            self._cut(self._path, 0)
            self._stand_at(self.ends.pop())
        self._size = self.place.offset

    def _stand_at(self, place: Place) -> None:
        self.place = place
        self._path = self._folder.segment(place.segment)
        self._next = self._folder.segment(place.segment + 1)
        self._inode = None

    def _turn(self) -> None:
        self.ends.append(self.place)
        self._stand_at(self.place.next_segment())

    def _take_back(self, draft: Draft) -> None:
        self._file = None
        with suppress(OSError):  # what cannot be cut now is cut by whoever takes the lock next
            path = self._folder.segment(draft.place.segment)
            self._cut(path, draft.place.offset - len(draft.data))

    def _rest_of_segment(self) -> Iterator[Event]:
        self.unfinished, self._file = b"", None
        stat = self._disk.stat(self._path)
        self._check_same_file(stat)
        if stat and stat.size > self.place.offset:
            yield from self._unread_lines()
        self._inode = stat.inode if stat else None

    def _unread_lines(self) -> Iterator[Event]:
        unread = self._disk.read_from(self._path, self.place.offset)
        self._size = self.place.offset + len(unread)
        *lines, rest = unread.split(b"\n")
        for line in lines:
            event = self._take(line)
            if event is not None:
                yield event
        self.unfinished = rest

    def _take(self, line: bytes) -> Event | None:
        try:
            if self.place.offset == 0:
                self.place = follow_header(line, self.place, self._identity)
                return None
            event = follow(line, self.place, self._identity)
        except BadLine as error:
            raise self._damaged(error.message) from None
        self.place = self.place.after(line, event)
        return event

    def _check_unfinished(self) -> None:
        if self.unfinished and not is_torn(self.unfinished):
            raise self._damaged("the line has no end, but something stands behind its event")

    def _check_same_file(self, stat: Stat | None) -> None:
        self._size = stat.size if stat else 0
        if self._size < self.place.offset:
            had = self.place.offset
            raise self._damaged(f"the segment has {self._size} of the {had} bytes it had")
        known = self._inode is not None and self.place.offset > 0
        if known and (stat is None or stat.inode != self._inode):
            raise self._damaged("the segment was replaced while it was in use")

    def _cut(self, path: Path, offset: int) -> None:
        if offset == 0:
            self._disk.remove(path)
            self._disk.sync(self._folder.journal)
        else:
            self._disk.truncate(path, offset)

    def _damaged(self, what: str) -> JournalDamaged:
        return JournalDamaged(self.place.segment, self.place.line + 1, what)
