"""Which feature each move belongs to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from farmctl.gcode.toolpath import Flags, Toolpath, Whole, of_each


class Labels(NamedTuple):
    """The names of features, each once and sorted, and the number of its name for each move."""

    names: tuple[str, ...]
    of_move: Whole

    def is_called(self, wanted: str) -> Flags:
        """Return for each move whether its feature has this name."""
        if wanted not in self.names:
            return np.zeros(len(self.of_move), dtype=np.bool_)
        return np.equal(self.of_move, self.names.index(wanted))


def labels(path: Toolpath) -> Labels:
    """Return the features of moves. What comes before the first label has the empty name."""
    found = [(0, ""), *path.labels]
    names = sorted({name for _, name in found})
    numbers = {name: number for number, name in enumerate(names)}
    changes = [(before, numbers[name]) for before, name in found]
    return Labels(tuple(names), of_each(path.moves, changes))
