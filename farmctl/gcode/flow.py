"""The most filament that a file asks the hotend to melt at once."""

from __future__ import annotations

import math

from farmctl.gcode.commands import Move
from farmctl.gcode.moves import commands

_FIRST_LAYER = b";LAYER_CHANGE"
_SHORTEST_MM = 1.0
"""A shorter move is over before the nozzle's pressure follows, and its figures are rounded."""


def peak_flow_mm3_s(raw: bytes, diameter_mm: float) -> float:
    """Return the highest flow of any line from the first layer on, in mm³/s.

    Args:
        raw: The file.
        diameter_mm: The filament's.
    """
    area_mm2 = math.pi * (diameter_mm / 2) ** 2
    begins, peak = raw.find(_FIRST_LAYER), 0.0
    for each in commands(raw):
        if isinstance(each, Move) and each.de > 0 and each.end > begins:
            length_mm = math.hypot(each.dx, each.dy, each.dz)
            if length_mm >= _SHORTEST_MM:
                peak = max(peak, each.de * area_mm2 * each.feed / length_mm)
    return peak
