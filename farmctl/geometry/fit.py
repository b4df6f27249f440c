"""Does a part fit a printer class, and if not, by how much is it too large?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise

from msgspec import Struct

from farmctl.geometry.findings import finding
from farmctl.geometry.report import Finding

PointMm = tuple[float, float]
SizeUm = tuple[int, int, int]

_TURN_STEP_DEG = 5


class ClassVolume(Struct, frozen=True):
    """What a printer class can reach: a convex bed polygon and a height, in mm."""

    name: str
    bed_mm: tuple[PointMm, ...]
    height_mm: float


def rectangle(width_mm: float, depth_mm: float) -> tuple[PointMm, ...]:
    """Return the bed polygon of a rectangular bed with a corner at the origin."""
    return ((0.0, 0.0), (width_mm, 0.0), (width_mm, depth_mm), (0.0, depth_mm))


class Pose(IntEnum):
    """How a part has to lie to fit, best first."""

    AS_IT_STANDS = 0
    TURNED = 1
    LAID_DOWN = 2
    NO_WAY = 3


def pose_on(size_um: SizeUm, volume: ClassVolume) -> Pose:
    """Return how a box of that size fits: as it stands (or turned by 90°), turned, laid down."""
    x, y, z = (length / 1000 for length in size_um)
    if _fits(x, y, z, volume, turns_deg=(0, 90)):
        return Pose.AS_IT_STANDS
    every_turn = tuple(range(0, 180, _TURN_STEP_DEG))
    if _fits(x, y, z, volume, turns_deg=every_turn):
        return Pose.TURNED
    lying = ((z, y, x), (x, z, y))
    if any(_fits(*box, volume, turns_deg=every_turn) for box in lying):
        return Pose.LAID_DOWN
    return Pose.NO_WAY


def check_fit(size_um: SizeUm, volumes: Sequence[ClassVolume]) -> tuple[Finding, ...]:
    """Return what there is to say about a part's size on a farm; nothing without classes."""
    if not volumes:
        return ()
    poses = {volume.name: pose_on(size_um, volume) for volume in volumes}
    too_small = [
        f"{volume.name} ({_excess(size_um, volume)})"
        for volume in volumes
        if poses[volume.name] is not Pose.AS_IT_STANDS
    ]
    not_on = "; not " + ", ".join(too_small) if too_small else ""
    match min(poses.values()):
        case Pose.AS_IT_STANDS:
            good = [name for name, pose in poses.items() if pose is Pose.AS_IT_STANDS]
            return (finding("fits", f"it fits {', '.join(good)}{not_on}"),)
        case Pose.TURNED:
            return (finding("fits-turned", f"it fits only turned about the vertical{not_on}"),)
        case Pose.LAID_DOWN:
            return (finding("fits-turned", f"it fits only laid on another side{not_on}"),)
        case Pose.NO_WAY:
            return (finding("too-big", f"it fits no printer class{not_on}"),)


def _fits(x: float, y: float, z: float, volume: ClassVolume, turns_deg: Sequence[int]) -> bool:
    if z > volume.height_mm:
        return False
    return any(_box_inside(x, y, volume.bed_mm, math.radians(turn)) for turn in turns_deg)


def _box_inside(x: float, y: float, bed: Sequence[PointMm], turn: float) -> bool:
    """Say whether a box in the middle of a convex bed, turned so far, has its corners on it."""
    middle_x, middle_y = _middle(bed)
    cos, sin = math.cos(turn), math.sin(turn)
    corners = [
        (middle_x + cos * dx - sin * dy, middle_y + sin * dx + cos * dy)
        for dx, dy in ((x / 2, y / 2), (-x / 2, y / 2), (-x / 2, -y / 2), (x / 2, -y / 2))
    ]
    around = sum(ax * by - bx * ay for (ax, ay), (bx, by) in _edges(bed))
    side = math.copysign(1.0, around)
    return all(
        side * ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) >= -1e-6
        for (ax, ay), (bx, by) in _edges(bed)
        for px, py in corners
    )


def _edges(polygon: Sequence[PointMm]) -> Iterator[tuple[PointMm, PointMm]]:
    return pairwise([*polygon, polygon[0]])


def _middle(polygon: Sequence[PointMm]) -> PointMm:
    xs, ys = zip(*polygon, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _excess(size_um: SizeUm, volume: ClassVolume) -> str:
    """Return in words how far the standing part is over the class, the better way round."""
    x, y, z = (length / 1000 for length in size_um)
    xs, ys = zip(*volume.bed_mm, strict=True)
    wide, deep = max(xs) - min(xs), max(ys) - min(ys)
    straight, quarter = (x - wide, y - deep), (y - wide, x - deep)
    over_x, over_y = min(straight, quarter, key=lambda over: (max(0, *over), max(over)))
    words = [
        f"{over:.1f} mm too {axis}"
        for over, axis in ((over_x, "wide"), (over_y, "deep"), (z - volume.height_mm, "tall"))
        if over > 0
    ]
    return ", ".join(words) or "its corners are off the bed"
