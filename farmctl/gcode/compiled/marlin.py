"""Marlin's classic jerk: what `MarlinKinematics` says, compiled."""

from __future__ import annotations

from math import sqrt

from farmctl.gcode import kinematics
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
from farmctl.gcode.kinematics import NOTHING_MM, Four
from farmctl.gcode.limits import MarlinLimits
from farmctl.gcode.toolpath import Floats

BEFORE = 6
_X, _Y, _Z, _E, _SPEED, _REST = range(BEFORE)
"""Of the move before: its direction, its speed, and the speed it may stop at once from."""
_VELOCITY, _MAX_ACCEL, _JERK, _ACCEL, _RETRACT, _TRAVEL, _SLOW_LAY, _SLOW_TRAVEL = (
    0, 4, 8, 12, 13, 14, 15, 16,
)  # fmt: skip

_within = inner(kinematics.within)
_at_once = inner(kinematics.at_once)
_turning = inner(kinematics.turning)


Row = tuple[Floats, int]
"""Rows of limits, and which one counts."""


def as_row(limits: MarlinLimits) -> list[float]:
    """Return limits as a row of numbers."""
    return [
        *limits.max_velocity_mm_s,
        *limits.max_accel_mm_s2,
        *limits.jerk_mm_s,
        limits.accel_mm_s2,
        limits.retract_accel_mm_s2,
        limits.travel_accel_mm_s2,
        limits.slowest_extruding_mm_s,
        limits.slowest_travel_mm_s,
    ]


@outer
def marlin_blocks(course: Course, blocks: Floats, before: Floats, exits2: Floats) -> None:
    """Fill in the blocks of moves, and the squared speed that the machine comes to each rest from.

    The last of `exits2` is that of the end; `before` is zeros, and then what is known of the latest
    move.
    """
    rest = change = 0
    for index in range(course.size):
        while rest < len(course.rests) and course.rests[rest] <= index:
            exits2[rest] = before[_REST] ** 2
            before[_SPEED] = 0.0
            rest += 1
        while change + 1 < len(course.changes) and course.changes[change + 1] <= index:
            change += 1
        move = way(course.moves, course.begin + index)
        at = max(index - course.known, 0)
        _fill(move, (course.limits, change), before, blocks, at)
    while rest < len(exits2):
        exits2[rest] = before[_REST] ** 2
        rest += 1


@inner
def _fill(move: Way, limits: Row, before: Floats, blocks: Floats, at: int) -> None:
    """Fill in the block of a move, and remember it as the one before the next."""
    dx, dy, dz, de, feed = move
    rows, row = limits
    length = sqrt(dx * dx + dy * dy + dz * dz)
    if length < NOTHING_MM:
        length, accel = abs(de), rows[row, _RETRACT]
    else:
        accel = rows[row, _ACCEL] if de != 0.0 else rows[row, _TRAVEL]
    slowest = rows[row, _SLOW_LAY] if de != 0.0 else rows[row, _SLOW_TRAVEL]
    unit = (dx / length, dy / length, dz / length, de / length)
    shares = (abs(unit[0]), abs(unit[1]), abs(unit[2]), abs(unit[3]))
    speed = _bounded(max(feed, slowest), unit, shares, _axes(limits, _VELOCITY))
    accel = _bounded(accel, unit, shares, _axes(limits, _MAX_ACCEL))
    jerk = _axes(limits, _JERK)
    rest = _at_once(speed, shares, jerk)
    entry = rest
    if before[_SPEED] != 0.0:
        entry = _corner(unit, speed, rest, jerk, before)
    before[_X], before[_Y], before[_Z], before[_E] = unit
    before[_SPEED], before[_REST] = speed, rest
    blocks[LENGTH, at], blocks[ACCEL, at], blocks[CRUISE2, at] = length, accel, speed * speed
    blocks[ENTRY2, at], blocks[SMOOTH_ACCEL, at] = entry * entry, accel


@inner
def _bounded(figure: float, unit: Four, shares: Four, most: Four) -> float:
    """Return `figure`, lowered until each axis keeps its limit; most flat moves do anyway."""
    is_flat = unit[2] == 0.0 and -1.0 <= unit[3] <= 1.0
    if is_flat and figure <= min(most[0], most[1], most[3]):
        return figure
    return _within(figure, shares, most)


@inner
def _axes(limits: Row, at: int) -> Four:
    rows, row = limits
    return rows[row, at], rows[row, at + 1], rows[row, at + 2], rows[row, at + 3]


@inner
def _corner(
    unit: Four,
    speed: float,
    rest: float,
    jerk: Four,
    before: Floats,
) -> float:
    """Return the speed, shared by both moves, at which no axis changes by more than its jerk."""
    corner = min(speed, float(before[_SPEED]))
    for axis in range(4):
        if abs(before[axis] - unit[axis]) * corner > jerk[axis]:
            corner = _turning(before[axis], unit[axis], corner, jerk[axis])
    if corner < 1.01 * rest and corner < 1.01 * before[_REST]:
        return min(rest, float(before[_SPEED]))
    return corner
