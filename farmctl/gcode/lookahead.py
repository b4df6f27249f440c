"""Look-ahead: how fast each move begins, given the corners before and behind it.

A move may begin no faster than its corner allows, nor than it and the moves behind it can brake
from (backward pass), nor than the moves before it can speed up to (forward pass). In between it
speeds up, cruises and brakes. With v² instead of v each step is an addition: v² + 2·a·d.

Klipper plans a second time with a lower acceleration (`minimum_cruise_ratio`). Between two valleys
of that smooth plan no move is faster than its summit, so that short moves do not speed up only to
brake again (Klipper, Kinematics.md, "Smoothed look-ahead").
"""

from __future__ import annotations

from math import inf, sqrt

from farmctl.gcode.kinematics import Block


def starts2(blocks: list[Block], exit2: float) -> list[float]:
    """Return the squared speed each block may begin with and still brake in time.

    One more than blocks: the last is `exit2`, with which the last block ends.
    """
    starts = [exit2] * (len(blocks) + 1)
    start2 = exit2
    for index in range(len(blocks) - 1, -1, -1):
        length, accel, _, entry2, _ = blocks[index]
        able2 = start2 + 2.0 * accel * length
        starts[index] = start2 = able2 if able2 < entry2 else entry2
    return starts


def smooth_starts2(blocks: list[Block], exit2: float) -> list[float]:
    """Return the same for the smooth plan, which speeds up as gently as it brakes."""
    entries = []
    most2 = inf
    for length, _, _, entry2, accel in blocks:
        entries.append(min(entry2, most2))
        most2 = entries[-1] + 2.0 * accel * length
    starts = [exit2] * (len(blocks) + 1)
    start2 = exit2
    for index in range(len(blocks) - 1, -1, -1):
        start2 += 2.0 * blocks[index].smooth_accel * blocks[index].length
        start2 = min(start2, entries[index])
        starts[index] = start2
    return starts


def below_summits2(blocks: list[Block], starts: list[float], smooth: list[float]) -> list[float]:
    """Return the squared speed of each block, none above its hill's summit in the smooth plan."""
    summit2, speeds2 = inf, [block.cruise2 for block in blocks]
    tail: list[int] = []
    for index in range(len(blocks) - 1, -1, -1):
        length, _, cruise2, _, accel = blocks[index]
        begin2, end2, gain2 = smooth[index], smooth[index + 1], 2.0 * accel * length
        if begin2 >= end2 + gain2:
            tail.append(index)  # it only brakes: its summit lies before it
            continue
        if tail or begin2 + gain2 > end2:
            summit2 = min(cruise2, 0.5 * (begin2 + end2 + gain2))
            _descend(speeds2, tail, starts, summit2)
        if summit2 < cruise2:
            speeds2[index] = summit2
    _descend(speeds2, tail, starts, inf)
    return speeds2


def _descend(speeds2: list[float], tail: list[int], starts: list[float], summit2: float) -> None:
    """Bound the blocks that brake from a summit, by it and by what the ones before begin with."""
    for index in reversed(tail):
        summit2 = min(summit2, starts[index])
        speeds2[index] = min(speeds2[index], summit2)
    tail.clear()


def joined(starts: list[float], speeds2: list[float]) -> list[float]:
    """Return the starts, none above the speed of the block before or behind it."""
    if not speeds2:
        return starts
    before = [speeds2[0], *speeds2]
    behind = [*speeds2, speeds2[-1]]
    return list(map(min, starts, before, behind))


def durations(
    blocks: list[Block], starts: list[float], speeds2: list[float]
) -> tuple[list[float], list[float], float]:
    """Return the seconds of each block, its highest speed, and the squared speed at the very end.

    `speeds2` are the squared speeds that the blocks may cruise with, no start above them.
    """
    seconds, peaks = [], []
    speed2 = starts[0]
    speed = sqrt(speed2)
    for (length, accel, _, _, _), cruise2, start2 in zip(blocks, speeds2, starts[1:], strict=True):
        gain2 = 2.0 * accel * length
        able2 = speed2 + gain2
        end2 = able2 if able2 < start2 else start2
        end = sqrt(end2)
        peak2 = 0.5 * (speed2 + end2 + gain2)
        if peak2 <= cruise2:
            peak = sqrt(peak2)
            seconds.append((2.0 * peak - speed - end) / accel)
        else:
            peak = sqrt(cruise2)
            ramps = (2.0 * peak - speed - end) / accel
            seconds.append(ramps + (peak2 - cruise2) / (accel * peak))
        peaks.append(peak)
        speed2, speed = end2, end
    return seconds, peaks, speed2
