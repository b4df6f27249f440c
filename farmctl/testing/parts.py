"""Parts like those that farms print, made by code: binary STL, millimetres, closed.

The same bytes on each call. `PARTS` names them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from farmctl.testing.shapes import (
    Corner,
    Facet,
    Point,
    arc,
    binary_stl,
    cap,
    circle,
    closed_grid,
    prism,
    rounded,
    tube_grid,
    wall,
)


def box(width: float = 6, depth: float = 6, height: float = 1) -> bytes:
    """Return a box; the default one prints in seconds."""
    return binary_stl(box_facets(width, depth, height))


def box_facets(width: float, depth: float, height: float, at: Corner = (0, 0, 0)) -> list[Facet]:
    """Return the twelve facets of a box with its lowest corner at a place."""
    x, y, z = at
    outline = [(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)]
    return prism(outline, z, z + height)


def clip() -> bytes:
    """Return a C-shaped cable clip on a foot, 8 mm long."""
    neck = -7 * math.sin(math.radians(60))
    outline = [
        *arc((0, 0), 7, -60, 55, 24),
        *arc((0, 0), 5, 55, -235, 48),
        *arc((0, 0), 7, 125, 240, 24),
        *((-9, neck), (-9, -8.5), (9, -8.5), (9, neck)),
    ]
    return binary_stl(prism(outline, 0, 8))


def bracket() -> bytes:
    """Return an L-shaped corner bracket, 5 mm thick, with four counterbored screw holes."""
    outline = [*arc((6, 6), 6, 180, 270, 8), (50, 0), (50, 14), (18, 14)]
    outline += [*arc((18, 18), 4, 270, 180, 8)[1:], (14, 50), (0, 50)]
    middles = ((40, 7), (24, 7), (7, 24), (7, 40))
    holes = [circle((x, y), 1.7, 32) for x, y in middles]
    sinks = [circle((x, y), 3.2, 32) for x, y in middles]
    facets = [
        *cap(outline, 0, holes=holes, up=False),
        *cap(outline, 5, holes=sinks, up=True),
        *wall(outline, 0, 5),
    ]
    for hole, sink in zip(holes, sinks, strict=True):
        facets += [*wall(hole[::-1], 0, 2), *cap(sink, 2, holes=[hole], up=True)]
        facets += wall(sink[::-1], 2, 5)
    return binary_stl(facets)


def guide() -> bytes:
    """Return a U-shaped rail guide, lying, 60 mm long."""
    side: list[Point] = [(20, 0), (20, 10), (17.5, 10), (16, 8.5), (16, 3)]
    profile = [*side, *((20 - x, y) for x, y in reversed(side))]
    facets = prism(profile, 0, 60)
    return binary_stl([(_lying(a), _lying(b), _lying(c)) for a, b, c in facets])


def cover() -> bytes:
    """Return a fan cover: a plate with round corners, a rim, and a grill of slots."""
    outline, inside = rounded(42, 42, 5), rounded(42, 42, 5, inset=2)
    slots: list[list[Point]] = [
        [(x, 8), (x + 2.4, 8), (x + 2.4, 34), (x, 34)] for x in (8, 13, 18, 23, 28)
    ]
    facets = [
        *cap(outline, 0, holes=slots, up=False),
        *cap(inside, 2, holes=slots, up=True),
        *cap(outline, 9, holes=[inside], up=True),
        *wall(outline, 0, 9),
        *wall(inside[::-1], 2, 9),
        *(facet for slot in slots for facet in wall(slot[::-1], 0, 2)),
    ]
    return binary_stl(facets)


def gear(teeth: int = 24) -> bytes:
    """Return a spur gear with a keyed bore, 6 mm thick."""
    step = 360 / teeth
    outline = [
        point
        for tooth in range(teeth)
        for radius, share in ((11.0, 0.0), (11.0, 0.42), (13.0, 0.56), (13.0, 0.86))
        for point in arc((0, 0), radius, step * (tooth + share), step * (tooth + share), 1)[:1]
    ]
    bore = [*arc((0, 0), 2.5, 40, 320, 40)]
    return binary_stl(prism(outline, 0, 6, [bore]))


def knob(around: int = 180, rings: int = 60) -> bytes:
    """Return a fluted knob, 24 mm across: 21,960 facets, curved everywhere but at its ends."""
    return binary_stl(tube_grid([_knob_ring(ring / rings, around) for ring in range(rings + 1)]))


def torus(around: int = 160, across: int = 64) -> bytes:
    """Return a bumpy ring, 40 mm across: 20,480 facets, curved everywhere."""
    rows = [
        [_torus_point(2 * math.pi * row / across, 2 * math.pi * step / around)
         for step in range(around)]
        for row in range(across)
    ]  # fmt: skip
    return binary_stl(closed_grid(rows))


PARTS: dict[str, Callable[[], bytes]] = {
    "box": box,
    "clip": clip,
    "bracket": bracket,
    "guide": guide,
    "cover": cover,
    "gear": gear,
    "knob": knob,
    "torus": torus,
}


def _lying(corner: Corner) -> Corner:
    x, y, z = corner
    return z, x, y


def _knob_ring(share: float, around: int) -> list[Corner]:
    height = 16 * share
    radius = 9 + 3 * math.cos(math.pi * (share - 0.35)) ** 2
    turns = [2 * math.pi * step / around for step in range(around)]
    flutes = [radius * (1 + 0.04 * math.cos(12 * turn)) for turn in turns]
    return [
        (flute * math.cos(turn), flute * math.sin(turn), height)
        for flute, turn in zip(flutes, turns, strict=True)
    ]


def _torus_point(across: float, around: float) -> Corner:
    thick = 5 + 0.4 * math.sin(9 * around) * math.sin(5 * across)
    radius = 15 + thick * math.cos(across)
    return radius * math.cos(around), radius * math.sin(around), thick * math.sin(across)
