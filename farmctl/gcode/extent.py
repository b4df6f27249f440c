"""The box around points, while they come in."""

from __future__ import annotations

from farmctl.gcode.summary import Bounds


class Extent:
    """A box that grows with the points it includes, in mm."""

    __slots__ = ("_max_x", "_max_y", "_max_z", "_min_x", "_min_y", "_min_z", "_some")

    def __init__(self) -> None:
        self._some = False

    def include(self, x: float, y: float, z: float) -> None:
        """Grow to include a point."""
        if not self._some:
            self._some = True
            self._min_x, self._min_y, self._min_z = x, y, z
            self._max_x, self._max_y, self._max_z = x, y, z
        if x < self._min_x:
            self._min_x = x
        elif x > self._max_x:
            self._max_x = x
        if y < self._min_y:
            self._min_y = y
        elif y > self._max_y:
            self._max_y = y
        if z < self._min_z:
            self._min_z = z
        elif z > self._max_z:
            self._max_z = z

    def corners(self) -> list[tuple[float, float, float]]:
        """Return its lowest and its highest corner; nothing when it includes nothing."""
        if not self._some:
            return []
        low = self._min_x, self._min_y, self._min_z
        return [low, (self._max_x, self._max_y, self._max_z)]


def bounds(*extents: Extent) -> Bounds | None:
    """Return the box around boxes in µm, or None when they include nothing."""
    corners = [corner for extent in extents for corner in extent.corners()]
    if not corners:
        return None
    axes = tuple(zip(*corners, strict=True))
    return Bounds(*(round(edge(axis) * 1000) for edge in (min, max) for axis in axes))
