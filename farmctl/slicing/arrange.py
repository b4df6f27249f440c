"""From places and meshes to the 3MF a slicer gets, after looking whether the parts may lie so."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from farmctl.artifacts.store import ArtifactStore
from farmctl.errors import SlicerFailed
from farmctl.gcode.summary import Placement as Box
from farmctl.geometry.clean_mesh import read_clean_mesh
from farmctl.geometry.footprint import Footprint, RotateDeg, footprint
from farmctl.geometry.overlap import Placed, Room, check_placement
from farmctl.geometry.threemf import Placement, write_plate
from farmctl.slicing.key import PlacedPart


class Arranged(Struct, frozen=True):
    """A plate ready to slice: its 3MF, and the box of each part on the bed."""

    plate: bytes
    boxes: tuple[Box, ...]


def arrange(parts: Sequence[PlacedPart], room: Room, store: ArtifactStore) -> Arranged:
    """Return the 3MF of a plate.

    Raises SlicerFailed for parts off the bed, above the frame or through each other;
    MissingArtifact and DamagedArtifact for a mesh that is not in the store.
    """
    if not parts:
        raise SlicerFailed("the plate is empty", "compose it again", "plate-empty")
    meshes = {digest: store.get(digest) for digest in sorted({part.mesh for part in parts})}
    shapes = {(part.mesh, part.rotate_mdeg) for part in parts}
    footprints = {
        (mesh, turn): footprint(read_clean_mesh(meshes[mesh]), _degrees(turn))
        for mesh, turn in sorted(shapes)
    }
    placed = [
        Placed(part.label, footprints[part.mesh, part.rotate_mdeg], part.x_um, part.y_um)
        for part in parts
    ]
    _refuse(placed, room)
    plate = write_plate([_placement(part, meshes[part.mesh]) for part in parts])
    return Arranged(plate, tuple(_box(each) for each in placed))


def _refuse(placed: Sequence[Placed], room: Room) -> None:
    found = check_placement(placed, room)
    if found:
        message = "; ".join(f"{each.what}: {each.why}" for each in found[:3])
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        raise SlicerFailed(f"{message}{more}", found[0].mend, found[0].code)


def _placement(part: PlacedPart, mesh: bytes) -> Placement:
    turn = _degrees(part.rotate_mdeg)
    return Placement(part.label, mesh, turn, part.x_um / 1000, part.y_um / 1000)


def _box(part: Placed) -> Box:
    wide, deep = _halves_mm(part.footprint)
    x, y = part.x_um / 1000, part.y_um / 1000
    return Box(x - wide, y - deep, x + wide, y + deep)


def _halves_mm(shape: Footprint) -> tuple[float, float]:
    return shape.width_um / 2000, shape.depth_um / 2000


def _degrees(rotate_mdeg: tuple[int, ...]) -> RotateDeg:
    x, y, z = (angle / 1000 for angle in rotate_mdeg)
    return x, y, z
