"""Which feature each move belongs to: the slicer's `;TYPE:` lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from farmctl.gcode.toolpath import Flags, Whole

_MARK = b";TYPE:"


class Labels(NamedTuple):
    """The names of features, each once and sorted, and the number of its name for each move."""

    names: tuple[str, ...]
    of_move: Whole

    def is_called(self, wanted: str) -> Flags:
        """Return for each move whether its feature has this name."""
        return np.isin(self.of_move, [n for n, name in enumerate(self.names) if name == wanted])


def labels(raw: bytes, ends: Whole) -> Labels:
    """Return the features of the moves whose lines end at these offsets, in order.

    What comes before the first label has the empty name.
    """
    found = [(0, ""), *_found(raw)]
    names = sorted({name for _, name in found})
    numbers = {name: number for number, name in enumerate(names)}
    begins = np.array([begin for begin, _ in found])
    of_label = np.array([numbers[name] for _, name in found])
    return Labels(tuple(names), of_label[np.searchsorted(begins[1:], ends)])


def _found(raw: bytes) -> Iterator[tuple[int, str]]:
    """Yield where each label begins, and what it says."""
    begin = 0 if raw.startswith(_MARK) else _next(raw, 0)
    while begin is not None:
        end = raw.find(b"\n", begin)
        line = raw[begin:] if end < 0 else raw[begin:end]
        yield begin, line.removeprefix(_MARK).decode("utf-8", "replace").strip()
        begin = _next(raw, begin)


def _next(raw: bytes, after: int) -> int | None:
    """Return where the next label begins, None when there is none."""
    found = raw.find(b"\n" + _MARK, after)
    return None if found < 0 else found + 1
