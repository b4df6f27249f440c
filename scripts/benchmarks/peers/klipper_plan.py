"""Plan a file with Klipper's own classes, and print the CPU seconds: run by Klipper's Python.

python klipper_plan.py FILE

Moves, look-ahead and the checks of the cartesian machine and of the extruder are Klipper's; reading
is the least that gives them the same moves. Importing and reading from the disk are not counted.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from klippy.kinematics.cartesian import CartKinematics
from klippy.kinematics.extruder import PrinterExtruder
from klippy.toolhead import LookAheadQueue, Move


def machine() -> SimpleNamespace:
    """Return what Klipper's classes look at of a machine."""
    extruder = SimpleNamespace(
        instant_corner_v=1.0,
        heater=SimpleNamespace(can_extrude=True),
        max_e_dist=math.inf,
        max_e_velocity=80.0,
        max_e_accel=800.0,
        max_extrude_ratio=math.inf,
    )
    extruder.calc_junction = lambda *about: PrinterExtruder.calc_junction(extruder, *about)
    bounds = [(-math.inf, math.inf)] * 3
    kinematics = SimpleNamespace(
        limits=bounds, max_z_velocity=15.0, max_z_accel=200.0, _check_endstops=lambda _: None
    )
    return SimpleNamespace(
        max_velocity=300.0,
        max_accel=3000.0,
        max_accel_to_decel=1500.0,
        junction_deviation=5.0**2 * (math.sqrt(2.0) - 1.0) / 3000.0,
        extra_axes=[extruder],
        kinematics=kinematics,
    )


def planned_s(raw: bytes) -> float:
    """Return how long the moves take."""
    toolhead, queue = machine(), LookAheadQueue()
    at, feed, seconds = [0.0] * 4, 25.0, 0.0
    for line in raw.splitlines():
        if not line.startswith(b"G1 "):
            continue
        to = list(at)
        for word in line.split()[1:]:
            letter, figure = word[0], float(word[1:])
            if letter == 70:  # F
                feed = figure / 60.0
            elif letter == 69:  # E, relative
                to[3] += figure
            else:
                to[letter - 88] = figure  # X, Y, Z
        move = Move(toolhead, at, to, feed)
        if not move.move_d:
            continue
        if move.is_kinematic_move:
            CartKinematics.check_move(toolhead.kinematics, move)
        if move.axes_d[3]:
            PrinterExtruder.check_move(toolhead.extra_axes[0], move, 3)
        at = to
        if queue.add_move(move):
            seconds += sum(done_s(done) for done in queue.flush(lazy=True))
    return seconds + sum(done_s(done) for done in queue.flush())


def done_s(move: Move) -> float:
    """Return how long a move takes that was planned."""
    return move.accel_t + move.cruise_t + move.decel_t


if __name__ == "__main__":
    file = Path(sys.argv[1]).read_bytes()
    begun = time.process_time()
    seconds = planned_s(file)
    sys.stdout.write(f"{time.process_time() - begun} {seconds}\n")
