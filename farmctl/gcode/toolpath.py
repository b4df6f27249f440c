"""A file as columns: an entry for each move, and beside them what else happens; a leg at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from farmctl.gcode.commands import (
    Dwell,
    Fan,
    FirmwareRetraction,
    Heat,
    Malformed,
    Move,
    Other,
    ToolChange,
)
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.moves import commands
from farmctl.gcode.planner import planned

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.int64]
Mark = Dwell | Fan | FirmwareRetraction | Heat
Rest = Other | Malformed
Label = tuple[int, str]
"""The name of a feature, and the number of moves before it."""

LABEL = b";TYPE:"
"""What a line with a label begins with."""
LEG = 16_384
"""Moves of a leg: its columns fit into a processor's cache, and are not as long as the file."""


class Leg(NamedTuple):
    """Some moves of a file, those of no length left out; in mm, s and mm/s.

    The columns have an entry for each: `x, y, z` is where it ends, `dx, dy, dz` the way there, `de`
    the filament pushed, `seconds` what it takes and `speed` the highest that it reaches as planned.
    Whoever yields a leg may write the next one over its columns.

    `first` moves of the file are before it. `tools`, `labels` (the slicer's `;TYPE:` lines) and
    `marks` (the commands that figures depend on, without their lines) say what begins here, each
    with how many moves of the file are before it. So do `others`, which no figure depends on; a
    plainly written G92 may be missing there.
    """

    first: int
    x: Floats
    y: Floats
    z: Floats
    dx: Floats
    dy: Floats
    dz: Floats
    de: Floats
    seconds: Floats
    speed: Floats
    tools: Sequence[tuple[int, int]]
    labels: Sequence[Label]
    marks: Sequence[tuple[int, Mark]]
    others: Sequence[tuple[int, Rest]]

    @property
    def moves(self) -> int:
        """Return how many there are."""
        return len(self.x)


def legs(raw: bytes, limits: MotionLimits) -> Iterator[Leg]:
    """Yield the moves of a file, planned for a machine.

    Each leg has LEG moves but the last one: that has fewer, perhaps none.
    """
    leg = _Leg(0, [], [], [], [])
    found = _Labels(raw)
    for command, seconds, speed in planned(commands(raw), limits):
        if type(command) is Move:
            if seconds:
                _, end, x, y, z, dx, dy, dz, de, _, _ = command
                leg.rows.append((end, x, y, z, dx, dy, dz, de, seconds, speed))
            if len(leg.rows) == LEG:
                yield leg.whole(found)
                leg = _Leg(leg.first + LEG, [], [], [], [])
        elif isinstance(command, ToolChange):
            leg.tools.append((leg.first + len(leg.rows), command.tool))
        elif isinstance(command, Mark):
            leg.marks.append((leg.first + len(leg.rows), command._replace(line=0, end=0)))
        elif isinstance(command, Rest):
            leg.others.append((leg.first + len(leg.rows), command._replace(line=0, end=0)))
    yield leg.whole(found)


class _Leg(NamedTuple):
    """A leg while it grows: rows of where a line ends, and what `Leg` has of the move."""

    first: int
    rows: list[tuple[float, ...]]
    tools: list[tuple[int, int]]
    marks: list[tuple[int, Mark]]
    others: list[tuple[int, Rest]]

    def whole(self, labels: _Labels) -> Leg:
        """Return it with the labels that are next."""
        columns = np.array(self.rows).reshape(-1, 10).T.copy()
        ends, x, y, z, dx, dy, dz, de, seconds, speed = columns
        found = [(self.first + before, name) for before, name in labels.next(ends)]
        said = self.tools, found, self.marks, self.others
        return Leg(self.first, x, y, z, dx, dy, dz, de, seconds, speed, *said)


class _Labels:
    """The labels of a file, which are taken leg by leg."""

    def __init__(self, raw: bytes) -> None:
        self._found = list(_found(raw))
        self._at = 0

    def next(self, ends: Floats) -> Iterator[Label]:
        """Yield the next labels, from where the lines of moves end; all of them in the last leg."""
        past = len(self._found)
        if len(ends) == LEG:
            past = bisect_left(self._found, ends[-1], key=itemgetter(0))
        found, self._at = self._found[self._at : past], past
        befores = np.searchsorted(ends, [begin for begin, _ in found], side="right")
        yield from zip(befores.tolist(), (label_of(line) for _, line in found), strict=True)


def in_force(begins: Whole, changes: Sequence[tuple[int, int]]) -> Whole:
    """Return for each move, or first move of some, the number that holds for it.

    Args:
        begins: How many moves are before it.
        changes: What begins to hold, each with the number of moves before it; the first with 0.
    """
    befores, numbers = np.array(changes, dtype=np.int64).T
    return np.asarray(numbers[np.searchsorted(befores, begins, side="right") - 1])


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
