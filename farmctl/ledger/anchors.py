"""Checkpoints against the journal: when one is due, and whether the journal still holds it.

A journal that was rewritten as a whole, head included, is a valid journal. Only what was written
down elsewhere shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from msgspec import Struct
from msgspec.json import Decoder

from farmctl.errors import LedgerDamaged
from farmctl.ledger.damage import MEND
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.lines import Place
from farmctl.model.checkpoint import Checkpoint
from farmctl.model.codec import time_text

EVERY_EVENTS = 256
EVERY = timedelta(minutes=15)
_COPY = (
    "`farmctl ledger restore BACKUP` with a copy that holds it, or begin anew with"
    " `farmctl ledger new --discard-history`"
)


class Mark(Struct, frozen=True):
    """What stands in the journal at a number: an event's epoch and hash."""

    epoch: int
    hash: str
    seq: int


class Standing(StrEnum):
    """What became of the event that a checkpoint names."""

    HELD = "held"
    LEFT_BEHIND = "left behind"  # by a restore, which began a new epoch before it
    LOST = "lost"
    CHANGED = "changed"


class CutShort(LedgerDamaged):
    """The journal ends before an event that git anchored: a copy that goes on may be found."""


class Rewritten(LedgerDamaged):
    """Another event stands where git anchored one: no journal goes on from both."""


def is_due(
    last: Checkpoint | None, place: Place, run_ended: datetime | None, now: datetime
) -> bool:
    """Return whether a journal that reaches `place` needs a checkpoint now.

    Args:
        last: The newest one of this ledger, if there is one.
        place: Where the journal ends.
        run_ended: When a run last ended; None when none did.
        now: A clock that was set back makes one due.
    """
    if last is None or last.epoch != place.epoch:
        return place.seq > 0
    if place.seq <= last.seq:
        return False
    is_old = not timedelta(0) <= now - last.at < EVERY
    has_ended = run_ended is not None and run_ended >= last.at
    return is_old or has_ended or place.seq - last.seq >= EVERY_EVENTS


def standing(checkpoint: Checkpoint, mark: Mark | None, epoch: int) -> Standing:
    """Return what became of a checkpoint's event.

    Args:
        checkpoint: One of this ledger.
        mark: What the journal has at its number.
        epoch: The journal's epoch: a restore that raised it may have left events behind.
    """
    if mark is not None and mark.hash == checkpoint.hash:
        return Standing.HELD
    if checkpoint.epoch < epoch and (mark is None or mark.epoch > checkpoint.epoch):
        return Standing.LEFT_BEHIND
    return Standing.LOST if mark is None else Standing.CHANGED


def damage_of(checkpoint: Checkpoint, found: Standing, place: Place) -> LedgerDamaged | None:
    """Return what is wrong with a journal that ends at `place`, or None when nothing is."""
    anchored = f"event {checkpoint.seq}, which git anchored at {time_text(checkpoint.at)}"
    match found:
        case Standing.HELD | Standing.LEFT_BEHIND:
            return None
        case Standing.LOST:
            where = f"the journal ends at event {place.seq}, before {anchored}"
            return CutShort(f"{where}: its tail is lost, or an older copy was put there", MEND)
        case Standing.CHANGED:
            what = f"the journal does not hold {anchored}"
            return Rewritten(f"{what}: another event stands there, history was changed", _COPY)
        case _:
            assert_never(found)


def is_of(checkpoint: Checkpoint, identity: Identity) -> bool:
    """Return whether a checkpoint is of this ledger, at whatever epoch."""
    return (checkpoint.farm, checkpoint.ledger) == (identity.farm, identity.ledger)


def marks(folder: LedgerFolder, numbers: Collection[int]) -> Mapping[int, Mark]:
    """Return what stands in the journal at these numbers, where anything does.

    Only those lines are looked at: that they follow from one another is proven elsewhere.
    """
    wanted = sorted(set(numbers))
    found: dict[int, Mark] = {}
    for segment in reversed(folder.segments()):
        if not wanted:
            break
        lines = folder.disk.read(folder.segment(segment)).split(b"\n")
        first_seq = _first_seq(lines[0])
        if first_seq is None:
            continue
        inside = [seq for seq in wanted if seq >= first_seq]
        found |= {mark.seq: mark for mark in _marks(lines, first_seq, inside)}
        wanted = wanted[: len(wanted) - len(inside)]
    return found


class _Header(Struct, frozen=True):
    first_seq: int


_HEADERS = Decoder(_Header)  # both types are known before there are threads
_MARKS = Decoder(Mark)


def _first_seq(line: bytes) -> int | None:
    try:
        return _HEADERS.decode(line).first_seq
    except ValueError:
        return None


def _marks(lines: list[bytes], first_seq: int, numbers: list[int]) -> Iterator[Mark]:
    for seq in numbers:
        line = seq - first_seq + 1  # below the header
        if line < len(lines):
            mark = _mark(lines[line])
            if mark is not None and mark.seq == seq:
                yield mark


def _mark(line: bytes) -> Mark | None:
    try:
        return _MARKS.decode(line)
    except ValueError:  # damaged, or the unfinished last one
        return None
