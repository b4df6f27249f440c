"""Arcs (G2, G3) as the short straight pieces that firmware makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

PIECE_MM = 1.0
"""Marlin's MM_PER_ARC_SEGMENT and Klipper's `resolution` are both 1 mm by default."""
MOST_PIECES = 1000
"""An arc of more is taken with fewer, longer ones."""


class Arc(NamedTuple):
    """An arc in the XY plane around `cx, cy` to `end`; `sweep` is its angle in radians, signed."""

    end: tuple[float, float]
    cx: float
    cy: float
    radius: float
    start: float
    sweep: float

    def pieces(self) -> Iterator[tuple[float, float, float]]:
        """Yield the end of each piece as x, y and its share of the whole arc (0 to 1]."""
        length = abs(self.sweep) * self.radius
        count = min(MOST_PIECES, max(1, math.ceil(length / PIECE_MM)))
        for number in range(1, count):
            angle = self.start + self.sweep * number / count
            x = self.cx + self.radius * math.cos(angle)
            y = self.cy + self.radius * math.sin(angle)
            yield x, y, number / count
        yield *self.end, 1.0


def arc_between(
    start: tuple[float, float],
    end: tuple[float, float],
    words: Mapping[str, float],
    *,
    clockwise: bool,
) -> Arc:
    """Return the arc that G2 (clockwise) or G3 asks for with I and J, or with R, all in mm.

    Raises ValueError when the words make no arc.
    """
    if "R" in words:
        cx, cy = _center_by_radius(start, end, words["R"], clockwise=clockwise)
    elif "I" in words or "J" in words:
        cx, cy = start[0] + words.get("I", 0.0), start[1] + words.get("J", 0.0)
    else:
        raise ValueError("an arc needs I and J, or R")
    radius = distance(start[0] - cx, start[1] - cy)
    if radius == 0:
        raise ValueError("an arc needs a radius")
    first = math.atan2(start[1] - cy, start[0] - cx)
    last = math.atan2(end[1] - cy, end[0] - cx)
    sweep = (first - last if clockwise else last - first) % math.tau
    # Ending where it began is a whole turn, not a move of no length.
    sweep = sweep or math.tau
    return Arc(end, cx, cy, radius, first, -sweep if clockwise else sweep)


def distance(dx: float, dy: float) -> float:
    """Return how far it is.

    Not by `math.hypot`: that is not rounded alike in Python and in compiled code.
    """
    return math.sqrt(dx * dx + dy * dy)


def _center_by_radius(
    start: tuple[float, float], end: tuple[float, float], radius: float, *, clockwise: bool
) -> tuple[float, float]:
    """Return the centre `|radius|` away from both ends; a negative radius takes the longer way."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    chord = distance(dx, dy)
    if chord == 0 or abs(radius) < chord / 2:
        raise ValueError("no arc of this radius joins the two points")
    height = math.sqrt(radius * radius - chord * chord / 4)
    side = -1.0 if clockwise == (radius > 0) else 1.0
    cx = (start[0] + end[0]) / 2 - side * height * dy / chord
    cy = (start[1] + end[1]) / 2 + side * height * dx / chord
    return cx, cy
