"""Which loops a file is measured with: compiled ones when it is large and numba is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import NamedTuple

from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.stretches import Flows, flows
from farmctl.gcode.toolpath import Leg, legs

LARGE_B = 8_000_000
"""Smaller files are measured before numba is imported and its code is loaded."""


class Loops(NamedTuple):
    """What goes over each move of a file; the figures are the same with any."""

    legs: Callable[[bytes, MotionLimits], Iterator[Leg]]
    flows: Flows


PLAIN = Loops(legs, flows)


def loops_for(size_b: int) -> Loops:
    """Return the loops for a file of so many bytes."""
    return compiled() if size_b >= LARGE_B and find_spec("numba") else PLAIN


def compiled() -> Loops:
    """Return compiled loops. Raises ImportError without numba (`pip install farmctl[fast]`)."""
    from farmctl.gcode.compiled.flows import compiled_flows  # noqa: PLC0415 - takes 0.4 s
    from farmctl.gcode.compiled.path import compiled_legs  # noqa: PLC0415 - the same

    return Loops(compiled_legs, compiled_flows)
