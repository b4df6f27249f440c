"""The part of a bed that boxes may be laid on, in whole micrometres."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from farmctl.model.documents.printer_class import PrinterClass

PointUm = tuple[int, int]


class Box(Struct, frozen=True):
    """The rectangle that a part takes on the bed, in micrometres, however it is outlined."""

    width_um: int
    depth_um: int

    @property
    def turned(self) -> Box:
        """Return the box turned by 90°."""
        return Box(self.depth_um, self.width_um)

    @property
    def area_um2(self) -> int:
        """Return how much of the bed it takes."""
        return self.width_um * self.depth_um


class Area(Struct, frozen=True):
    """An upright rectangle on the bed."""

    x_um: int
    y_um: int
    width_um: int
    depth_um: int

    def holds(self, box: Box) -> bool:
        """Return whether the box fits as it stands."""
        return box.width_um <= self.width_um and box.depth_um <= self.depth_um


class BedShape(Struct, frozen=True):
    """What a printer class can reach.

    Args:
        outline_um: Its corners in order; a convex polygon.
        height_um: The printable height.
    """

    outline_um: tuple[PointUm, ...]
    height_um: int

    @property
    def middle_um(self) -> PointUm:
        """Return the middle of the smallest upright rectangle around the bed."""
        xs, ys = zip(*self.outline_um, strict=True)
        return (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2

    @property
    def around(self) -> Box:
        """Return the smallest upright rectangle around the bed."""
        xs, ys = zip(*self.outline_um, strict=True)
        return Box(max(xs) - min(xs), max(ys) - min(ys))


def rectangular(width_um: int, depth_um: int, height_um: int) -> BedShape:
    """Return a rectangular bed with a corner at the origin."""
    corners = ((0, 0), (width_um, 0), (width_um, depth_um), (0, depth_um))
    return BedShape(corners, height_um)


def areas_for(bed: BedShape, boxes: Sequence[Box], margin_um: int) -> tuple[Area, ...]:
    """Return the rectangles worth packing, each inside the bed and `margin_um` from its edge.

    A rectangular bed has one. On any other, the largest of a few shapes: square, like the bed, and
    like the largest box either way round.
    """
    if _is_rectangle(bed):
        return _inside_of(bed, margin_um)
    largest = max(boxes, key=lambda box: (box.area_um2, box.width_um))
    shapes = (Box(1, 1), bed.around, largest, largest.turned)
    found = [_largest_like(bed, shape, margin_um) for shape in shapes]
    return tuple(dict.fromkeys(area for area in found if area is not None))


def can_lie_on(bed: BedShape, box: Box, margin_um: int) -> bool:
    """Return whether the box alone fits the bed, as it stands or turned by 90°."""
    return any(
        area.holds(box) or area.holds(box.turned) for area in areas_for(bed, [box], margin_um)
    )


def _largest_like(bed: BedShape, shape: Box, margin_um: int) -> Area | None:
    """Return the largest rectangle of the shape's proportions around the middle of the bed.

    A rectangle with half sides hx, hy around a point m is on the inner side of an edge e when
    |ex|·hy + |ey|·hx is at most the cross product of e and m - a: so each edge bounds its growth.
    """
    halves: list[Box] = []
    for inward, ex, ey in _edges(bed):
        room = inward - margin_um * (math.isqrt(ex * ex + ey * ey) + 1)
        reach = abs(ex) * shape.depth_um + abs(ey) * shape.width_um
        if room <= 0 or reach == 0:
            return None
        halves.append(Box(shape.width_um * room // reach, shape.depth_um * room // reach))
    half = min(halves, key=lambda box: (box.width_um, box.depth_um))
    x, y = bed.middle_um
    return Area(x - half.width_um, y - half.depth_um, 2 * half.width_um, 2 * half.depth_um)


def _edges(bed: BedShape) -> Iterator[tuple[int, int, int]]:
    """Yield each edge as (how far inside the middle is, times its length; its x; its y)."""
    mx, my = bed.middle_um
    corners = bed.outline_um
    ring = pairwise([*corners, corners[0]])
    crosses = [
        ((bx - ax) * (my - ay) - (by - ay) * (mx - ax), bx - ax, by - ay)
        for (ax, ay), (bx, by) in ring
    ]
    side = 1 if sum(cross for cross, _, _ in crosses) >= 0 else -1
    for cross, ex, ey in crosses:
        yield side * cross, ex, ey


def _is_rectangle(bed: BedShape) -> bool:
    xs, ys = ({point[axis] for point in bed.outline_um} for axis in (0, 1))
    return len(xs) == len(ys) == 2 and set(bed.outline_um) == {(x, y) for x in xs for y in ys}


def _inside_of(bed: BedShape, margin_um: int) -> tuple[Area, ...]:
    xs, ys = zip(*bed.outline_um, strict=True)
    width, depth = bed.around.width_um - 2 * margin_um, bed.around.depth_um - 2 * margin_um
    if width <= 0 or depth <= 0:
        return ()
    return (Area(min(xs) + margin_um, min(ys) + margin_um, width, depth),)


def bed_of(document: PrinterClass) -> BedShape:
    """Return what printers of a class can reach."""
    outline = tuple((round(x * 1000), round(y * 1000)) for x, y in document.bed_outline_mm)
    return BedShape(outline, round(document.height_mm * 1000))
