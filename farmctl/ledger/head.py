"""The head: how far the journal must reach.

A journal that lost its tail is a valid shorter journal. So each intent also overwrites the older
of two slots in another file: a cut write leaves the other slot, and a journal that ends before
the newer slot has lost events that were acted on. The slots lie on pages of their own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from farmctl.errors import FarmctlError
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.lines import Place
from farmctl.model.canonical import encode

SLOT_OFFSETS = (0, 4096)
SLOT_B = 512


@dataclass(frozen=True, slots=True)
class Head:
    """An event that the journal must hold.

    Args:
        identity: Whose ledger it is, at which epoch.
        seq: Number of the event; 0 in a new ledger.
        hash: Its hash.
    """

    identity: Identity
    seq: int
    hash: str

    @property
    def age(self) -> tuple[int, int]:
        """Return what orders heads: a restored ledger may be shorter, but its epoch is higher."""
        return self.identity.epoch, self.seq


def head_at(identity: Identity, place: Place) -> Head:
    """Return the head of a journal that reaches `place`."""
    return Head(Identity(identity.farm, identity.ledger, place.epoch), place.seq, place.hash)


def read_head(folder: LedgerFolder) -> Head | None:
    """Return the newer of the heads in the two slots; None when neither can be read."""
    return max(filter(None, _slots(folder)), key=lambda head: head.age, default=None)


def write_head(folder: LedgerFolder, head: Head) -> None:
    """Overwrite the older slot, durably."""
    first, second = _slots(folder)
    older = 1 if first and (second is None or second.age < first.age) else 0
    folder.disk.write_at(folder.head, SLOT_OFFSETS[older], _slot(head))


def reset_head(folder: LedgerFolder, head: Head) -> None:
    """Overwrite both slots: nothing written before counts any more."""
    for offset in SLOT_OFFSETS:
        folder.disk.write_at(folder.head, offset, _slot(head))


def _slots(folder: LedgerFolder) -> tuple[Head | None, Head | None]:
    try:
        raw = folder.disk.read(folder.head)
    except FileNotFoundError:
        return None, None
    first, second = (_parse(raw[offset : offset + SLOT_B]) for offset in SLOT_OFFSETS)
    return first, second


def _slot(head: Head) -> bytes:
    body = encode(
        {
            "epoch": head.identity.epoch,
            "farm": head.identity.farm,
            "hash": head.hash,
            "ledger": head.identity.ledger,
            "seq": head.seq,
        }
    )
    line = hashlib.sha256(body).hexdigest().encode() + b" " + body
    if len(line) >= SLOT_B:
        raise FarmctlError("the ids of farm and ledger are too long", "use at most 64 characters")
    return line.ljust(SLOT_B - 1) + b"\n"


@lru_cache(maxsize=4)  # an intent changes one slot, and looks at both
def _parse(raw: bytes) -> Head | None:
    digest, _, body = raw.rstrip().partition(b" ")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    value = json.loads(body)
    identity = Identity(value["farm"], value["ledger"], value["epoch"])
    return Head(identity, value["seq"], value["hash"])
