"""Moves as look-ahead sees them, in columns; see `farmctl.gcode.kinematics`."""

from __future__ import annotations

from typing import NamedTuple

from farmctl.gcode.compiled.jit import inner
from farmctl.gcode.toolpath import Floats, Whole

LENGTH, ACCEL, CRUISE2, ENTRY2, SMOOTH_ACCEL = range(5)
"""The rows of blocks: in mm, mm/s² and mm²/s²."""

Way = tuple[float, float, float, float, float]
"""What a block is made of: dx, dy, dz, de in mm and the feed in mm/s."""


class Course(NamedTuple):
    """Some of the moves of a file, and what happens between them; they are numbered from 0.

    `moves` are the columns of all moves, of which `size` count from `begin` on. The first of them
    are `known`, 0 or 1: they have blocks already, and are there for the corner with the next one.
    Before the moves `rests` the machine comes to rest; from the moves `changes` on the limits are
    the rows of `limits`.
    """

    begin: int
    size: int
    known: int
    moves: Floats
    rests: Whole
    changes: Whole
    limits: Floats


@inner
def way(moves: Floats, index: int) -> Way:
    """Return what the block of a move is made of."""
    return moves[3, index], moves[4, index], moves[5, index], moves[6, index], moves[7, index]
