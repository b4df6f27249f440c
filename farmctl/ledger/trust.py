"""What was verified last, so that a start need not walk the whole journal again.

Bytes with the digest of verified bytes are verified. A sealed segment is not even read while its
size, mtime and inode are what they were, except once a day; the open one is read at every start.
It is all a cache: what no longer agrees is walked link by link, and only that can find damage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from farmctl.ledger.cache import read_cache, write_cache
from farmctl.ledger.damage import JournalDamaged
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import START, Place
from farmctl.model.codec import decode, encode
from farmctl.system.disk import Stat

FORMAT = 1
_DAY = timedelta(days=1)


class Checked(Struct, frozen=True):
    """The start of a segment, or all of it, that was verified.

    Args:
        place: The place behind it.
        sha256: Digest of its bytes.
        trace: What the segment's size, mtime and inode were.
    """

    place: Place
    sha256: str
    trace: str


class Trust(Struct, frozen=True):
    """What was verified: one entry for each segment, all but the last of them whole.

    Args:
        full_at: When every byte was last looked at.
        checked: What was verified, in order.
    """

    full_at: datetime
    checked: tuple[Checked, ...] = ()


def load_trust(folder: LedgerFolder, identity: Identity) -> Trust | None:
    """Return what was verified last in this ledger, or None."""
    body = read_cache(folder.disk, folder.trust)
    if body is None or body["verified"] != FORMAT or body["ledger"] != identity.ledger:
        return None
    return decode(Trust, body["trust"])


def save_trust(folder: LedgerFolder, identity: Identity, trust: Trust) -> None:
    """Remember what was verified."""
    body = {"verified": FORMAT, "ledger": identity.ledger, "trust": encode(trust)}
    write_cache(folder.disk, folder.trust, body)


def renew(folder: LedgerFolder, trust: Trust | None, now: datetime) -> Trust:
    """Return the part of `trust` that still holds; all bytes are looked at when a day is over."""
    if trust is None:
        return Trust(full_at=now)
    fully = not timedelta(0) <= now - trust.full_at < _DAY
    held = []
    for each in trust.checked:
        whole = each is not trust.checked[-1]
        renewed = _renew(folder, each, whole=whole, unread_is_fine=whole and not fully)
        if renewed is None:
            break
        held.append(renewed)
    return Trust(now if fully else trust.full_at, tuple(held))


def until(trust: Trust, seq: int) -> Trust:
    """Return the part of `trust` that ends at event `seq` or before."""
    return replace(trust, checked=tuple(each for each in trust.checked if each.place.seq <= seq))


def extended(
    folder: LedgerFolder, identity: Identity, trust: Trust, places: Sequence[Place]
) -> Trust:
    """Return `trust` with the ends of segments that were walked, and the place reached, added.

    Nobody may take bytes for verified that changed since they were read: their links are walked
    once more, from what was trusted before. Raises JournalDamaged.
    """
    _walk_again(folder, identity, trust, places[-1])
    segments = {place.segment for place in places}
    kept = [each for each in trust.checked if each.place.segment not in segments]
    return replace(trust, checked=(*kept, *(_look(folder, place) for place in places)))


def _walk_again(folder: LedgerFolder, identity: Identity, trust: Trust, end: Place) -> None:
    newest = trust.checked[-1] if trust.checked else None
    holds = newest is not None and _look(folder, newest.place).sha256 == newest.sha256
    journal = Journal(folder, identity, newest.place if newest and holds else START)
    for _ in journal.read():
        pass
    if journal.place != end:
        raise JournalDamaged(end.segment, end.line, "the journal no longer ends where it did")


def _renew(
    folder: LedgerFolder, each: Checked, *, whole: bool, unread_is_fine: bool
) -> Checked | None:
    stat = folder.disk.stat(folder.segment(each.place.segment))
    if stat is None or (whole and stat.size != each.place.offset):
        return None
    if unread_is_fine and _trace(stat) == each.trace:
        return each
    looked = _look(folder, each.place)
    return looked if looked.sha256 == each.sha256 else None


def _look(folder: LedgerFolder, place: Place) -> Checked:
    path = folder.segment(place.segment)
    stat = folder.disk.stat(path)  # before the bytes: a later change then shows in it
    start = memoryview(folder.disk.read(path))[: place.offset]
    return Checked(place, hashlib.sha256(start).hexdigest(), _trace(stat))


def _trace(stat: Stat | None) -> str:
    return f"{stat.size} {stat.mtime_ns} {stat.inode}" if stat else ""
