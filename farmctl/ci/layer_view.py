"""One layer of a print as lines with their speed, and which layer shows a change best. Pure."""

from __future__ import annotations

from msgspec import Struct

from farmctl.ci.report import Result
from farmctl.gcode.commands import Move
from farmctl.gcode.measured import LayerFigures
from farmctl.gcode.moves import commands

MOST_POINTS = 6_000
"""How many points of a layer are drawn: more is no picture any more."""


class Line(Struct, frozen=True):
    """What is laid without a break at one speed.

    Args:
        speed_um_s: How fast the file asks for it.
        points: x, y, x, y, … in µm.
    """

    speed_um_s: int
    points: tuple[int, ...]


class LayerView(Struct, frozen=True):
    """One layer before and after a change."""

    z_um: int
    before: tuple[Line, ...]
    after: tuple[Line, ...]


def telling_layer(result: Result) -> int | None:
    """Return the height of the layer that changed most; None where no two of one height differ."""
    if result.before is None:
        return None
    old = {each.z_um: each for each in result.before.layers}
    both = [(old[each.z_um], each) for each in result.after.layers if each.z_um in old]
    differ = [(_difference(*pair), -pair[1].z_um) for pair in both if pair[0] != pair[1]]
    return -max(differ)[1] if differ else None


def _difference(before: LayerFigures, after: LayerFigures) -> int:
    """Return how far apart two layers are, in thousandths of their time and volume."""
    pairs = ((before.time_ms, after.time_ms), (before.volume_nl, after.volume_nl))
    return sum(1000 * abs(new - old) // max(1, old) for old, new in pairs)


def lines_at(raw: bytes, z_um: int) -> tuple[Line, ...]:
    """Return the lines that a file lays at a height; at most `MOST_POINTS` points of them."""
    found: list[tuple[int, list[int]]] = []
    place: tuple[int, int] | None = None
    left = MOST_POINTS
    for each in commands(raw):
        if not isinstance(each, Move) or not (each.dx or each.dy):
            continue
        end = (round(each.x * 1000), round(each.y * 1000))
        if each.de > 0 and round(each.z * 1000) == z_um and left > 0:
            start = (round((each.x - each.dx) * 1000), round((each.y - each.dy) * 1000))
            speed = round(each.feed * 1000)
            if place != start or not found or found[-1][0] != speed:
                found.append((speed, [*start]))
            found[-1][1].extend(end)
            left -= 1
            place = end
        else:
            place = None
    return tuple(Line(speed, tuple(points)) for speed, points in found)


def extent(view: LayerView) -> tuple[int, int, int, int]:
    """Return the smallest x and y, and width and height around both sides, in µm."""
    points = [each.points for side in (view.before, view.after) for each in side]
    xs = [x for each in points for x in each[::2]]
    ys = [y for each in points for y in each[1::2]]
    if not xs:
        return 0, 0, 1, 1
    return min(xs), min(ys), max(1, max(xs) - min(xs)), max(1, max(ys) - min(ys))
