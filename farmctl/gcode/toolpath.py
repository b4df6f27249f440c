"""A file as columns: one row for each move, and beside them what else happens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from farmctl.gcode.commands import Dwell, Fan, FirmwareRetraction, Heat, Move
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.moves import commands
from farmctl.gcode.planner import Planned, planned

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Mark = Dwell | Fan | FirmwareRetraction | Heat

_CHUNK = 65_536
"""Rows that are kept as Python values before they become columns."""


class Toolpath(NamedTuple):
    """Moves of some length, each array with one entry for each; in mm, s and mm/s.

    `end` is the offset of the first byte after the move's line, `x, y, z` where it ends, `dx, dy,
    dz` the way there, `de` the filament pushed, `speed` the highest that it reaches as planned.
    `marks` are the commands that figures depend on, each with the number of moves before it.
    """

    end: Whole
    tool: Whole
    x: Floats
    y: Floats
    z: Floats
    dx: Floats
    dy: Floats
    dz: Floats
    de: Floats
    seconds: Floats
    speed: Floats
    marks: tuple[tuple[int, Mark], ...]

    @property
    def moves(self) -> int:
        """Return how many there are."""
        return len(self.end)


def toolpath(raw: bytes, limits: MotionLimits) -> Toolpath:
    """Return the moves of a file, planned for a machine."""
    return toolpath_of(planned(commands(raw), limits))


def toolpath_of(program: Iterable[Planned]) -> Toolpath:
    """Return the same of commands that are planned."""
    rows: list[tuple[float, ...]] = []
    chunks: list[Floats] = []
    marks: list[tuple[int, Mark]] = []
    for command, seconds, speed in program:
        if type(command) is Move:
            _, end, x, y, z, dx, dy, dz, de, _, tool = command
            if dx or dy or dz or de:
                rows.append((end, tool, x, y, z, dx, dy, dz, de, seconds, speed))
        elif isinstance(command, Mark):
            marks.append((len(chunks) * _CHUNK + len(rows), command))
        if len(rows) == _CHUNK:
            chunks.append(np.array(rows))
            rows.clear()
    chunks.append(np.array(rows).reshape(-1, 11))
    figures = np.concatenate(chunks).T.copy()
    end, tool = figures[:2].astype(np.int64)
    x, y, z, dx, dy, dz, de, seconds, speed = figures[2:]
    return Toolpath(end, tool, x, y, z, dx, dy, dz, de, seconds, speed, tuple(marks))
