"""A file as columns: one row for each move, and beside them what else happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from farmctl.gcode.commands import Dwell, Fan, FirmwareRetraction, Heat, Move, ToolChange
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.moves import commands
from farmctl.gcode.planner import planned

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.int64]
Mark = Dwell | Fan | FirmwareRetraction | Heat
Label = tuple[int, str]
"""The name of a feature, and the number of moves before it."""

LABEL = b";TYPE:"
"""What a line with a label begins with."""
_CHUNK = 65_536
"""Rows that are kept as Python values before they become columns."""


class Toolpath(NamedTuple):
    """Moves of some length, each array with one entry for each; in mm, s and mm/s.

    `x, y, z` is where it ends, `dx, dy, dz` the way there, `de` the filament pushed, `speed` the
    highest that it reaches as planned. `tools`, `labels` (the slicer's `;TYPE:` lines) and `marks`
    (the commands that figures depend on, without their lines) have the number of moves before them.
    """

    x: Floats
    y: Floats
    z: Floats
    dx: Floats
    dy: Floats
    dz: Floats
    de: Floats
    seconds: Floats
    speed: Floats
    tools: tuple[tuple[int, int], ...]
    labels: tuple[Label, ...]
    marks: tuple[tuple[int, Mark], ...]

    @property
    def moves(self) -> int:
        """Return how many there are."""
        return len(self.x)


def toolpath(raw: bytes, limits: MotionLimits) -> Toolpath:
    """Return the moves of a file, planned for a machine."""
    rows: list[tuple[float, ...]] = []
    chunks: list[Floats] = []
    tools: list[tuple[int, int]] = [(0, 0)]
    marks: list[tuple[int, Mark]] = []
    for command, seconds, speed in planned(commands(raw), limits):
        before = len(chunks) * _CHUNK + len(rows)
        if type(command) is Move:
            _, end, x, y, z, dx, dy, dz, de, _, _ = command
            if seconds:
                rows.append((end, x, y, z, dx, dy, dz, de, seconds, speed))
        elif isinstance(command, ToolChange):
            tools.append((before, command.tool))
        elif isinstance(command, Mark):
            marks.append((before, command._replace(line=0, end=0)))
        if len(rows) == _CHUNK:
            chunks.append(np.array(rows))
            rows.clear()
    chunks.append(np.array(rows).reshape(-1, 10))
    ends, x, y, z, dx, dy, dz, de, took, speeds = np.concatenate(chunks).T.copy()
    labels = tuple(_labels(raw, ends))
    return Toolpath(x, y, z, dx, dy, dz, de, took, speeds, tuple(tools), labels, tuple(marks))


def of_each(moves: int, changes: Sequence[tuple[int, int]]) -> Whole:
    """Return for each move the number that holds for it.

    Args:
        moves: How many there are.
        changes: What begins to hold, each with the number of moves before it; the first with 0.
    """
    begins = np.array([before for before, _ in changes] + [moves])
    return np.repeat(np.array([number for _, number in changes]), np.diff(begins))


def _labels(raw: bytes, ends: Floats) -> Iterator[Label]:
    """Yield the labels, from where they are in the file and where the lines of moves end."""
    found = list(_found(raw))
    befores = np.searchsorted(ends, [begin for begin, _ in found], side="right")
    yield from zip(befores.tolist(), (label_of(line) for _, line in found), strict=True)


def _found(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where each line with a label begins, and the line."""
    begin = 0 if raw.startswith(LABEL) else raw.find(b"\n" + LABEL) + 1
    while raw.startswith(LABEL, begin):
        end = raw.find(b"\n", begin)
        yield begin, raw[begin:] if end < 0 else raw[begin:end]
        begin = (raw.find(b"\n" + LABEL, begin) + 1) or len(raw)


def label_of(line: bytes) -> str:
    """Return what a line with a label says."""
    return line.removeprefix(LABEL).decode("utf-8", "replace").strip()
