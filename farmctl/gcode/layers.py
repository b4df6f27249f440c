"""The layers of a print: the heights at which it lays something down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from farmctl.gcode.summary import Placement


def heights_between(levels_um: Sequence[int]) -> tuple[int, ...]:
    """Return the different distances from one layer to the next, smallest first."""
    return tuple(sorted({above - below for below, above in pairwise([0, *levels_um])}))


class Layers:
    """Collects heights above the bed, within the placements where some are given.

    So a line that start g-code draws beside the parts is no layer, and what is pressed out at
    height 0, before the tool is lifted, is none either.
    """

    def __init__(self, placements: Sequence[Placement]) -> None:
        self._placements = tuple(placements)
        self._levels_um: set[int] = set()
        self.latest_z = 0.0
        """The height that was added last; adding it again changes nothing."""
        self._top_um = self._below_top_um = 0

    def add(self, x: float, y: float, z: float, *, rises: bool) -> None:
        """Take the end of a move that lays filament down, in mm; in a spiral each one `rises`."""
        if z == self.latest_z:
            return
        z_um = round(z * 1000)
        if z_um not in self._levels_um:
            if z_um <= 0 or not self._is_placed(x, y):
                return
            if rises and z_um < 2 * self._top_um - self._below_top_um:
                return
            self._levels_um.add(z_um)
            if z_um > self._top_um:
                self._top_um, self._below_top_um = z_um, self._top_um
        self.latest_z = z

    def levels_um(self) -> list[int]:
        """Return the heights, lowest first."""
        return sorted(self._levels_um)

    def heights_um(self) -> tuple[int, ...]:
        """Return the different distances from one layer to the next, smallest first."""
        return heights_between(self.levels_um())

    def _is_placed(self, x: float, y: float) -> bool:
        return not self._placements or any(
            box.min_x_mm <= x <= box.max_x_mm and box.min_y_mm <= y <= box.max_y_mm
            for box in self._placements
        )
