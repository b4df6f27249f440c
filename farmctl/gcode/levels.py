"""Which layer each move belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from farmctl.gcode.layers import Layers
from farmctl.gcode.summary import Placement
from farmctl.gcode.toolpath import Flags, Floats, Toolpath, Whole

NO_LAYER = -1


class Levels(NamedTuple):
    """The heights of layers in µm, lowest first, and the number of its layer for each move.

    `NO_LAYER` is before the first layer and after the last line that is laid.
    """

    heights_um: Whole
    of_move: Whole


def levels(path: Toolpath, is_laying: Flags, placements: Sequence[Placement]) -> Levels:
    """Return the layers of a toolpath. Travels belong to the layer that they leave.

    What is laid beside the placements belongs to the layer of its height, so that a skirt counts.
    """
    heights_um = np.array(_heights_um(path, is_laying, placements), dtype=np.int64)
    if not len(heights_um):
        return Levels(heights_um, np.full(path.moves, NO_LAYER))
    near, is_there = _nearest(heights_um, path.z)
    # In a spiral the moves between two levels stay in the one below.
    numbers = np.arange(path.moves, dtype=np.int32)
    numbers[~(is_laying & is_there)] = NO_LAYER
    latest = np.maximum.accumulate(numbers, out=numbers)
    of_move = near[latest]
    of_move[latest < 0] = NO_LAYER
    of_move[np.flatnonzero(is_laying)[-1] + 1 :] = NO_LAYER
    return Levels(heights_um, of_move)


def _nearest(heights_um: Whole, z: Floats) -> tuple[Whole, Flags]:
    """Return for each move the first layer that is as high, or the last, and whether it is there.

    Heights change seldom, so that it is looked up where they do.
    """
    is_new = np.ones(len(z), dtype=np.bool_)
    is_new[1:] = z[1:] != z[:-1]
    changes = np.flatnonzero(is_new)
    times = np.diff(changes, append=len(z))
    z_um = np.round(z[changes] * 1000).astype(np.int64)
    numbers = np.minimum(np.searchsorted(heights_um, z_um), len(heights_um) - 1)
    return np.repeat(numbers, times), np.repeat(heights_um[numbers] == z_um, times)


def _heights_um(path: Toolpath, is_laying: Flags, placements: Sequence[Placement]) -> list[int]:
    """Return the heights of layers: only where the height changes does one have to be looked at."""
    is_placed = np.full(path.moves, not placements)
    for box in placements:
        is_placed |= (path.x >= box.min_x_mm) & (path.x <= box.max_x_mm) & _within_y(path, box)
    laid = np.flatnonzero(is_laying & is_placed)
    z, rises = path.z[laid], path.dz[laid] != 0
    is_new = np.ones(len(laid), dtype=np.bool_)
    is_new[1:] = (z[1:] != z[:-1]) | rises[:-1]
    layers = Layers(())
    for height, is_rising in zip(z[is_new].tolist(), rises[is_new].tolist(), strict=True):
        layers.add(0.0, 0.0, height, rises=is_rising)
    return layers.levels_um()


def _within_y(path: Toolpath, box: Placement) -> Flags:
    return (path.y >= box.min_y_mm) & (path.y <= box.max_y_mm)
