"""Klipper's square corner velocity: what `KlipperKinematics` says, compiled."""

from __future__ import annotations

from math import inf, sqrt

from farmctl.gcode.compiled.blocks import (
    ACCEL,
    CRUISE2,
    ENTRY2,
    LENGTH,
    SMOOTH_ACCEL,
    Course,
    Way,
    way,
)
from farmctl.gcode.compiled.jit import inner, outer
from farmctl.gcode.kinematics import NOTHING_MM, SQUARE, Four
from farmctl.gcode.limits import KlipperLimits
from farmctl.gcode.toolpath import Floats

BEFORE = 7
_X, _Y, _Z, _E, _SQUARE2, _BEFORE2, _REACH2 = range(BEFORE)
"""Of the move before: its direction, its squared speed in a square corner and at most, and its
acceleration times its length. A squared speed of 0 at most is that of rest."""
(
    _VELOCITY, _MAX_ACCEL, _Z_VELOCITY, _Z_ACCEL, _ONLY_VELOCITY, _ONLY_ACCEL,
    _SQUARE_CORNER, _CRUISE_RATIO, _INSTANT_CORNER,
) = range(9)  # fmt: skip


Row = tuple[float, float, float, float, float, float, float, float, float]
"""Limits as numbers."""


def as_row(limits: KlipperLimits) -> list[float]:
    """Return limits as a row of numbers."""
    return [
        limits.max_velocity_mm_s,
        limits.max_accel_mm_s2,
        limits.max_z_velocity_mm_s,
        limits.max_z_accel_mm_s2,
        limits.max_extrude_only_velocity_mm_s,
        limits.max_extrude_only_accel_mm_s2,
        limits.square_corner_velocity_mm_s,
        limits.minimum_cruise_ratio,
        limits.instantaneous_corner_velocity_mm_s,
    ]


@outer
def klipper_blocks(course: Course, blocks: Floats, before: Floats) -> None:
    """Fill in the blocks of moves; `before` is zeros, and what is known of the latest move."""
    rest = change = 0
    for index in range(course.size):
        while rest < len(course.rests) and course.rests[rest] <= index:
            before[_BEFORE2] = 0.0
            rest += 1
        while change + 1 < len(course.changes) and course.changes[change + 1] <= index:
            change += 1
        move = way(course.moves, course.begin + index)
        at = max(index - course.known, 0)
        limits = _row(course.limits, change)
        _fill(move, limits, before, blocks, at)


@inner
def _row(limits: Floats, at: int) -> Row:
    return (
        limits[at, 0], limits[at, 1], limits[at, 2], limits[at, 3], limits[at, 4],
        limits[at, 5], limits[at, 6], limits[at, 7], limits[at, 8],
    )  # fmt: skip


@inner
def _fill(move: Way, limits: Row, before: Floats, blocks: Floats, at: int) -> None:
    """Fill in the block of a move, and remember it as the one before the next."""
    dx, dy, dz, de, feed = move
    length = sqrt(dx * dx + dy * dy + dz * dz)
    smooth_accel = limits[_MAX_ACCEL] * (1.0 - limits[_CRUISE_RATIO])
    if length < NOTHING_MM:
        speed, accel = min(feed, limits[_ONLY_VELOCITY]), limits[_ONLY_ACCEL]
        before[_BEFORE2] = 0.0
        blocks[LENGTH, at], blocks[ACCEL, at], blocks[CRUISE2, at] = abs(de), accel, speed * speed
        blocks[ENTRY2, at], blocks[SMOOTH_ACCEL, at] = 0.0, min(accel, smooth_accel)
        return
    unit = (dx / length, dy / length, dz / length, de / length)
    speed, accel = min(feed, limits[_VELOCITY]), limits[_MAX_ACCEL]
    if dz != 0.0:
        speed = min(speed, limits[_Z_VELOCITY] / abs(unit[2]))
        accel = min(accel, limits[_Z_ACCEL] / abs(unit[2]))
    if de < 0.0:
        speed = min(speed, limits[_ONLY_VELOCITY] / -unit[3])
        accel = min(accel, limits[_ONLY_ACCEL] / -unit[3])
    square2 = limits[_SQUARE_CORNER] ** 2 * accel / limits[_MAX_ACCEL]
    cruise2, reach2, entry2 = speed * speed, accel * length, 0.0
    if before[_BEFORE2] != 0.0:
        corner2 = min(before[_BEFORE2], _filament2(unit[3] - before[_E], limits))
        bent2 = _bent2(unit, square2, reach2, before)
        entry2 = min(cruise2, corner2, bent2)
    before[_X], before[_Y], before[_Z], before[_E] = unit
    before[_SQUARE2], before[_BEFORE2], before[_REACH2] = square2, cruise2, reach2
    blocks[LENGTH, at], blocks[ACCEL, at], blocks[CRUISE2, at] = length, accel, cruise2
    blocks[ENTRY2, at], blocks[SMOOTH_ACCEL, at] = entry2, min(accel, smooth_accel)


@inner
def _filament2(change: float, limits: Row) -> float:
    """Return the squared speed at which the filament may change its speed by so much per mm."""
    if change == 0.0:
        return inf
    most = limits[_INSTANT_CORNER] / change
    return float(most * most)


@inner
def _bent2(unit: Four, square2: float, reach2: float, before: Floats) -> float:
    """Return the squared speed that the angle with the move before allows."""
    cosine = before[_X] * unit[0] + before[_Y] * unit[1] + before[_Z] * unit[2]
    sine_half = sqrt(max(0.0, 0.5 + 0.5 * cosine))
    cosine_half = sqrt(max(0.0, 0.5 - 0.5 * cosine))
    if sine_half >= 1.0 or cosine_half <= 0.0:
        return inf
    deviating = SQUARE * sine_half / (1.0 - sine_half)
    touching = 0.5 * sine_half / cosine_half
    square2, reach2 = min(square2, float(before[_SQUARE2])), min(reach2, float(before[_REACH2]))
    return min(deviating * square2, touching * reach2)
