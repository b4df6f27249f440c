"""From the bytes of a large file to its toolpath."""

from __future__ import annotations

from farmctl.gcode.compiled.planning import planned
from farmctl.gcode.compiled.reading import Reading
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.toolpath import Toolpath


def compiled_toolpath(raw: bytes, limits: MotionLimits) -> Toolpath:
    """Return the moves of a file, planned for a machine, as `toolpath` does."""
    reading = Reading()
    reading.read(raw)
    seconds, speeds = planned(reading, limits)
    x, y, z, dx, dy, dz, de = reading.moves[:7, : reading.count]
    tools, labels, marks = tuple(reading.tools), tuple(reading.labels), tuple(reading.marks)
    return Toolpath(x, y, z, dx, dy, dz, de, seconds, speeds, tools, labels, marks)
