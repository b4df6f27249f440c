"""Arcs as short straight moves: what `farmctl.gcode.arcs` says, compiled."""

from __future__ import annotations

from math import atan2, ceil, cos, pi, sin, sqrt

from farmctl.gcode import arcs
from farmctl.gcode.arcs import MOST_PIECES, PIECE_MM
from farmctl.gcode.compiled.jit import inner
from farmctl.gcode.compiled.letters import NOT_PLAIN, RADIUS, TO_X, TO_Y
from farmctl.gcode.compiled.modal import (
    AT_X,
    AT_Y,
    AT_Z,
    MOST_MM,
    UNIT,
    WORDS,
    Target,
    go,
    target,
)
from farmctl.gcode.toolpath import Floats

_distance = inner(arcs.distance)
_TURN = 2 * pi
_HAS_CENTER = 1 << TO_X | 1 << TO_Y
_HAS_RADIUS = 1 << RADIUS

Asked = tuple[int, bool]
"""Which words there are, and whether the arc goes clockwise."""


@inner
def go_round(asked: Asked, modal: Floats, moves: Floats, count: int) -> int:
    """Move along an arc, with a column for each piece; return how many moves there are.

    Words that make no arc, or one out of this world, are NOT_PLAIN.
    """
    given, is_clockwise = asked
    to = target(given, modal)
    x, y, z, pushed, feed = to
    is_arc, cx, cy = _center(asked, to, modal)
    first_x, first_y, first_z = modal[AT_X], modal[AT_Y], modal[AT_Z]
    radius = _distance(first_x - cx, first_y - cy)
    reach = abs(cx) + abs(cy) + 2 * radius + abs(first_z) + abs(z) + abs(pushed)
    if not is_arc or radius == 0.0 or not reach < MOST_MM:
        return NOT_PLAIN
    first, last = atan2(first_y - cy, first_x - cx), atan2(y - cy, x - cx)
    sweep = (first - last if is_clockwise else last - first) % _TURN
    if sweep == 0.0:
        sweep = _TURN
    if is_clockwise:
        sweep = -sweep
    pieces = min(MOST_PIECES, max(1, ceil(abs(sweep) * radius / PIECE_MM)))
    done = 0.0
    for number in range(1, pieces + 1):
        share = number / pieces
        angle = first + sweep * number / pieces
        px, py = cx + radius * cos(angle), cy + radius * sin(angle)
        if number == pieces:
            px, py = x, y
        height = first_z + (z - first_z) * share
        piece = (px, py, height, pushed * (share - done), feed)
        count = go(piece, modal, moves, count)
        done = share
    return count


@inner
def _center(asked: Asked, to: Target, modal: Floats) -> tuple[bool, float, float]:
    """Return whether the words make an arc, and the middle of it."""
    given, is_clockwise = asked
    x, y, unit = modal[AT_X], modal[AT_Y], modal[UNIT]
    if not given & _HAS_RADIUS:
        i = modal[WORDS + TO_X] * unit if given & (1 << TO_X) else 0.0
        j = modal[WORDS + TO_Y] * unit if given & (1 << TO_Y) else 0.0
        return given & _HAS_CENTER != 0, x + i, y + j
    radius = modal[WORDS + RADIUS] * unit
    dx, dy = to[0] - x, to[1] - y
    chord = _distance(dx, dy)
    if chord == 0.0 or abs(radius) < chord / 2:
        return False, 0.0, 0.0
    height = sqrt(radius * radius - chord * chord / 4)
    side = -1.0 if is_clockwise == (radius > 0) else 1.0
    cx = (x + to[0]) / 2 - side * height * dy / chord
    cy = (y + to[1]) / 2 + side * height * dx / chord
    return True, cx, cy
