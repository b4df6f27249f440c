"""The head: how far the journal must reach.

A journal that lost its tail is a valid shorter journal. So each intent also overwrites the older
of two slots in another file: a cut write leaves the other slot, and a journal that ends before
the newer slot has lost events that were acted on. The slots lie on pages of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache, partial

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.ledger.damage import disk_refused
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.lines import Place
from farmctl.model.canonical import encode_normal
from farmctl.system.disk import OpenFile

SLOT_OFFSETS = (0, 4096)
SLOT_B = 512
_BODY = b'{"epoch":%d,"farm":%b,"hash":"%b","ledger":%b,"seq":%d}'


class Head(Struct, frozen=True):
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


class HeadFile:
    """The head, for somebody who moves it again and again."""

    def __init__(self, folder: LedgerFolder) -> None:
        self._folder = folder
        self._file: OpenFile | None = None
        self._older: int | None = None  # index of the slot to write next, once it is known

    def write(self, head: Head) -> None:
        """Overwrite the older slot, durably. Raises FarmctlError when the disk does not take it."""
        self.ready(head)()

    def ready(self, head: Head) -> Callable[[], None]:
        """Return what overwrites the older slot, with everything else done: both raise as `write`.

        A processor that has waited for the disk finds its caches cold: little is left for then.
        """
        slot = _slot(head)
        try:
            older = _older(self._folder) if self._older is None else self._older
            if self._file is None or not self._file.is_there():
                self._file = self._folder.disk.opened(self._folder.head)
        except OSError as error:
            raise disk_refused("ledger", error) from error
        return partial(self._put, self._file, older, slot)

    def _put(self, file: OpenFile, older: int, slot: bytes) -> None:
        self._older = None  # a write that fails may leave anything
        try:
            file.write_at(SLOT_OFFSETS[older], slot)
        except OSError as error:
            raise disk_refused("ledger", error) from error
        self._older = 1 - older

    def forget(self) -> None:
        """Look again before the next write: somebody else may have moved the head."""
        self._older = None


def write_head(folder: LedgerFolder, head: Head) -> None:
    """Overwrite the older slot, durably."""
    HeadFile(folder).write(head)


def reset_head(folder: LedgerFolder, head: Head) -> None:
    """Overwrite both slots: nothing written before counts any more."""
    file = folder.disk.opened(folder.head)
    for offset in SLOT_OFFSETS:
        file.write_at(offset, _slot(head))


def _older(folder: LedgerFolder) -> int:
    first, second = _slots(folder)
    return 1 if first and (second is None or second.age < first.age) else 0


def _slots(folder: LedgerFolder) -> tuple[Head | None, Head | None]:
    try:
        raw = folder.disk.read(folder.head)
    except FileNotFoundError:
        return None, None
    first, second = (_parse(raw[offset : offset + SLOT_B]) for offset in SLOT_OFFSETS)
    return first, second


def _slot(head: Head) -> bytes:
    body = _BODY % (
        head.identity.epoch,
        _quoted(head.identity.farm),
        head.hash.encode(),
        _quoted(head.identity.ledger),
        head.seq,
    )
    line = hashlib.sha256(body).hexdigest().encode() + b" " + body
    if len(line) >= SLOT_B:
        raise FarmctlError("the ids of farm and ledger are too long", "use at most 64 characters")
    return line.ljust(SLOT_B - 1) + b"\n"


@lru_cache(maxsize=8)
def _quoted(text: str) -> bytes:
    """Return the canonical bytes of an id: those of one ledger are the same for each intent."""
    return encode_normal(text)


def _parse(raw: bytes) -> Head | None:
    digest, _, body = raw.rstrip().partition(b" ")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    value = json.loads(body)
    identity = Identity(value["farm"], value["ledger"], value["epoch"])
    return Head(identity, value["seq"], value["hash"])
