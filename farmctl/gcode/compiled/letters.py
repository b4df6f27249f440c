"""The bytes of plain lines: blanks, numbers and lettered words."""

from __future__ import annotations

import numpy as np

from farmctl.gcode.compiled.jit import inner
from farmctl.gcode.toolpath import Bytes

NEWLINE, SEMICOLON, POINT, PLUS, MINUS, UNDERLINE = b"\n;.+-_"
ZERO, NINE = b"09"
NOT_PLAIN = -1
"""In place of an offset: the interpreter has to read this line."""

X, Y, Z, E, F, TO_X, TO_Y, RADIUS = range(8)
"""Where words are put, I, J and R of arcs last; `1 << E` says that there is an E."""

NO_SLOT = 255
SLOT = np.full(256, NO_SLOT, dtype=np.uint8)
SLOT[list(b"XYZEFIJR")] = range(8)
_IS_BLANK = np.zeros(256, dtype=np.bool_)
_IS_BLANK[list(b" \t\r\v\f")] = True
_DIGITS = 15
"""So many digits, and a power of ten, are exact: one division rounds as float() does."""
_POWERS = 10.0 ** np.arange(_DIGITS + 1)


@inner
def after_blanks(raw: Bytes, at: int) -> int:
    """Return where the next byte is that is no blank; a line's end is none."""
    while at < len(raw) and _IS_BLANK[raw[at]]:
        at += 1
    return at


@inner
def next_line(raw: Bytes, at: int) -> int:
    """Return where the line after this one begins."""
    while at < len(raw) and raw[at] != NEWLINE:
        at += 1
    return min(at + 1, len(raw))


@inner
def ends_word(raw: Bytes, at: int) -> bool:
    """Return whether no word goes on here."""
    return at >= len(raw) or _IS_BLANK[raw[at]] or raw[at] == NEWLINE or raw[at] == SEMICOLON


@inner
def integer(raw: Bytes, at: int) -> tuple[int, int]:
    """Return the number that the digits here make, and where they end; large ones are cut off."""
    value = 0
    while at < len(raw) and ZERO <= raw[at] <= NINE:
        value = min(value * 10 + int(raw[at]) - ZERO, 1_000_000)
        at += 1
    return value, at


@inner
def number(raw: Bytes, at: int) -> tuple[float, int]:
    """Return the plain decimal number here and where it ends, or NOT_PLAIN in its place."""
    is_negative = at < len(raw) and raw[at] == MINUS
    if at < len(raw) and (raw[at] == MINUS or raw[at] == PLUS):
        at += 1
    begin, mantissa = at, 0
    while at < len(raw) and ZERO <= raw[at] <= NINE:
        mantissa = mantissa * 10 + (raw[at] - ZERO)
        at += 1
    digits = at - begin
    value = float(mantissa)
    if at < len(raw) and raw[at] == POINT:
        at += 1
        begin = at
        while at < len(raw) and ZERO <= raw[at] <= NINE:
            mantissa = mantissa * 10 + (raw[at] - ZERO)
            at += 1
        if at - begin <= _DIGITS:
            value = mantissa / _POWERS[at - begin]
        digits += at - begin
    if digits == 0 or digits > _DIGITS:
        return 0.0, NOT_PLAIN
    return -value if is_negative else value, at
