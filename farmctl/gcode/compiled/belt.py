"""The belt that moves go over: read onto one end of it, planned, and taken off the other in legs.

It is the same memory for all of a file, which is neither asked for again nor as large as the file.
"""

from __future__ import annotations

import numpy as np

from farmctl.gcode import toolpath
from farmctl.gcode.arcs import MOST_PIECES
from farmctl.gcode.toolpath import Floats

SECONDS = 8
"""The row of what a move takes; its highest speed is in the next one."""
_ROWS = 10


class Belt:
    """Columns of moves: x, y, z, dx, dy, dz, de, feed, seconds, speed.

    Args:
        first: How many moves of the file were before the first column.
        taken: The columns that were taken off; they are there until there is no room.
        planned: The columns that have seconds and a speed.
        count: The columns that are in use.
    """

    def __init__(self) -> None:
        self.columns = _room_for(2 * toolpath.LEG)
        self.first = self.taken = self.planned = self.count = 0

    @property
    def is_full(self) -> bool:
        """Return whether a line may make more moves than there is room for."""
        return self.count + MOST_PIECES >= len(self.columns[0])

    def take(self, moves: int) -> Floats:
        """Take planned moves off. They are written over once there has to be room."""
        begin, self.taken = self.taken, self.taken + moves
        return self.columns[:, begin : self.taken]

    def make_room(self) -> None:
        """Bring to the front what was not taken; where that is not enough, there is a larger belt.

        The last move that was planned stays, because the corner behind it was not.
        """
        gone = max(0, min(self.taken, self.planned - 1))
        kept = self.columns[:, gone : self.count]
        room = self.columns.shape[1] - MOST_PIECES
        if 2 * kept.shape[1] > room:
            self.columns = _room_for(2 * room)
        self.columns[:, : kept.shape[1]] = kept
        self.first += gone
        self.taken -= gone
        self.planned -= gone
        self.count -= gone


def _room_for(moves: int) -> Floats:
    """Return columns for so many moves, and for the most that one line can make."""
    return np.empty((_ROWS, moves + MOST_PIECES + 1))
