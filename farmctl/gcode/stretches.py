"""How much filament per second goes through the nozzle, over stretches long enough to matter."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence, Sequence

_STRETCH_MM = 1.0
"""A shorter one is over before the pressure in the nozzle follows, and its figures are rounded."""
_ENOUGH_MM = _STRETCH_MM - 1e-6

Figures = Sequence[float]
Flows = Callable[..., None]
"""`flows`, or the same compiled: that takes arrays."""


def flows(
    lengths: Figures,
    volumes: Figures,
    speeds: Figures,
    goes_on: Sequence[bool],
    found: MutableSequence[float],
) -> None:
    """Fill in the flow in mm³/s over the shortest stretch that ends with each move.

    A stretch is of whole moves of one line and a millimetre or more, each taken at its speed. Where
    there is none, `found` stays as it is. A plain loop, so that it can be compiled as it is.

    Args:
        lengths: Of what each move lays, in mm; 0 for one that lays nothing.
        volumes: The filament for it, in mm³.
        speeds: In mm/s.
        goes_on: Whether a move goes on with the line of the move before it.
        found: What is filled in.
    """
    first = 0
    way = volume = seconds = 0.0
    for last in range(len(lengths)):
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
