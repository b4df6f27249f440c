"""Which loops a file is measured with: compiled ones where they pay and numba is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from farmctl.gcode.fast import pays
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.stretches import Flows, flows
from farmctl.gcode.toolpath import Leg, legs


class Loops(NamedTuple):
    """What goes over each move of a file; the figures are the same with any."""

    legs: Callable[[bytes, MotionLimits], Iterator[Leg]]
    flows: Flows


PLAIN = Loops(legs, flows)


def loops_for(size_b: int, *, many: bool = False) -> Loops:
    """Return the loops for a file of so many bytes, or for one of many."""
    return compiled() if pays(size_b, many=many) else PLAIN


def compiled() -> Loops:
    """Return compiled loops. Raises ImportError without numba (`pip install farmctl[fast]`)."""
    from farmctl.gcode.compiled.flows import compiled_flows  # noqa: PLC0415 - takes 0.4 s
    from farmctl.gcode.compiled.path import compiled_legs  # noqa: PLC0415 - the same

    return Loops(compiled_legs, compiled_flows)
