"""Look-ahead over columns of blocks: what `farmctl.gcode.lookahead` says, compiled."""

from __future__ import annotations

from math import inf, sqrt
from typing import NamedTuple

from farmctl.gcode.compiled.blocks import ACCEL, CRUISE2, ENTRY2, LENGTH, SMOOTH_ACCEL
from farmctl.gcode.compiled.jit import inner, outer
from farmctl.gcode.toolpath import Floats, Whole


class Plan(NamedTuple):
    """Blocks, with room for the squared speeds that they begin and cruise with.

    `starts` and `smooth` have one more, for the end; smoothing is off when the smooth plan has no
    room. How long the blocks take and how fast they get goes into the rows of `took`, from `first`.
    """

    size: int
    first: int
    blocks: Floats
    starts: Floats
    smooth: Floats
    cruises2: Floats
    took: Floats


@outer
def look_ahead(plan: Plan, rests: Whole, exits2: Floats, is_whole: bool) -> tuple[int, float]:  # noqa: FBT001 - compiled code knows no names of arguments
    """Plan blocks from one rest to the next.

    Args:
        plan: The blocks.
        rests: Before which blocks the machine comes to rest.
        exits2: The squared speeds that it comes to each of them from, and to the end.
        is_whole: Whether nothing follows the last block. Otherwise what comes behind the last
            corner that is taken as fast as a corner can be is left open.

    Returns:
        How many blocks are done, and the squared speed behind them, below 0 when it is of rest.
    """
    begin = 0
    for number in range(len(rests)):
        _finish(plan, begin, rests[number], exits2[number])
        begin = rests[number]
    if is_whole:
        _finish(plan, begin, plan.size, exits2[len(rests)])
        return plan.size, -1.0
    _brake(plan, begin, plan.size, 0.0)
    if len(plan.smooth) > 0:
        _smooth(plan, begin, plan.size, 0.0)
    done = _settled(plan, begin, plan.size)
    return done, _drive(plan, begin, done)


@inner
def _finish(plan: Plan, begin: int, end: int, exit2: float) -> None:
    """Plan blocks that end with a squared speed, whatever follows."""
    if begin < end:
        _brake(plan, begin, end, exit2)
        if len(plan.smooth) > 0:
            _smooth(plan, begin, end, exit2)
        _drive(plan, begin, end)


@inner
def _settled(plan: Plan, begin: int, end: int) -> int:
    """Return the last block whose start can only stay as it is, whatever follows; else `begin`."""
    smooths = len(plan.smooth) > 0
    for index in range(end - 1, begin, -1):
        entry2 = plan.blocks[ENTRY2, index]
        if plan.starts[index] == entry2 and (not smooths or plan.smooth[index] == entry2):
            return index
    return begin


@inner
def _brake(plan: Plan, begin: int, end: int, exit2: float) -> None:
    """Fill in the squared speed each block may begin with and still brake in time."""
    blocks, starts = plan.blocks, plan.starts
    starts[end] = start2 = exit2
    for index in range(end - 1, begin - 1, -1):
        able2 = start2 + 2.0 * blocks[ACCEL, index] * blocks[LENGTH, index]
        start2 = min(able2, blocks[ENTRY2, index])
        starts[index] = start2


@inner
def _smooth(plan: Plan, begin: int, end: int, exit2: float) -> None:
    """Fill in the same for the smooth plan, which speeds up as gently as it brakes."""
    blocks, smooth = plan.blocks, plan.smooth
    most2 = inf
    for index in range(begin, end):
        smooth[index] = min(blocks[ENTRY2, index], most2)
        most2 = smooth[index] + 2.0 * blocks[SMOOTH_ACCEL, index] * blocks[LENGTH, index]
    smooth[end] = start2 = exit2
    for index in range(end - 1, begin - 1, -1):
        start2 += 2.0 * blocks[SMOOTH_ACCEL, index] * blocks[LENGTH, index]
        start2 = min(start2, smooth[index])
        smooth[index] = start2


@inner
def _stay_below_summits(plan: Plan, begin: int, end: int) -> None:
    """Fill in the squared speed of each block, none above its hill's summit in the smooth plan."""
    blocks, smooth, cruises2 = plan.blocks, plan.smooth, plan.cruises2
    summit2, tail_end = inf, end
    for index in range(end - 1, begin - 1, -1):
        cruise2 = cruises2[index] = blocks[CRUISE2, index]
        begin2, end2 = smooth[index], smooth[index + 1]
        gain2 = 2.0 * blocks[SMOOTH_ACCEL, index] * blocks[LENGTH, index]
        if begin2 >= end2 + gain2:
            continue  # it only brakes: its summit lies before it
        if tail_end > index + 1 or begin2 + gain2 > end2:
            summit2 = min(cruise2, 0.5 * (begin2 + end2 + gain2))
            _descend(plan, index + 1, tail_end, summit2)
        tail_end = index
        cruises2[index] = min(cruise2, summit2)
    _descend(plan, begin, tail_end, inf)


@inner
def _descend(plan: Plan, begin: int, end: int, summit2: float) -> None:
    """Bound the blocks that brake from a summit, by it and by what the ones before begin with."""
    for index in range(begin, end):
        summit2 = min(summit2, plan.starts[index])
        plan.cruises2[index] = min(plan.cruises2[index], summit2)


@inner
def _drive(plan: Plan, begin: int, end: int) -> float:
    """Fill in how long each block takes: it speeds up, cruises and brakes; return the last v²."""
    if begin == end:
        return -1.0
    if len(plan.smooth) > 0:
        _stay_below_summits(plan, begin, end)
    else:
        for index in range(begin, end):
            plan.cruises2[index] = plan.blocks[CRUISE2, index]
    blocks, starts, cruises2, took = plan.blocks, plan.starts, plan.cruises2, plan.took
    speed2 = min(starts[begin], cruises2[begin])
    speed = sqrt(speed2)
    for index in range(begin, end):
        accel, cruise2 = blocks[ACCEL, index], cruises2[index]
        gain2 = 2.0 * accel * blocks[LENGTH, index]
        most2 = min(starts[index + 1], cruise2)
        if index + 1 < end:
            most2 = min(most2, cruises2[index + 1])
        end2 = min(speed2 + gain2, most2)
        last = sqrt(end2)
        peak2 = 0.5 * (speed2 + end2 + gain2)
        if peak2 <= cruise2:
            took[1, plan.first + index] = peak = sqrt(peak2)
            took[0, plan.first + index] = (2.0 * peak - speed - last) / accel
        else:
            took[1, plan.first + index] = cruise = sqrt(cruise2)
            ramps = (2.0 * cruise - speed - last) / accel
            took[0, plan.first + index] = ramps + (peak2 - cruise2) / (accel * cruise)
        speed2, speed = end2, last
    return float(speed2)
