"""Planning the moves of a file, some at a time, so that they stay in the processor's cache."""

from __future__ import annotations

from typing import assert_never

import numpy as np

from farmctl.gcode.compiled import klipper, marlin
from farmctl.gcode.compiled.ahead import Plan, look_ahead
from farmctl.gcode.compiled.blocks import ENTRY2, Course
from farmctl.gcode.compiled.reading import Reading
from farmctl.gcode.limits import KlipperLimits, MarlinLimits, MotionLimits
from farmctl.gcode.toolpath import Floats

WINDOW = 32_768
_AS_THE_CORNER_SAYS = -1.0


def planned(reading: Reading, limits: MotionLimits) -> Floats:
    """Return two rows: the seconds and the highest speed of each move.

    What is still open at the end of a window is planned again with the moves of the next one.
    """
    course = _course(reading, limits)
    took = np.empty((2, course.size))
    done, entry2, window = 0, _AS_THE_CORNER_SAYS, WINDOW
    plan = _plan(window, took, limits)
    while done < course.size:
        end = min(done + window, course.size)
        plan = plan._replace(first=done, size=end - done)
        more, left2 = _plan_some(course, plan, entry2, limits)
        if more:
            done, entry2 = done + more, left2
        elif end < course.size:
            window *= 2
            plan = _plan(window, took, limits)
    return took


def _plan_some(
    course: Course, plan: Plan, entry2: float, limits: MotionLimits
) -> tuple[int, float]:
    """Plan blocks, the first of which begins with a squared speed; return as `look_ahead` does."""
    part = _part(course, plan.first, plan.first + plan.size)
    exits2 = np.zeros(len(part.rests) + 1)
    match limits:
        case KlipperLimits():
            klipper.klipper_blocks(part, plan.blocks, np.zeros(klipper.BEFORE))
        case MarlinLimits():
            marlin.marlin_blocks(part, plan.blocks, np.zeros(marlin.BEFORE), exits2)
        case _:
            assert_never(limits)
    if entry2 >= 0:
        plan.blocks[ENTRY2, 0] = entry2
    is_whole = plan.first + plan.size == course.size
    return look_ahead(plan, part.rests - part.known, exits2, is_whole)


def _plan(window: int, took: Floats, limits: MotionLimits) -> Plan:
    """Return a plan with room for so many blocks."""
    smooth = np.empty(window + 1 if isinstance(limits, KlipperLimits) else 0)
    return Plan(0, 0, np.empty((5, window)), np.empty(window + 1), smooth, np.empty(window), took)


def _part(course: Course, begin: int, end: int) -> Course:
    """Return the moves from `begin` to `end`, with the one before them as known."""
    known = 1 if begin else 0
    first, rests = begin - known, course.rests
    row = int(np.searchsorted(course.changes, first, side="right")) - 1
    past = int(np.searchsorted(course.changes, end))
    return course._replace(
        begin=first,
        size=end - first,
        known=known,
        rests=rests[np.searchsorted(rests, begin) : np.searchsorted(rests, end, "right")] - first,
        changes=course.changes[row:past] - first,
        limits=course.limits[row:past],
    )


def _course(reading: Reading, limits: MotionLimits) -> Course:
    changes, rows = [0], [_row(limits)]
    for before, change in reading.changes:
        limits = limits.after(change)
        changes.append(before)
        rows.append(_row(limits))
    rests, where = np.array(reading.rests, dtype=np.int64), np.array(changes, dtype=np.int64)
    return Course(0, reading.count, 0, reading.moves, rests, where, np.array(rows))


def _row(limits: MotionLimits) -> list[float]:
    """Return limits as a row of numbers, as the compiled loops of their firmware want it."""
    match limits:
        case KlipperLimits():
            return klipper.as_row(limits)
        case MarlinLimits():
            return marlin.as_row(limits)
        case _:
            assert_never(limits)
