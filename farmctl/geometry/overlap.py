"""Do placed parts lie on the bed, apart from each other, under the frame?

Slicers print beside the bed, through neighbours and above the frame without a word, so this is
asked before they are started. Whole µm throughout, so that touching is touching.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from msgspec import Struct

from farmctl.geometry.findings import finding
from farmctl.geometry.footprint import Footprint, PointUm, cross
from farmctl.geometry.report import Finding


class Placed(Struct, frozen=True):
    """A part on a plate: its label, and where the middle of its box lies."""

    label: str
    footprint: Footprint
    x_um: int
    y_um: int

    @property
    def outline(self) -> tuple[PointUm, ...]:
        """Return its convex outline on the bed."""
        return tuple((x + self.x_um, y + self.y_um) for x, y in self.footprint.hull_um)


class Room(Struct, frozen=True):
    """What a plate has: a bed polygon of any shape, a height, and the gap parts must keep."""

    bed_um: tuple[PointUm, ...]
    height_um: int
    clearance_um: int = 0


def check_placement(placed: Sequence[Placed], room: Room) -> list[Finding]:
    """Return what is wrong with a plate, part by part and pair by pair; nothing when it is fine."""
    laid = [_Laid(part.label, part.outline) for part in placed]
    return [
        *(found for part in placed for found in _alone(part, room)),
        *(found for pair in combinations(laid, 2) for found in _together(*pair, room)),
    ]


class _Laid:
    """An outline on the bed, with the box around it."""

    def __init__(self, label: str, outline: tuple[PointUm, ...]) -> None:
        self.label = label
        self.outline = outline
        xs, ys = zip(*outline, strict=True)
        self.low, self.high = (min(xs), min(ys)), (max(xs), max(ys))


def _alone(part: Placed, room: Room) -> Iterator[Finding]:
    over = part.footprint.height_um - room.height_um
    if over > 0:
        yield finding("too-tall", f"{part.label} is {_mm(over)} mm higher than the printer reaches")
    if not _inside(part.outline, room.bed_um):
        beyond = max(_distance_outside(point, room.bed_um) for point in part.outline)
        by = f" by {_mm(beyond)} mm" if beyond else ""
        yield finding("off-bed", f"{part.label} is off the bed{by}")


def _together(one: _Laid, other: _Laid, room: Room) -> Iterator[Finding]:
    if not _boxes_near(one, other, room.clearance_um):
        return
    both = f"{one.label} and {other.label}"
    if _overlap(one.outline, other.outline):
        yield finding("overlap", f"{both} overlap")
        return
    gap = _gap(one.outline, other.outline)
    if gap < room.clearance_um:
        yield finding(
            "too-close", f"{both} are {_mm(gap)} mm apart, {_mm(room.clearance_um)} mm are needed"
        )


def _boxes_near(one: _Laid, other: _Laid, clearance_um: int) -> bool:
    return all(
        max(one.low[axis], other.low[axis])
        < min(one.high[axis], other.high[axis]) + max(clearance_um, 1)
        for axis in (0, 1)
    )


def _overlap(one: Sequence[PointUm], other: Sequence[PointUm]) -> bool:
    """Say whether two convex outlines share area: no edge has all of the other outside it."""
    return not any(
        all(cross(a, b, point) <= 0 for point in rest)
        for outline, rest in ((one, other), (other, one))
        for a, b in _edges(outline)
    )


def _gap(one: Sequence[PointUm], other: Sequence[PointUm]) -> float:
    """Return the distance of two outlines that do not overlap: always from a corner to an edge."""
    return min(
        _to_edge(point, a, b)
        for outline, rest in ((one, other), (other, one))
        for a, b in _edges(outline)
        for point in rest
    )


def _inside(outline: Sequence[PointUm], bed: Sequence[PointUm]) -> bool:
    if any(_distance_outside(point, bed) for point in outline):
        return False
    return not any(_crossing(*edge, *side) for edge in _edges(outline) for side in _edges(bed))


def _crossing(a: PointUm, b: PointUm, c: PointUm, d: PointUm) -> bool:
    """Say whether two segments cross in their middles: how an outline spans a notch of the bed."""
    return cross(a, b, c) * cross(a, b, d) < 0 and cross(c, d, a) * cross(c, d, b) < 0


def _distance_outside(point: PointUm, bed: Sequence[PointUm]) -> float:
    """Return how far a point is off a polygon; 0 inside and on its edge."""
    x, y = point
    inside = False
    nearest = math.inf
    for (ax, ay), (bx, by) in _edges(bed):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
        nearest = min(nearest, _to_edge(point, (ax, ay), (bx, by)))
    return 0.0 if inside else nearest


def _to_edge(point: PointUm, a: PointUm, b: PointUm) -> float:
    along_x, along_y = b[0] - a[0], b[1] - a[1]
    to_x, to_y = point[0] - a[0], point[1] - a[1]
    length = along_x**2 + along_y**2
    share = min(1.0, max(0.0, (to_x * along_x + to_y * along_y) / length)) if length else 0.0
    return math.hypot(to_x - share * along_x, to_y - share * along_y)


def _edges(polygon: Sequence[PointUm]) -> Iterator[tuple[PointUm, PointUm]]:
    return pairwise([*polygon, polygon[0]])


def _mm(length_um: float) -> str:
    return f"{length_um / 1000:.2f}"
