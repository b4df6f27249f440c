"""The temperatures and the fan that layers are laid with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from farmctl.gcode.commands import Fan, Heat, Heater
from farmctl.gcode.runs import Runs
from farmctl.gcode.toolpath import Whole

_FULL_SPEED = 255
_NEVER = 1 << 62
"""More moves than any file has."""

Series = Sequence[tuple[int, int]]
"""What a target is set to, each with the number of moves before it."""


class Targets(NamedTuple):
    """What was in force while something was laid, from the lowest to the highest."""

    nozzle_mc: tuple[int, ...]
    bed_mc: tuple[int, ...]
    fan_permille: tuple[int, ...]


def targets(runs: Runs, layer_of_run: Whole) -> Targets:
    """Return the targets of the tool in use and of the bed in layers, of the fan above the first.

    What no line of the file sets is not there; the fan is off until it is set.
    """
    laid = runs.of.begins[runs.of.is_laying & (layer_of_run >= 0)]
    above = runs.of.begins[runs.of.is_laying & (layer_of_run > 0)]
    heats = [(before, each) for before, each in runs.marks if isinstance(each, Heat)]
    nozzles: set[int] = set()
    for (begin, tool), (end, _) in pairwise([*runs.tools, (_NEVER, 0)]):
        series = [(at, _mc(each)) for at, each in heats if _is_of_nozzle(each, tool)]
        nozzles |= _in_force(
            series, laid[np.searchsorted(laid, begin) : np.searchsorted(laid, end)]
        )
    bed = [(at, _mc(each)) for at, each in heats if each.heater is Heater.BED]
    fan = [(at, _permille(each)) for at, each in runs.marks if isinstance(each, Fan)]
    return Targets(
        nozzle_mc=tuple(sorted(nozzles)),
        bed_mc=tuple(sorted(_in_force(bed, laid))),
        fan_permille=tuple(sorted(_in_force([(0, 0), *fan], above))),
    )


def _in_force(series: Series, begins_of_runs: Whole) -> set[int]:
    """Return the values with which any of these runs was made: none holds for a part of one."""
    begins = [int(np.searchsorted(begins_of_runs, before)) for before, _ in series]
    ends = [*begins[1:], len(begins_of_runs)]
    spans = zip(series, begins, ends, strict=False)
    return {value for (_, value), begin, end in spans if begin < end}


def _is_of_nozzle(heat: Heat, tool: int) -> bool:
    return heat.heater is Heater.NOZZLE and heat.tool == tool


def _mc(heat: Heat) -> int:
    return round(heat.target_c * 1000)


def _permille(fan: Fan) -> int:
    return round(1000 * min(max(fan.speed, 0.0), _FULL_SPEED) / _FULL_SPEED)
