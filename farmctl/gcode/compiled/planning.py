"""Planning the moves of a belt, as far as no later one changes them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import assert_never

import numpy as np

from farmctl.gcode.compiled import klipper, marlin
from farmctl.gcode.compiled.ahead import Plan, look_ahead
from farmctl.gcode.compiled.belt import SECONDS, Belt
from farmctl.gcode.compiled.blocks import ENTRY2, Course
from farmctl.gcode.compiled.reading import Reading
from farmctl.gcode.limits import KlipperLimits, MarlinLimits, MotionLimits

_AS_THE_CORNER_SAYS = -1.0


class Planning:
    """What is known of a machine behind the moves that were planned.

    What is still open at the end of a belt is planned again, with the moves that come after it.
    """

    def __init__(self, limits: MotionLimits) -> None:
        self._limits = limits
        self._changes, self._rows = [0], [_row(limits)]
        self._rests: list[int] = []
        self._entry2 = _AS_THE_CORNER_SAYS
        self._plan = _plan(0, limits)

    def plan(self, belt: Belt, reading: Reading) -> None:
        """Plan the moves of a belt that `reading` has put there."""
        self._take(reading)
        size = belt.count - belt.planned
        if len(self._plan.cruises2) < size:
            self._plan = _plan(belt.columns.shape[1], self._limits)
        plan = self._plan._replace(size=size, first=belt.planned, took=belt.columns[SECONDS:])
        course = self._course(belt)
        exits2 = np.zeros(len(course.rests) + 1)
        match self._limits:
            case KlipperLimits():
                klipper.klipper_blocks(course, plan.blocks, np.zeros(klipper.BEFORE))
            case MarlinLimits():
                marlin.marlin_blocks(course, plan.blocks, np.zeros(marlin.BEFORE), exits2)
            case _:
                assert_never(self._limits)
        if self._entry2 >= 0:
            plan.blocks[ENTRY2, 0] = self._entry2
        done, left2 = look_ahead(plan, course.rests - course.known, exits2, reading.is_done)
        if done:
            belt.planned += done
            self._entry2 = left2

    def _take(self, reading: Reading) -> None:
        """Take what was read that concerns the machine."""
        self._rests += (before for before, _ in reading.rests.before(None))
        for before, change in reading.changes.before(None):
            self._limits = self._limits.after(change)
            self._changes.append(before)
            self._rows.append(_row(self._limits))

    def _course(self, belt: Belt) -> Course:
        """Return the moves that are not planned, with the one before them as known."""
        known = 1 if belt.planned else 0
        begin = belt.planned - known
        first = belt.first + begin
        # What is over is not looked at again.
        row = bisect_right(self._changes, first) - 1
        self._changes, self._rows = self._changes[row:], self._rows[row:]
        self._rests = self._rests[bisect_left(self._rests, first + known) :]
        return Course(
            begin=begin,
            size=belt.count - begin,
            known=known,
            moves=belt.columns,
            rests=np.array(self._rests, dtype=np.int64) - first,
            changes=np.array(self._changes, dtype=np.int64) - first,
            limits=np.array(self._rows),
        )


def _plan(window: int, limits: MotionLimits) -> Plan:
    """Return a plan with room for so many blocks."""
    smooth = np.empty(window + 1 if isinstance(limits, KlipperLimits) else 0)
    took = np.empty((2, 0))
    return Plan(0, 0, np.empty((5, window)), np.empty(window + 1), smooth, np.empty(window), took)


def _row(limits: MotionLimits) -> list[float]:
    """Return limits as a row of numbers, as the compiled loops of their firmware want it."""
    match limits:
        case KlipperLimits():
            return klipper.as_row(limits)
        case MarlinLimits():
            return marlin.as_row(limits)
        case _:
            assert_never(limits)
