"""What a part needs of a bed: its outline seen from above, its height, where it touches."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from farmctl.geometry.clean_mesh import CORNERS_PER_FACET, CleanMesh

PointUm = tuple[int, int]
RotateDeg = tuple[float, float, float]

_TOUCH_MM = 0.1


class Oriented(Struct, frozen=True):
    """A part turned as it will lie: points in mm, its box centred on x = y = 0, standing on 0."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    zs: tuple[float, ...]


class Footprint(Struct, frozen=True):
    """A part as the packer sees it, in µm.

    `hull_um` is the convex outline from above, counter-clockwise, around the middle of the
    part's box; `contact_um2` is the area of the facets that face down within 0.1 mm of the bed.
    """

    hull_um: tuple[PointUm, ...]
    width_um: int
    depth_um: int
    height_um: int
    contact_um2: int


def oriented(mesh: CleanMesh, rotate_deg: RotateDeg) -> Oriented:
    """Return the part turned about the fixed x axis, then y, then z, and set on the bed."""
    xs, ys, zs = mesh.vertices[0::3], mesh.vertices[1::3], mesh.vertices[2::3]
    if any(rotate_deg):
        points = tuple(zip(xs, ys, zs, strict=True))
        xs, ys, zs = (
            tuple(a * x + b * y + c * z for x, y, z in points) for a, b, c in rotation(rotate_deg)
        )
    middle_x, middle_y, bottom = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, min(zs)
    return Oriented(
        tuple(x - middle_x for x in xs),
        tuple(y - middle_y for y in ys),
        tuple(z - bottom for z in zs),
    )


def footprint(mesh: CleanMesh, rotate_deg: RotateDeg = (0.0, 0.0, 0.0)) -> Footprint:
    """Return what a part needs of a bed when it is turned so."""
    part = oriented(mesh, rotate_deg)
    return Footprint(
        hull_um=convex_hull([(_um(x), _um(y)) for x, y in zip(part.xs, part.ys, strict=True)]),
        width_um=_um(max(part.xs) - min(part.xs)),
        depth_um=_um(max(part.ys) - min(part.ys)),
        height_um=_um(max(part.zs)),
        contact_um2=_contact_um2(part, mesh.faces),
    )


def rotation(rotate_deg: RotateDeg) -> tuple[tuple[float, float, float], ...]:
    """Return the rows of Rz · Ry · Rx; quarter turns are exact."""
    (cx, sx), (cy, sy), (cz, sz) = (_cos_sin(angle) for angle in rotate_deg)
    return (
        (cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx),
        (sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx),
        (-sy, cy * sx, cy * cx),
    )


def convex_hull(points: Sequence[PointUm]) -> tuple[PointUm, ...]:
    """Return the corners of the convex hull, counter-clockwise (A. M. Andrew, 1979)."""
    in_order = sorted(set(points))
    if len(in_order) < 3:
        return tuple(in_order)
    lower, upper = _chain(in_order), _chain(in_order[::-1])
    return (*lower[:-1], *upper[:-1])


def _chain(points: Sequence[PointUm]) -> list[PointUm]:
    chain: list[PointUm] = []
    for point in points:
        while len(chain) > 1 and cross(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def cross(origin: PointUm, one: PointUm, other: PointUm) -> int:
    """Return twice the signed area of a triangle: positive when it turns left."""
    return (one[0] - origin[0]) * (other[1] - origin[1]) - (one[1] - origin[1]) * (
        other[0] - origin[0]
    )


def _contact_um2(part: Oriented, faces: Sequence[int]) -> int:
    xs, ys, zs = part.xs, part.ys, part.zs
    doubled_mm2 = 0.0
    corners = [iter(faces)] * CORNERS_PER_FACET
    for a, b, c in zip(*corners, strict=True):
        if zs[a] < _TOUCH_MM and zs[b] < _TOUCH_MM and zs[c] < _TOUCH_MM:
            turn = (xs[b] - xs[a]) * (ys[c] - ys[a]) - (ys[b] - ys[a]) * (xs[c] - xs[a])
            doubled_mm2 -= min(0.0, turn)  # seen from above, a facet that faces down turns right
    return round(doubled_mm2 / 2 * 1e6)


def _cos_sin(angle_deg: float) -> tuple[float, float]:
    quarters, rest = divmod(angle_deg, 90)
    cos, sin = math.cos(math.radians(rest)), math.sin(math.radians(rest))
    for _ in range(int(quarters) % 4):
        cos, sin = -sin, cos
    return cos, sin


def _um(length_mm: float) -> int:
    return round(1000 * length_mm)
