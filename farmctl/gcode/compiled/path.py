"""From the bytes of a large file to its moves, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.gcode import toolpath
from farmctl.gcode.compiled.belt import Belt
from farmctl.gcode.compiled.planning import Planning
from farmctl.gcode.compiled.reading import Reading
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.toolpath import Leg


def compiled_legs(raw: bytes, limits: MotionLimits) -> Iterator[Leg]:
    """Yield the moves of a file, planned for a machine, as `legs` does."""
    belt, reading, planning = Belt(), Reading(raw), Planning(limits)
    while not reading.is_done:
        reading.read_on(belt)
        planning.plan(belt, reading)
        while belt.planned - belt.taken >= toolpath.LEG:
            yield _leg(belt, reading, toolpath.LEG)
        belt.make_room()
    yield _leg(belt, reading, belt.planned - belt.taken)


def _leg(belt: Belt, reading: Reading, moves: int) -> Leg:
    """Take the next moves off the belt, with what begins among them; the last leg has the rest."""
    first = belt.first + belt.taken
    x, y, z, dx, dy, dz, de, _, seconds, speed = belt.take(moves)
    end = first + moves if moves == toolpath.LEG else None
    begun = reading.tools.before(end), reading.labels.before(end)
    said = reading.marks.before(end), reading.others.before(end)
    return Leg(first, x, y, z, dx, dy, dz, de, seconds, speed, *begun, *said)
