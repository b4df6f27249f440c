"""What must hold before a journal is trusted: its owner, its segments, its head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from farmctl.errors import LedgerDamaged, Refused
from farmctl.ledger.damage import MEND, JournalDamaged, TailLost
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.head import Head, head_at, read_head, reset_head, write_head
from farmctl.ledger.identity import Identity
from farmctl.ledger.lines import START, Place, header_line, read_identity
from farmctl.ledger.shape import BadLine
from farmctl.model.envelope import Event


def create(folder: LedgerFolder, identity: Identity) -> None:
    """Begin an empty ledger. Raises Refused where there is one."""
    if folder.segments() or read_head(folder):
        raise Refused(
            f"{folder.root} already holds a ledger",
            "`farmctl ledger new --discard-history` puts it aside and begins anew",
        )
    header = header_line(identity, START)
    folder.disk.replace(folder.segment(START.segment), header + b"\n")
    reset_head(folder, Head(identity, 0, START.hash))


def identity_of(folder: LedgerFolder) -> Identity | None:
    """Return whose ledger lies in the folder, or None. Raises JournalDamaged."""
    head = read_head(folder)
    if head:
        return head.identity
    try:
        first = folder.disk.read(folder.segment(START.segment))
    except FileNotFoundError:
        return None
    line, newline, _ = first.partition(b"\n")
    try:
        return read_identity(line if newline else b"")
    except BadLine as error:
        raise JournalDamaged(START.segment, 1, error.message) from None


def checked_against(head: Head | None, events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events; one that is not what the head says was acted on is damage."""
    for event in events:
        if head and event.seq == head.seq and event.hash != head.hash:
            raise _rewritten(event.seq)
        yield event


def check_end(folder: LedgerFolder, head: Head | None, place: Place) -> None:
    """Check that a journal that ends at `place` has all that the head knows of.

    Raises LedgerDamaged: a segment or the head is lost, a restore was not finished, or the tail
    is lost.
    """
    _check_no_gap(folder)
    if head is None:
        if place.seq > 0:
            raise LedgerDamaged("both slots of the ledger's head are lost", MEND)
        return
    if place.epoch != head.identity.epoch:
        raise LedgerDamaged(
            f"the ledger is at epoch {head.identity.epoch}, its journal at epoch {place.epoch}:"
            " a restore was not finished, or another journal was put in its place",
            MEND,
        )
    if head.seq > place.seq:
        raise TailLost(place.seq, head.seq)
    if head.seq == place.seq and head.hash != place.hash:
        raise _rewritten(head.seq)


def roll_forward(folder: LedgerFolder, identity: Identity, place: Place) -> None:
    """Let the head know of a journal that reaches further, once that is durable."""
    reached, head = head_at(identity, place), read_head(folder)
    if head is None or head.age < reached.age:
        folder.disk.sync(folder.segment(place.segment))
        folder.disk.sync(folder.journal)
        write_head(folder, reached)


def _check_no_gap(folder: LedgerFolder) -> None:
    for expected, number in enumerate(folder.segments(), start=1):
        if number != expected:
            raise JournalDamaged(expected, 1, "the segment is missing, but the journal goes on")


def _rewritten(seq: int) -> LedgerDamaged:
    return LedgerDamaged(f"event {seq} is not the one that was acted on: history was changed", MEND)
