"""Which layer each run belongs to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from farmctl.gcode.layers import Layers
from farmctl.gcode.runs import Columns
from farmctl.gcode.toolpath import Flags, Floats, Whole

NO_LAYER = -1


class Levels(NamedTuple):
    """The heights of layers in µm, lowest first, and the number of its layer for each run.

    `NO_LAYER` is before the first layer and after the last line that is laid.
    """

    heights_um: Whole
    of_run: Whole


def levels(runs: Columns) -> Levels:
    """Return the layers of a file. Travels belong to the layer that they leave.

    What is laid beside the placements belongs to the layer of its height, so that a skirt counts.
    """
    heights_um = np.array(_heights_um(runs), dtype=np.int64)
    if not len(heights_um):
        return Levels(heights_um, np.full(len(runs.z), NO_LAYER))
    near, is_there = _nearest(heights_um, runs.z)
    # In a spiral the runs between two levels stay in the one below.
    numbers = np.arange(len(runs.z))
    numbers[~(runs.is_laying & is_there)] = NO_LAYER
    latest = np.maximum.accumulate(numbers, out=numbers)
    of_run = near[latest]
    of_run[latest < 0] = NO_LAYER
    of_run[np.flatnonzero(runs.is_laying)[-1] + 1 :] = NO_LAYER
    return Levels(heights_um, of_run)


def _nearest(heights_um: Whole, z: Floats) -> tuple[Whole, Flags]:
    """Return for each run the first layer that is as high, or the last, and whether it is there."""
    z_um = np.round(z * 1000).astype(np.int64)
    numbers = np.minimum(np.searchsorted(heights_um, z_um), len(heights_um) - 1)
    return numbers, heights_um[numbers] == z_um


def _heights_um(runs: Columns) -> list[int]:
    """Return the heights of layers: only where the height changes does one have to be looked at."""
    laid = np.flatnonzero(runs.is_laying & runs.is_placed)
    z, rises = runs.z[laid], runs.rises[laid]
    is_new = np.ones(len(laid), dtype=np.bool_)
    is_new[1:] = (z[1:] != z[:-1]) | rises[:-1]
    layers = Layers(())
    for height, is_rising in zip(z[is_new].tolist(), rises[is_new].tolist(), strict=True):
        layers.add(0.0, 0.0, height, rises=is_rising)
    return layers.levels_um()
