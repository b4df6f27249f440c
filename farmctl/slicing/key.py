"""What a slice is made from, and the key that names it: the same key is the same g-code."""

from __future__ import annotations

import json

from msgspec import Struct

from farmctl.model.codec import encode
from farmctl.model.digest import Digest, digest_of

SLICING_VERSION = 1
"""Raised when the same inputs would give other g-code: argv, 3MF, canonical form, checks."""


class PlacedPart(Struct, frozen=True):
    """One part where it shall be.

    Args:
        label: The name of its position, `P01`: equal plates of different orders have equal labels.
        mesh: Digest of the clean mesh.
        x_um: Where the centre of its footprint lies on the bed.
        y_um: The same.
        rotate_mdeg: Rotation about x, y, z, in thousandths of a degree.
    """

    label: str
    mesh: Digest
    x_um: int
    y_um: int
    rotate_mdeg: tuple[int, ...] = (0, 0, 0)


def label(position: int) -> str:
    """Return the label of a position, counted from 1: `P01`."""
    return f"P{position:02}"


def slice_key(parts: tuple[PlacedPart, ...], settings: Digest, slicer: Digest) -> Digest:
    """Return the digest of everything that the g-code depends on."""
    inputs = {
        "farmctl": SLICING_VERSION,
        "parts": encode(parts),
        "settings": settings,
        "slicer": slicer,
    }
    return digest_of(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode())
