"""The shapes of golden models as solids, in millimetres: manifold3d joins and cuts them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from manifold3d import CrossSection, Manifold

from farmctl.model.golden import Value

Numbers = Mapping[str, Value]
Point = tuple[float, float]

_BASE_MM = 1.0
_PIN_RADIUS_MM = 4.0
_FACETS = 96
_POST_FACETS = 64
_STOREY_MM = 10.0


def calibration_cube(said: Numbers) -> Manifold:
    """Return a cube with a shallow square pocket in the middle of its front."""
    size = _one(said, "size_mm")
    wide = size * 0.4
    pocket = _box(wide, 1.0, wide, at=((size - wide) / 2, 0.0, (size - wide) / 2))
    return _box(size, size, size) - pocket


def overhang_fan(said: Numbers) -> Manifold:
    """Return slabs on a base, each leaning out over its side by another angle."""
    angles, height = _many(said, "angles_deg"), _one(said, "height_mm")
    thick, pitch, foot = 6.0, 6.2, 8.0
    base = _box(foot + 4, len(angles) * pitch, _BASE_MM)
    return _joined(
        [
            base,
            *(
                _along_y(_leaning(angle, height, foot), number * pitch, thick)
                for number, angle in enumerate(angles)
            ),
        ]
    )


def _leaning(angle: float, height: float, foot: float) -> list[Point]:
    """Return a slab seen from the side; it begins inside the base, so that both are one."""
    out = height * math.tan(math.radians(angle))
    low, high = _BASE_MM / 2, _BASE_MM / 2 + height
    return [(0, low), (foot, low), (foot + out, high), (out, high)]


def bridges(said: Numbers) -> Manifold:
    """Return one deck over pillars whose distances grow."""
    spans, height = _many(said, "spans_mm"), _one(said, "height_mm")
    wide, deep, deck = 5.0, 10.0, 2.0
    starts = [wide * number + sum(spans[:number]) for number in range(len(spans) + 1)]
    pillars = [_box(wide, deep, height + deck, at=(start, 0, 0)) for start in starts]
    return _joined([*pillars, _box(starts[-1] + wide, deep, deck, at=(0, 0, height))])


def thin_walls(said: Numbers) -> Manifold:
    """Return walls side by side on a base."""
    walls, height = _many(said, "walls_mm"), _one(said, "height_mm")
    pitch = 7.0
    base = _box(pitch * len(walls) + 4, 12, _BASE_MM)
    upright = [
        _box(thick, 10, height + _BASE_MM / 2, at=(4 + pitch * number, 1, _BASE_MM / 2))
        for number, thick in enumerate(walls)
    ]
    return _joined([base, *upright])


def tolerance_holes(said: Numbers) -> Manifold:
    """Return a plate with a row of holes."""
    clearances, height = _many(said, "clearances_mm"), _one(said, "height_mm")
    pitch = 14.0
    plate = _box(pitch * len(clearances), pitch, height)
    holes = [
        _rod(_PIN_RADIUS_MM + clearance, height + 2, _FACETS).translate(
            (pitch * (number + 0.5), pitch / 2, -1)
        )
        for number, clearance in enumerate(clearances)
    ]
    return plate - _joined(holes)


def stringing_towers(said: Numbers) -> Manifold:
    """Return two round posts on a base."""
    gap, height = _one(said, "gap_mm"), _one(said, "height_mm")
    base = _box(gap + 12, 10, _BASE_MM)
    post = _rod(3, height, _POST_FACETS)
    return _joined([base, *(post.translate((x, 5, 0)) for x in (6.0, 6.0 + gap))])


def temperature_tower(said: Numbers) -> Manifold:
    """Return storeys on each other, a window through each."""
    storeys = round(_one(said, "storeys"))
    tower = _box(30, 10, storeys * _STOREY_MM)
    windows = [_box(14, 12, 4, at=(8, -1, storey * _STOREY_MM + 4)) for storey in range(storeys)]
    # A notch marks where each storey begins, on the side that has no window.
    notches = [_box(1, 12, 0.6, at=(-0.5, -1, storey * _STOREY_MM)) for storey in range(1, storeys)]
    return tower - _joined([*windows, *notches])


def tall_spire(said: Numbers) -> Manifold:
    """Return a round spire: a foot, and a cone that ends in a tip of 2 mm."""
    height, foot = _one(said, "height_mm"), _one(said, "foot_mm")
    cone = Manifold.cylinder(height, foot / 2 * 0.7, 1.0, _POST_FACETS)
    return _joined([_rod(foot / 2, 2, _POST_FACETS), cone])


def wide_flat(said: Numbers) -> Manifold:
    """Return a plate."""
    return _box(_one(said, "width_mm"), _one(said, "depth_mm"), _one(said, "height_mm"))


def flow_block(said: Numbers) -> Manifold:
    """Return a long block with slanted ends, so that its outside is one long way."""
    length, height = _one(said, "length_mm"), _one(said, "height_mm")
    outline = [(8, 0), (length - 8, 0), (length, 8), (length, 16)]
    outline += [(length - 8, 24), (8, 24), (0, 16), (0, 8)]
    return Manifold.extrude(CrossSection([outline]), height)


def supported_shelf(said: Numbers) -> Manifold:
    """Return a shelf that reaches out over one side of its leg."""
    reach, height = _one(said, "reach_mm"), _one(said, "height_mm")
    leg = _box(8, 20, height)
    return _joined([leg, _box(8 + reach, 20, 2, at=(0, 0, height - 2))])


SOLIDS: Mapping[str, Callable[[Numbers], Manifold]] = {
    "calibration-cube": calibration_cube,
    "overhang-fan": overhang_fan,
    "bridges": bridges,
    "thin-walls": thin_walls,
    "tolerance-holes": tolerance_holes,
    "stringing-towers": stringing_towers,
    "temperature-tower": temperature_tower,
    "tall-spire": tall_spire,
    "wide-flat": wide_flat,
    "flow-block": flow_block,
    "supported-shelf": supported_shelf,
}
"""How each shape of `model.golden.SHAPES` is made."""


def _one(said: Numbers, name: str) -> float:
    value = said[name]
    return float(value[0] if isinstance(value, tuple) else value)


def _many(said: Numbers, name: str) -> Sequence[float]:
    value = said[name]
    return [float(each) for each in value] if isinstance(value, tuple) else [float(value)]


def _box(
    width: float, depth: float, height: float, at: tuple[float, float, float] = (0, 0, 0)
) -> Manifold:
    return Manifold.cube((width, depth, height)).translate(at)


def _rod(radius: float, height: float, facets: int) -> Manifold:
    return Manifold.cylinder(height, radius, radius, facets)


def _along_y(profile: Sequence[Point], start: float, thick: float) -> Manifold:
    """Return what stands upright as `profile` (x, z), drawn along y."""
    drawn = Manifold.extrude(CrossSection([list(profile)]), thick)
    return drawn.rotate((90, 0, 0)).translate((0, start + thick, 0))


def _joined(solids: Sequence[Manifold]) -> Manifold:
    whole = solids[0]
    for each in solids[1:]:
        whole += each
    return whole
