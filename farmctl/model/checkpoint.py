"""A checkpoint: what git remembers of the ledger, so that the ledger alone cannot be rewritten."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict

from farmctl.model import canonical, codec

NAMESPACE = "farmctl-ledger@v1"
"""What checkpoints are signed for: no signature of anything else counts as one."""


class Checkpoint(Struct, frozen=True):
    """An event that the journal held.

    Args:
        farm: The farm's id.
        ledger: The ledger's id.
        epoch: Its epoch then.
        seq: Number of the last event.
        hash: Hash of that event, and so of all before it.
        at: When it was made.
    """

    farm: str
    ledger: str
    epoch: int
    seq: int
    hash: str
    at: datetime


def to_document(checkpoint: Checkpoint) -> bytes:
    """Return the bytes that are kept and signed: one line of canonical JSON."""
    return canonical.encode(asdict(checkpoint)) + b"\n"


def from_document(raw: bytes) -> Checkpoint:
    """Return what a document says. Raises NotCanonical, Undecodable."""
    return codec.decode(Checkpoint, canonical.decode(raw.removesuffix(b"\n")))
