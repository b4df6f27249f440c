"""What must hold before a journal is trusted: its owner, its segments, what it is known to hold."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from farmctl.errors import LedgerDamaged, Refused
from farmctl.ledger.damage import MEND, JournalDamaged, TailLost, told_of_the_disk
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.head import Head, head_at, read_head, reset_head, write_head
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import START, Place, header_line, read_identity
from farmctl.ledger.shape import BadLine
from farmctl.ledger.trust import Trust, load_trust
from farmctl.model.envelope import Event


def create(folder: LedgerFolder, identity: Identity) -> None:
    """Begin an empty ledger. Raises Refused where there is one, FarmctlError without room."""
    if folder.segments() or read_head(folder):
        raise Refused(
            f"{folder.root} already holds a ledger",
            "`farmctl ledger new --discard-history` puts it aside and begins anew",
        )
    header = header_line(identity, START)
    with told_of_the_disk():
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


class Known(Struct, frozen=True):
    """Which events the journal must hold, from what lies beside it.

    What was verified is only a cache, but whoever wrote it saw the event: where journal and head
    were both put back to an older state, it alone remembers.

    Args:
        head: What was acted on.
        verified: What was verified last at the head's epoch: a restore may have left older out.
    """

    head: Head | None
    verified: Head | None = None

    def check(self, place: Place) -> None:
        """Check that the event before `place` is the known one. Raises LedgerDamaged."""
        for each in (self.head, self.verified):
            if each and each.seq == place.seq and each.hash != place.hash:
                raise _rewritten(place.seq)


def known_to(head: Head | None, trust: Trust | None, identity: Identity) -> Known:
    """Return what the head and what was verified last know of the journal. Pure."""
    if head is None or trust is None or not trust.checked:
        return Known(head)
    verified = head_at(identity, trust.checked[-1].place)
    return Known(head, verified if verified.identity.epoch >= head.identity.epoch else None)


def read_known(folder: LedgerFolder, identity: Identity) -> Known:
    """Return what is known of the journal. To be read before it: it may grow meanwhile."""
    return known_to(read_head(folder), load_trust(folder, identity), identity)


def checked_against(known: Known, journal: Journal) -> Iterator[Event]:
    """Yield what stands behind the journal's place; events other than the known ones are damage."""
    known.check(journal.place)
    for event in journal.read():
        known.check(journal.place)
        yield event


def check_end(folder: LedgerFolder, known: Known, place: Place) -> None:
    """Check that a journal that ends at `place` has all that is known of it.

    Raises LedgerDamaged: a segment or the head is lost, a restore was not finished, or the tail
    is lost.
    """
    _check_no_gap(folder)
    head = known.head
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
    needed = max(each.seq for each in (head, known.verified) if each)
    if needed > place.seq:
        raise TailLost(place.seq, needed)


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
    return LedgerDamaged(f"event {seq} is not the one that was written: history was changed", MEND)
