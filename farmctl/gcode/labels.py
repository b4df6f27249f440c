"""Which feature each run belongs to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from farmctl.gcode.runs import Runs
from farmctl.gcode.toolpath import Flags, Whole, in_force


class Labels(NamedTuple):
    """The names of features, each once and sorted, and the number of its name for each run."""

    names: tuple[str, ...]
    of_run: Whole

    def is_called(self, wanted: str) -> Flags:
        """Return for each run whether its feature has this name."""
        if wanted not in self.names:
            return np.zeros(len(self.of_run), dtype=np.bool_)
        return np.equal(self.of_run, self.names.index(wanted))


def labels(runs: Runs) -> Labels:
    """Return the features of runs. What comes before the first label has the empty name."""
    names = sorted({name for _, name in runs.labels})
    numbers = {name: number for number, name in enumerate(names)}
    changes = [(before, numbers[name]) for before, name in runs.labels]
    return Labels(tuple(names), in_force(runs.of.begins, changes))
