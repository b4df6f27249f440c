"""Solids from outlines, by hand: closed, facing outwards, the same bytes each time.

An outline runs counter-clockwise; a hole in it is given the same way and turned here.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float]
Outline = Sequence[Point]
Corner = tuple[float, float, float]
Facet = tuple[Corner, Corner, Corner]


def binary_stl(facets: Iterable[Facet]) -> bytes:
    """Return a binary STL; normals are left to the reader, as the format allows."""
    rows = [struct.pack("<12fH", 0, 0, 0, *a, *b, *c, 0) for a, b, c in facets]
    return b"made by code".ljust(80) + struct.pack("<I", len(rows)) + b"".join(rows)


def ascii_stl(facets: Iterable[Facet]) -> bytes:
    """Return the same as text."""
    lines = ["solid made by code"]
    for facet in facets:
        corners = [f"      vertex {x:.9g} {y:.9g} {z:.9g}" for x, y, z in facet]
        lines += ["  facet normal 0 0 0", "    outer loop", *corners, "    endloop", "  endfacet"]
    return "\n".join([*lines, "endsolid made by code", ""]).encode()


def facets_of(raw: bytes) -> list[Facet]:
    """Return the facets of a binary STL of `binary_stl`."""
    rows = struct.iter_unpack("<12fH", raw[84:])
    return [(row[3:6], row[6:9], row[9:12]) for row in rows]


def circle(middle: Point, radius: float, sides: int = 48) -> list[Point]:
    """Return a circle as a polygon."""
    return arc(middle, radius, 0, 360, sides)[:-1]


def arc(middle: Point, radius: float, start: float, end: float, sides: int) -> list[Point]:
    """Return the corners of an arc between two angles in degrees, both ends included."""
    x, y = middle
    turns = [math.radians(start + (end - start) * step / sides) for step in range(sides + 1)]
    return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]


def rounded(width: float, depth: float, radius: float, inset: float = 0) -> list[Point]:
    """Return a rectangle with round corners, its lower left at the origin, drawn in by `inset`."""
    low, right, back = radius, width - radius, depth - radius
    turns = ((right, back, 0), (low, back, 90), (low, low, 180), (right, low, 270))
    return [
        point
        for x, y, start in turns
        for point in arc((x, y), radius - inset, start, start + 90, 8)
    ]


def prism(outline: Outline, low: float, high: float, holes: Sequence[Outline] = ()) -> list[Facet]:
    """Return an outline drawn up from one height to another."""
    return [
        *cap(outline, low, holes=holes, up=False),
        *cap(outline, high, holes=holes, up=True),
        *wall(outline, low, high),
        *(facet for hole in holes for facet in wall(hole[::-1], low, high)),
    ]


def cap(
    outline: Outline, height: float, *, holes: Sequence[Outline] = (), up: bool
) -> Iterator[Facet]:
    """Yield the flat facets of an outline at a height, facing up or down."""
    for a, b, c in _triangles(_joined(outline, holes)):
        first, second = (b, c) if up else (c, b)
        yield (*a, height), (*first, height), (*second, height)


def wall(outline: Outline, low: float, high: float) -> Iterator[Facet]:
    """Yield the upright facets along an outline; its left side is solid."""
    for (ax, ay), (bx, by) in pairwise([*outline, outline[0]]):
        yield (ax, ay, low), (bx, by, low), (bx, by, high)
        yield (ax, ay, low), (bx, by, high), (ax, ay, high)


def closed_grid(rows: Sequence[Sequence[Corner]]) -> Iterator[Facet]:
    """Yield the facets of a grid of points that closes on itself both ways, as on a torus."""
    for row, after in pairwise([*rows, rows[0]]):
        yield from _strip(row, after)


def tube_grid(rows: Sequence[Sequence[Corner]]) -> Iterator[Facet]:
    """Yield the facets of rings stacked upwards, with a flat fan closing both ends."""
    for row, after in pairwise(rows):
        yield from _strip(row, after)
    for ring in (rows[0][::-1], rows[-1]):
        middle = (0.0, 0.0, ring[0][2])
        yield from ((middle, here, beside) for here, beside in pairwise([*ring, ring[0]]))


def _strip(row: Sequence[Corner], after: Sequence[Corner]) -> Iterator[Facet]:
    lower, upper = [*row, row[0]], [*after, after[0]]
    for (a, b), (d, c) in zip(pairwise(lower), pairwise(upper), strict=True):
        yield a, b, c
        yield a, c, d


def _joined(outline: Outline, holes: Sequence[Outline]) -> list[Point]:
    """Return one outline that runs into each hole and back, over the shortest free bridge."""
    joined = list(outline)
    for number, hole in enumerate(holes):
        inner = list(hole[::-1])
        walls = [*_sides(joined), *(side for left in holes[number:] for side in _sides(left))]
        here, there = _bridge(joined, inner, walls)
        inner = [*inner[there:], *inner[: there + 1]]
        joined = [*joined[: here + 1], *inner, *joined[here:]]
    return joined


def _bridge(
    joined: Sequence[Point], inner: Sequence[Point], walls: Sequence[tuple[Point, Point]]
) -> tuple[int, int]:
    ways = sorted(
        (math.dist(one, other), here, there)
        for here, one in enumerate(joined)
        for there, other in enumerate(inner)
    )
    for _, here, there in ways:
        if not any(_cross(joined[here], inner[there], *side) for side in walls):
            return here, there
    raise ValueError("the hole is not inside the outline")


def _sides(polygon: Outline) -> list[tuple[Point, Point]]:
    return list(pairwise([*polygon, polygon[0]]))


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _triangles(outline: Sequence[Point]) -> Iterator[tuple[Point, Point, Point]]:
    """Yield triangles that fill an outline, cutting one ear after the other."""
    rest = list(outline)
    while len(rest) > 3:
        ear = next(place for place in range(len(rest)) if _is_ear(rest, place))
        yield rest[ear - 1], rest[ear], rest[(ear + 1) % len(rest)]
        del rest[ear]
    yield rest[0], rest[1], rest[2]


def _is_ear(rest: Sequence[Point], place: int) -> bool:
    a, b, c = rest[place - 1], rest[place], rest[(place + 1) % len(rest)]
    if _turn(a, b, c) <= 0:
        return False
    return not any(
        _turn(a, b, p) >= 0 and _turn(b, c, p) >= 0 and _turn(c, a, p) >= 0
        for p in rest
        if p not in (a, b, c)
    )
