"""What is known of a slice afterwards: everything by digest, every figure measured."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.artifacts.lineage import Edge
from farmctl.gcode.summary import Summary
from farmctl.model.digest import Digest
from farmctl.slicing.slicer import Claims, SlicerWarning


class SliceRecord(Struct, frozen=True):
    """One slice.

    Args:
        key: What it was made from, see `slice_key`.
        gcode: Digest of the g-code in canonical form: the bytes that are sent to printers.
        plate: Digest of the 3MF that the slicer got.
        settings: Digest of the complete settings.
        slicer: Digest of the slicer that ran.
        checked_for: Digest of the bed, height and temperatures that the g-code was checked against.
        summary: What was measured from the g-code's moves.
        features: The settings that predictions learn from, see `features`.
        claims: What the slicer says of itself.
        warnings: What the slicer warned of.
        limits: The limits that were in force, sorted.
        edges: What each artifact was made from.
    """

    key: Digest
    gcode: Digest
    plate: Digest
    settings: Digest
    slicer: Digest
    checked_for: Digest
    summary: Summary
    features: Mapping[str, int]
    claims: Claims
    warnings: tuple[SlicerWarning, ...]
    limits: tuple[str, ...]
    edges: tuple[Edge, ...]
