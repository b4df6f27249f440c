"""Which of the parts of a plate a file really makes."""

from __future__ import annotations

from collections.abc import Sequence

from farmctl.gcode.summary import Placement

_BEAD_MM = 0.5
"""Moves run inside a part's outline, by half of the width of what they lay down."""


class Parts:
    """Looks for moves that reach across each placement.

    A part counts once what is laid down in its box spans half of the box both ways: the brim of a
    neighbour, or a line that crosses a corner, does not.
    """

    def __init__(self, placements: Sequence[Placement]) -> None:
        self._missing = [_Part(number, box) for number, box in enumerate(placements)]
        self._count = len(self._missing)

    @property
    def found(self) -> int:
        """Return how many parts were found."""
        return self._count - len(self._missing)

    def missing(self) -> tuple[int, ...]:
        """Return the numbers of the parts that were not, from 0."""
        return tuple(part.number for part in self._missing)

    def add(self, x: float, y: float) -> None:
        """Take the end of a move that lays filament down, in mm."""
        for part in self._missing:
            if part.takes(x, y) and part.is_spanned:
                self._missing = [each for each in self._missing if each is not part]


class _Part:
    """A placement, and what was laid down in it so far."""

    def __init__(self, number: int, box: Placement) -> None:
        self.number = number
        self._box = box
        self._xs: list[float] = []
        self._ys: list[float] = []

    def takes(self, x: float, y: float) -> bool:
        """Take a point when it is inside; return whether it was."""
        box = self._box
        if not (box.min_x_mm <= x <= box.max_x_mm and box.min_y_mm <= y <= box.max_y_mm):
            return False
        self._xs = [min(x, *self._xs), max(x, *self._xs)] if self._xs else [x, x]
        self._ys = [min(y, *self._ys), max(y, *self._ys)] if self._ys else [y, y]
        return True

    @property
    def is_spanned(self) -> bool:
        """Return whether the points span half of the box both ways."""
        box = self._box
        width, depth = self._xs[1] - self._xs[0], self._ys[1] - self._ys[0]
        return (
            width >= (box.max_x_mm - box.min_x_mm) / 2 - _BEAD_MM
            and depth >= (box.max_y_mm - box.min_y_mm) / 2 - _BEAD_MM
        )
