"""How far a file reaches, and what it asks for besides moving: what a look at all of it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from farmctl.gcode.extent import Extent
from farmctl.gcode.parts import Parts
from farmctl.gcode.summary import Placement
from farmctl.gcode.toolpath import Flags, Floats, Leg, Rest


class Sight:
    """The boxes around the moves of a file, in mm, while its legs pass by.

    Args:
        start_moves: How many moves belong to start g-code.
        placements: Where parts are to be found.
    """

    def __init__(self, start_moves: int, placements: Sequence[Placement]) -> None:
        self._start_moves = start_moves
        self._placements = placements
        self._was_laying = False
        self.parts = Parts(placements)
        self.laid, self.begun, self.others = Extent(), Extent(), Extent()
        """Around the ends of what is laid, where its lines begin, and the ends of other moves."""
        self.in_start, self.in_body = Extent(), Extent()
        """Around all that start g-code lays, and around all that is laid behind it."""
        self.said: set[Rest] = set()

    def passing(self, legs: Iterable[Leg]) -> Iterator[Leg]:
        """Look at each leg and hand it on."""
        for leg in legs:
            self._look(leg)
            yield leg

    def _look(self, leg: Leg) -> None:
        self.said.update(each for _, each in leg.others)
        moves_sideways = (leg.dx != 0) | (leg.dy != 0)
        is_laying = (leg.de > 0) & moves_sideways
        begins = is_laying.copy()
        begins[1:] &= ~is_laying[:-1]
        begins[:1] &= not self._was_laying
        self._was_laying = bool(is_laying[-1]) if leg.moves else self._was_laying
        ends = leg.x, leg.y, leg.z
        starts = leg.x - leg.dx, leg.y - leg.dy, leg.z - leg.dz
        _include(self.laid, ends, is_laying)
        _include(self.begun, starts, begins)
        _include(self.others, ends, ~is_laying & (moves_sideways | (leg.dz != 0)))
        is_start = np.arange(leg.first, leg.first + leg.moves) < self._start_moves
        for extent, is_there in ((self.in_start, is_start), (self.in_body, ~is_start)):
            _include(extent, ends, is_laying & is_there)
            _include(extent, (*starts[:2], leg.z), is_laying & is_there)
        for box in self._placements:
            self._look_for_part(box, ends, is_laying)
            self._look_for_part(box, starts, begins)

    def _look_for_part(
        self, box: Placement, places: tuple[Floats, Floats, Floats], which: Flags
    ) -> None:
        """Add the furthest points within a part: what it is spanned by."""
        x, y, _ = places
        inside = which & (x >= box.min_x_mm) & (x <= box.max_x_mm)
        inside &= (y >= box.min_y_mm) & (y <= box.max_y_mm)
        found = np.flatnonzero(inside)
        if len(found):
            xs, ys = x[found], y[found]
            for at in {xs.argmin(), xs.argmax(), ys.argmin(), ys.argmax()}:
                self.parts.add(float(xs[at]), float(ys[at]))


def _include(extent: Extent, places: Sequence[Floats], which: Flags) -> None:
    if which.any():
        chosen = [each[which] for each in places]
        for corner in (np.min, np.max):
            extent.include(*(float(corner(each)) for each in chosen))
