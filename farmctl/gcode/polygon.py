"""A bed seen from above."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from farmctl.errors import FarmctlError

Point = tuple[float, float]


class Polygon:
    """An area within corners, in mm. Raises FarmctlError for fewer than three."""

    def __init__(self, corners: Sequence[Point]) -> None:
        if len(corners) < 3:
            raise FarmctlError(
                f"a bed of {len(corners)} corners has no area", "give at least three corners"
            )
        self._edges = tuple(pairwise((*corners, corners[0])))
        self._x = sum(x for x, _ in corners) / len(corners)
        self._y = sum(y for _, y in corners) / len(corners)
        # Whatever is nearer to the middle than any edge needs no closer look.
        is_around = self._contains(self._x, self._y)
        self._near_mm = self._edge_mm(self._x, self._y) if is_around else 0.0

    @property
    def is_convex(self) -> bool:
        """Return whether what lies between two points of the area lies in it too."""
        ways = [(bx - ax, by - ay) for (ax, ay), (bx, by) in self._edges]
        turns = [dx * ey - dy * ex for (dx, dy), (ex, ey) in pairwise([*ways, ways[0]])]
        return all(turn >= 0 for turn in turns) or all(turn <= 0 for turn in turns)

    def outside_mm(self, x: float, y: float) -> float:
        """Return how far outside a point lies; 0 when it is inside or on the edge."""
        if hypot(x - self._x, y - self._y) < self._near_mm or self._contains(x, y):
            return 0.0
        return self._edge_mm(x, y)

    def _contains(self, x: float, y: float) -> bool:
        """Return whether a ray from the point to the right crosses the outline an odd time."""
        crossings = 0
        for (ax, ay), (bx, by) in self._edges:
            if (ay > y) != (by > y):
                crossings += x < ax + (y - ay) / (by - ay) * (bx - ax)
        return crossings % 2 == 1

    def _edge_mm(self, x: float, y: float) -> float:
        """Return the distance to the nearest edge."""
        return min(_distance_mm((x, y), start, end) for start, end in self._edges)


def _distance_mm(point: Point, start: Point, end: Point) -> float:
    """Return the distance of a point from a stretch."""
    (x, y), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    share = ((x - ax) * dx + (y - ay) * dy) / length2 if length2 else 0.0
    share = min(1.0, max(0.0, share))
    return hypot(x - ax - share * dx, y - ay - share * dy)
