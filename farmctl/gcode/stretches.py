"""How much filament per second goes through the nozzle, over stretches long enough to matter."""

from __future__ import annotations

import numpy as np

from farmctl.gcode.toolpath import Flags, Floats, Whole

_STRETCH_MM = 1.0
"""A shorter one is over before the pressure in the nozzle follows, and its figures are rounded."""
_ROUNDING_MM = 1e-6


def lines(is_laying: Flags, tools: Whole) -> Whole:
    """Return for each move where the line that it belongs to begins: at which move.

    A line is what a tool lays without a break; moves that lay nothing are lines of their own.
    """
    goes_on = np.zeros(len(is_laying), dtype=np.bool_)
    goes_on[1:] = is_laying[1:] & is_laying[:-1] & (tools[1:] == tools[:-1])
    return np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(is_laying))))


def flows(lengths: Floats, volumes: Floats, speeds: Floats, begins: Whole) -> Floats:
    """Return the flow in mm³/s over the shortest stretch that ends with each move, 0 without any.

    A stretch is of whole moves of one line and a millimetre or more, each taken at its speed.

    Args:
        lengths: Of what each move lays, in mm.
        volumes: The filament for it, in mm³.
        speeds: In mm/s.
        begins: Where the line of each move begins.
    """
    seconds = np.divide(lengths, speeds, out=np.zeros(len(lengths)), where=speeds > 0)
    way, volume, time = _sums(lengths), _sums(volumes), _sums(seconds)
    first = np.searchsorted(way, way[1:] - _STRETCH_MM + _ROUNDING_MM, side="right") - 1
    is_long = first >= begins
    first = np.maximum(first, 0)
    taken_s = time[1:] - time[first]
    is_long &= taken_s > 0
    return np.divide(volume[1:] - volume[first], taken_s, out=np.zeros(len(lengths)), where=is_long)


def _sums(figures: Floats) -> Floats:
    """Return the sum of what comes before each of them, and of all."""
    return np.concatenate(([0.0], np.cumsum(figures)))
