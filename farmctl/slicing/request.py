"""What is to be sliced: a plate, its settings, and the class it is for."""

from __future__ import annotations

from msgspec import Struct

from farmctl.gcode.check import PrintSpace
from farmctl.geometry.overlap import Room
from farmctl.model.digest import Digest, digest_of
from farmctl.slicing.key import PlacedPart, slice_key


class Ceiling(Struct, frozen=True):
    """The hottest that a class allows, in °C."""

    nozzle_c: float
    bed_c: float


class PlateRequest(Struct, frozen=True):
    """What is to be sliced, for one printer class.

    Args:
        parts: The parts and their places; labels are unique.
        settings: Complete settings, as `farmctl.profiles.effective` makes them.
        room: The bed, the height, and the gap that parts keep.
        ceiling: The hottest that the class allows.
        slicer: Digest of the slicer that the farm has pinned for this.
    """

    parts: tuple[PlacedPart, ...]
    settings: bytes
    room: Room
    ceiling: Ceiling
    slicer: Digest

    @property
    def key(self) -> Digest:
        """Return the digest of all that the g-code depends on."""
        return slice_key(self.parts, digest_of(self.settings), self.slicer)

    @property
    def checked_for(self) -> Digest:
        """Return the digest of what the g-code was checked against, which is not in the key."""
        return digest_of(repr((self.room, self.ceiling)).encode())

    @property
    def space(self) -> PrintSpace:
        """Return the room and the ceiling as the check of g-code takes them."""
        return PrintSpace(
            bed=tuple((x / 1000, y / 1000) for x, y in self.room.bed_um),
            height_mm=self.room.height_um / 1000,
            max_nozzle_c=self.ceiling.nozzle_c,
            max_bed_c=self.ceiling.bed_c,
        )
