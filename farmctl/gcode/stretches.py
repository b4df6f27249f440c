"""How much filament per second goes through the nozzle, over stretches long enough to matter."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence, Sequence
from typing import NamedTuple

import numpy as np

from farmctl.gcode.toolpath import Flags, Floats

_STRETCH_MM = 1.0
"""A shorter one is over before the pressure in the nozzle follows, and its figures are rounded."""
_ENOUGH_MM = _STRETCH_MM - 1e-6

Open = tuple[int, float, float, float]
"""A number of moves, and their way in mm, their filament in mm³ and their time in s."""
Flows = Callable[..., Open]
"""`flows`, or the same compiled: that takes arrays."""


class Laid(NamedTuple):
    """What moves lay, an entry for each.

    Args:
        lengths: Of what it lays, in mm; 0 where it lays nothing.
        volumes: The filament for it, in mm³.
        speeds: In mm/s.
        goes_on: Whether it goes on with the line of the move before it: 1 or 0.
    """

    lengths: Sequence[float]
    volumes: Sequence[float]
    speeds: Sequence[float]
    goes_on: Sequence[float]


def flows(known: Open, laid: Laid, found: MutableSequence[float]) -> Open:
    """Fill in the flow in mm³/s over the shortest stretch that ends with each move.

    A stretch is of whole moves of one line and a millimetre or more, each taken at its speed. Where
    there is none, `found` stays as it is. A plain loop, so that it can be compiled as it is.

    Args:
        known: The stretch that is open before the moves; the first of them are those in it.
        laid: What the moves lay.
        found: What is filled in.

    Returns:
        The stretch that is open behind the moves.
    """
    lengths, volumes, speeds, goes_on = laid
    first = 0
    count, way, volume, seconds = known
    for last in range(count, len(lengths)):
        if not goes_on[last]:
            first = last
            way = volume = seconds = 0.0
        if lengths[last] == 0.0:
            continue
        way += lengths[last]
        volume += volumes[last]
        seconds += lengths[last] / speeds[last]
        while way - lengths[first] >= _ENOUGH_MM:
            way -= lengths[first]
            volume -= volumes[first]
            seconds -= lengths[first] / speeds[first]
            first += 1
        if way >= _ENOUGH_MM:
            found[last] = volume / seconds
    return len(lengths) - first, way, volume, seconds


class OpenStretch:
    """Goes over moves some at a time, and keeps the stretch that is open between.

    Args:
        loop: `flows`, or the same compiled.
    """

    def __init__(self, loop: Flows) -> None:
        self._loop = loop
        self._open: Open = 0, 0.0, 0.0, 0.0
        self._columns = np.empty((4, 0))

    def flows(self, *columns: Floats | Flags) -> Floats:
        """Return the flow over the stretch that ends with each of the next moves, 0 without any.

        The columns are those of `Laid`.
        """
        known = self._open[0]
        self._columns = np.concatenate((self._columns, np.stack(columns)), axis=1)
        found = np.zeros(self._columns.shape[1])
        if self._loop is flows:
            # Plain Python is twice as fast with its own numbers as with those of an array.
            listed = found.tolist()
            self._open = flows(self._open, Laid(*self._columns.tolist()), listed)
            found = np.array(listed)
        else:
            self._open = self._loop(self._open, Laid(*self._columns), found)
        self._columns = self._columns[:, len(found) - self._open[0] :].copy()
        return found[known:]
