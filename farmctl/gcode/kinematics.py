"""What a firmware makes of one move: its length, speed, acceleration, and how fast it may begin.

Two firmwares, one shape. Marlin's classic jerk bounds the sudden change of each axis at a corner
(Marlin, planner.cpp, "classic jerk"; PrusaSlicer estimates with the same rule). Klipper rounds each
corner with a circle that leaves the path by the junction deviation (Klipper, Kinematics.md,
"Look-ahead"), so that a square corner is taken at `square_corner_velocity`.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple, Protocol, assert_never

from farmctl.gcode.commands import LimitChange, Move
from farmctl.gcode.limits import KlipperLimits, MarlinLimits, MotionLimits

NOTHING_MM = 1e-9
"""Below a picometre a move is rounding, not a way."""
SQUARE = sqrt(2.0) - 1.0
"""What makes the deviation of a square corner 1, in units of v²/a."""
_new = tuple.__new__
"""Makes a block as `Block(…)` does, but without Python: files have a million of them."""


Four = tuple[float, float, float, float]
"""A figure for X, Y, Z and filament, like the direction of a move: its share of each per mm."""


class Block(NamedTuple):
    """A move as look-ahead sees it; speeds are squared (mm²/s²), because distance adds to those.

    `entry2` is the most that the corner with the move before allows, `cruise2` its own speed.
    `smooth_accel` is what smoothed look-ahead counts with: `accel` itself when there is none.
    """

    length: float
    accel: float
    cruise2: float
    entry2: float
    smooth_accel: float


class Kinematics(Protocol):
    """Turns moves into blocks, remembering the one before."""

    smooths: bool
    """Whether blocks have a `smooth_accel` of their own."""

    @property
    def rest2(self) -> float:
        """Return the squared speed that the latest move may end with when nothing follows."""
        ...

    def block(self, move: Move) -> Block | None:
        """Return the block of a move, or None when it has no length."""
        ...

    def stand_still(self) -> None:
        """Forget the move before: the next one starts from rest."""
        ...

    def change(self, change: LimitChange) -> None:
        """Take limits that the file sets."""
        ...


def kinematics_of(limits: MotionLimits) -> Kinematics:
    """Return the rules of the firmware whose limits these are."""
    match limits:
        case MarlinLimits():
            return MarlinKinematics(limits)
        case KlipperLimits():
            return KlipperKinematics(limits)
        case _:
            assert_never(limits)


class MarlinKinematics:
    """Classic jerk: an axis may change its speed at once by no more than its jerk."""

    smooths = False

    def __init__(self, limits: MarlinLimits) -> None:
        self._take(limits)
        self._way: Four = (0.0, 0.0, 0.0, 0.0)
        self._speed = self._rest = 0.0

    @property
    def rest2(self) -> float:
        """Return the squared speed from which the latest move may stop at once."""
        return self._rest**2

    def change(self, change: LimitChange) -> None:
        """Take limits that the file sets."""
        self._take(self._limits.after(change))

    def _take(self, limits: MarlinLimits) -> None:
        """Keep limits, and what a flat move may do in any direction: most moves ask for less."""
        self._limits = limits
        velocity, accel = limits.max_velocity_mm_s, limits.max_accel_mm_s2
        self._flat_velocity = min(velocity.x, velocity.y, velocity.e)
        self._flat_accel = min(accel.x, accel.y, accel.e)

    def stand_still(self) -> None:
        """Forget the move before: the next one starts with its jerk."""
        self._speed = 0.0

    def block(self, move: Move) -> Block | None:
        """Return the block of a move, or None when it has no length."""
        _, _, _, _, _, dx, dy, dz, de, feed, _ = move
        limits = self._limits
        length = sqrt(dx * dx + dy * dy + dz * dz)
        if length < NOTHING_MM:
            length, accel = abs(de), limits.retract_accel_mm_s2
            if length < NOTHING_MM:
                return None
        else:
            accel = limits.accel_mm_s2 if de else limits.travel_accel_mm_s2
        slowest = limits.slowest_extruding_mm_s if de else limits.slowest_travel_mm_s
        way = x, y, z, e = dx / length, dy / length, dz / length, de / length
        shares = abs(x), abs(y), abs(z), abs(e)
        speed = feed if feed > slowest else slowest
        is_flat = not dz and -1.0 <= e <= 1.0
        if not is_flat or speed > self._flat_velocity:
            speed = within(speed, shares, limits.max_velocity_mm_s)
        if not is_flat or accel > self._flat_accel:
            accel = within(accel, shares, limits.max_accel_mm_s2)
        rest = at_once(speed, shares, limits.jerk_mm_s)
        entry = self._corner(way, speed, rest) if self._speed else rest
        self._way, self._speed, self._rest = way, speed, rest
        return _new(Block, (length, accel, speed * speed, entry * entry, accel))

    def _corner(self, way: Four, speed: float, rest: float) -> float:
        """Return the speed, shared by both moves, at which no axis changes by more than its jerk.

        Where both could as well stop and start at once, Marlin starts the second one from `rest`.
        """
        old_x, old_y, old_z, old_e = self._way
        x, y, z, e = way
        most_x, most_y, most_z, most_e = self._limits.jerk_mm_s
        corner = speed if speed < self._speed else self._speed
        if abs(old_x - x) * corner > most_x:
            corner = turning(old_x, x, corner, most_x)
        if abs(old_y - y) * corner > most_y:
            corner = turning(old_y, y, corner, most_y)
        if abs(old_z - z) * corner > most_z:
            corner = turning(old_z, z, corner, most_z)
        if abs(old_e - e) * corner > most_e:
            corner = turning(old_e, e, corner, most_e)
        if corner < 1.01 * rest and corner < 1.01 * self._rest:
            return min(rest, self._speed)
        return corner


def turning(old: float, new: float, speed: float, jerk: float) -> float:
    """Return `speed`, or a lower one at which an axis keeps its jerk from `old` to `new`.

    An axis that turns round stops in between: only the larger half of its change counts.
    """
    change = abs(old - new) if old * new > 0 else max(abs(old), abs(new))
    able = jerk / change
    return able if able < speed else speed


def at_once(speed: float, shares: Four, jerk: Four) -> float:
    """Return the speed that can be begun or ended with: the jerk of each axis that is too fast.

    It is not shared out by direction. Prusa's firmware and PrusaSlicer count so.
    """
    x, y, z, e = shares
    jerk_x, jerk_y, jerk_z, jerk_e = jerk
    rest = speed
    if x * speed > jerk_x < rest:
        rest = jerk_x
    if y * speed > jerk_y < rest:
        rest = jerk_y
    if z * speed > jerk_z < rest:
        rest = jerk_z
    if e * speed > jerk_e < rest:
        rest = jerk_e
    return rest


def within(figure: float, shares: Four, limits: Four) -> float:
    """Return `figure`, lowered until the share of each axis keeps its limit."""
    x, y, z, e = shares
    most_x, most_y, most_z, most_e = limits
    if x * figure > most_x:
        figure = most_x / x
    if y * figure > most_y:
        figure = most_y / y
    if z * figure > most_z:
        figure = most_z / z
    if e * figure > most_e:
        figure = most_e / e
    return figure


class KlipperKinematics:
    """Square corner velocity: what a corner allows follows from its angle and the acceleration."""

    smooths = True
    rest2 = 0.0

    def __init__(self, limits: KlipperLimits) -> None:
        self._limits = limits
        self._way: Four = (0.0, 0.0, 0.0, 0.0)
        self._before: Block | None = None
        self._square2 = 0.0

    def change(self, change: LimitChange) -> None:
        """Take limits that the file sets."""
        self._limits = self._limits.after(change)

    def stand_still(self) -> None:
        """Forget the move before: the next one starts from rest."""
        self._before = None

    def block(self, move: Move) -> Block | None:
        """Return the block of a move, or None when it has no length."""
        _, _, _, _, _, dx, dy, dz, de, feed, _ = move
        limits = self._limits
        length = sqrt(dx * dx + dy * dy + dz * dz)
        if length < NOTHING_MM:
            return self._filament_block(abs(de), feed)
        way = (dx / length, dy / length, dz / length, de / length)
        speed, accel = min(feed, limits.max_velocity_mm_s), limits.max_accel_mm_s2
        if dz:
            speed = min(speed, limits.max_z_velocity_mm_s / abs(way[2]))
            accel = min(accel, limits.max_z_accel_mm_s2 / abs(way[2]))
        if de < 0:
            # Pulling back on the way keeps the extruder's own limits, as without a way.
            speed = min(speed, limits.max_extrude_only_velocity_mm_s / -way[3])
            accel = min(accel, limits.max_extrude_only_accel_mm_s2 / -way[3])
        square2 = limits.square_corner_velocity_mm_s**2 * accel / limits.max_accel_mm_s2
        smooth_accel = min(accel, self._smooth_accel)
        cruise2 = speed * speed
        entry2 = 0.0
        if self._before:
            entry2 = min(cruise2, self._corner2(self._before, way, square2, accel * length))
        block = Block(length, accel, cruise2, entry2, smooth_accel)
        self._before, self._way, self._square2 = block, way, square2
        return block

    def _filament_block(self, length: float, feed: float) -> Block | None:
        """Return the block of a move of the filament alone: Klipper stops before and after it."""
        if length < NOTHING_MM:
            return None
        self._before = None
        speed = min(feed, self._limits.max_extrude_only_velocity_mm_s)
        accel = self._limits.max_extrude_only_accel_mm_s2
        return Block(length, accel, speed * speed, 0.0, min(accel, self._smooth_accel))

    @property
    def _smooth_accel(self) -> float:
        return self._limits.max_accel_mm_s2 * (1.0 - self._limits.minimum_cruise_ratio)

    def _corner2(self, before: Block, way: Four, square2: float, reach2: float) -> float:
        """Return the squared speed that the corner with the move before allows.

        `square2` is the squared speed in a square corner, `reach2` acceleration times length.
        """
        old_x, old_y, old_z, old_e = self._way
        x, y, z, e = way
        corner2 = before.cruise2
        if e != old_e:
            most = self._limits.instantaneous_corner_velocity_mm_s / (e - old_e)
            corner2 = min(corner2, most * most)
        cosine = old_x * x + old_y * y + old_z * z
        # Of half the angle between the way back and the way on: 1 and 0 for going straight on.
        sine_half = sqrt(max(0.0, 0.5 + 0.5 * cosine))
        cosine_half = sqrt(max(0.0, 0.5 - 0.5 * cosine))
        if sine_half >= 1.0 or cosine_half <= 0.0:
            return corner2
        deviating = SQUARE * sine_half / (1.0 - sine_half)
        # The circle that rounds the corner touches each move at its middle at most.
        touching = 0.5 * sine_half / cosine_half
        return min(
            corner2,
            deviating * min(square2, self._square2),
            touching * min(reach2, before.accel * before.length),
        )
