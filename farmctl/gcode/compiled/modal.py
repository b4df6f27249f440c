"""What lines of g-code change and depend on, as numbers in an array, and how a move changes it.

Moves are columns of eight figures: x, y, z, dx, dy, dz, de, feed.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from farmctl.gcode.compiled.jit import inner
from farmctl.gcode.compiled.letters import (
    NEWLINE,
    NO_SLOT,
    NOT_PLAIN,
    SEMICOLON,
    SLOT,
    E,
    F,
    X,
    Y,
    Z,
    after_blanks,
    ends_word,
    next_line,
    number,
)
from farmctl.gcode.kinematics import NOTHING_MM
from farmctl.gcode.moves import ROUNDING_MM, SLOWEST_MM_MIN, Interpreter
from farmctl.gcode.toolpath import Bytes, Floats
from farmctl.gcode.words import MOST

_FIELDS = (
    "x", "y", "z", "e", "x_origin", "y_origin", "z_origin", "e_origin", "unit_mm", "asked_feed",
    "feed", "speed_factor", "is_relative", "is_filament_relative",
)  # fmt: skip
(
    AT_X,
    AT_Y,
    AT_Z,
    AT_E,
    ZERO_X,
    ZERO_Y,
    ZERO_Z,
    ZERO_E,
    UNIT,
    ASKED,
    FEED,
    FACTOR,
    XYZ_ADDS,
    E_ADDS,
) = range(len(_FIELDS))
WORDS = len(_FIELDS)
"""Behind them, room for the words of a line."""
MOST_MM = MOST

Target = tuple[float, float, float, float, float]
"""Where a move goes to in mm: x, y, z, the filament pushed, and the feed in mm/min, 0 for none."""


def taken_from(interpreter: Interpreter) -> Floats:
    """Return the state of an interpreter as numbers."""
    figures = [float(getattr(interpreter, field)) for field in _FIELDS]
    return np.array(figures + [0.0] * 8)


def given_to(interpreter: Interpreter, modal: Floats) -> None:
    """Bring an interpreter into a state."""
    for field, value in zip(_FIELDS, modal.tolist(), strict=False):
        setattr(interpreter, field, bool(value) if field.startswith("is_") else value)


@inner
def read_words(raw: Bytes, at: int, modal: Floats) -> tuple[int, int]:
    """Put the words here into their places; return where the next line begins and which they are.

    A line with any other word is NOT_PLAIN.
    """
    given = 0
    while True:
        at = after_blanks(raw, at)
        if at >= len(raw) or raw[at] == NEWLINE or raw[at] == SEMICOLON:
            return next_line(raw, at), given
        slot = SLOT[raw[at]]
        if slot == NO_SLOT:
            return NOT_PLAIN, NOT_PLAIN
        value, at = number(raw, at + 1)
        if at == NOT_PLAIN or not ends_word(raw, at):
            return NOT_PLAIN, NOT_PLAIN
        modal[WORDS + slot] = value
        given |= 1 << slot


@inner
def target(given: int, modal: Floats) -> Target:
    """Return where the words of a line ask to go, in machine coordinates."""
    unit, adds = modal[UNIT], modal[XYZ_ADDS] != 0.0
    x, y, z, pushed, feed = modal[AT_X], modal[AT_Y], modal[AT_Z], 0.0, 0.0
    if given & (1 << X):
        x = (modal[AT_X] if adds else modal[ZERO_X]) + modal[WORDS + X] * unit
    if given & (1 << Y):
        y = (modal[AT_Y] if adds else modal[ZERO_Y]) + modal[WORDS + Y] * unit
    if given & (1 << Z):
        z = (modal[AT_Z] if adds else modal[ZERO_Z]) + modal[WORDS + Z] * unit
    if given & (1 << E):
        pushed = modal[WORDS + E] * unit
        if not adds and modal[E_ADDS] == 0.0:
            pushed = pushed + modal[ZERO_E] - modal[AT_E]
            pushed = pushed if abs(pushed) > ROUNDING_MM else 0.0
    if given & (1 << F):
        feed = modal[WORDS + F] * unit
    return x, y, z, pushed, feed


@inner
def set_position(given: int, modal: Floats) -> bool:
    """Give the place where the machine is the named coordinates; return whether they make sense.

    Without any it is zero.
    """
    if given & (1 << F):
        return False
    for slot in range(4):
        if given & (1 << slot) and not abs(modal[WORDS + slot]) < MOST_MM:
            return False
    for slot in range(4):
        if given == 0:
            modal[ZERO_X + slot] = modal[AT_X + slot]
        elif given & (1 << slot):
            modal[ZERO_X + slot] = modal[AT_X + slot] - modal[WORDS + slot] * modal[UNIT]
    return True


@inner
def go(to: Target, modal: Floats, moves: Floats, count: int) -> int:
    """Move, with one more column of moves unless the way is nothing; return how many there are.

    A place that is out of this world is NOT_PLAIN.
    """
    x, y, z, de, feed = to
    if not abs(x) + abs(y) + abs(z) + abs(de) < MOST_MM:
        return NOT_PLAIN
    if SLOWEST_MM_MIN < feed < MOST_MM:
        modal[ASKED] = feed / 60
        modal[FEED] = modal[ASKED] * modal[FACTOR]
    dx, dy, dz = x - modal[AT_X], y - modal[AT_Y], z - modal[AT_Z]
    modal[AT_X], modal[AT_Y], modal[AT_Z] = x, y, z
    modal[AT_E] += de
    if sqrt(dx * dx + dy * dy + dz * dz) < NOTHING_MM and abs(de) < NOTHING_MM:
        return count
    moves[0, count], moves[1, count], moves[2, count] = x, y, z
    moves[3, count], moves[4, count], moves[5, count] = dx, dy, dz
    moves[6, count], moves[7, count] = de, modal[FEED]
    return count + 1
