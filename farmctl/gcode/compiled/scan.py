"""Reading plain lines until one comes that is not."""

from __future__ import annotations

import numpy as np

from farmctl.gcode.arcs import MOST_PIECES
from farmctl.gcode.compiled.arc import go_round
from farmctl.gcode.compiled.jit import inner, outer
from farmctl.gcode.compiled.letters import (
    NEWLINE,
    NOT_PLAIN,
    POINT,
    RADIUS,
    SEMICOLON,
    TO_X,
    TO_Y,
    UNDERLINE,
    after_blanks,
    ends_word,
    integer,
    next_line,
)
from farmctl.gcode.compiled.modal import go, read_words, set_position, target
from farmctl.gcode.toolpath import LABEL, Bytes, Floats, Whole

_G, _M = b"GM"
_OF_ARCS = 1 << TO_X | 1 << TO_Y | 1 << RADIUS
# G2 is clockwise, G3 is not.
_STRAIGHT, _CLOCKWISE, _COUNTERWISE, _POSITION, _NOTHING, _NOTED, _OTHER = range(7)

_IS_WORD = np.zeros(256, dtype=np.bool_)
_IS_WORD[list(b"ABCDEFHIJKLOPQRSUVWXYZ")] = True
"""The first letters of macros: G, M, T and N may begin a command that changes later lines."""
_IS_MODAL = np.zeros(1000, dtype=np.bool_)
_IS_MODAL[[82, 83, 220]] = True
"""The M commands that do."""


@outer
def scan(
    raw: Bytes, begun: tuple[int, int], modal: Floats, moves: Floats, notes: Whole
) -> tuple[int, int, int]:
    """Read lines while they are plain and there is room for moves and notes.

    A note is of a line that moves nothing, but may matter: where it begins and ends, and the moves
    before it.

    Args:
        raw: The file.
        begun: Where to begin, and how many moves there are.
        modal: The state, which changes.
        moves: The columns of moves, which are filled.
        notes: The notes, which are filled from the first one on.

    Returns:
        Where the first line begins that was not read, how many moves and how many notes there are.
    """
    at, count = begun
    noted = 0
    while at < len(raw) and noted < len(notes) and count < moves.shape[1] - MOST_PIECES:
        begin = after_blanks(raw, at)
        kind, behind = _kind(raw, begin)
        if kind <= _POSITION:
            end, given = read_words(raw, behind, modal)
            found = _act((kind, given), modal, moves, count)
            if found == NOT_PLAIN:
                break
            count = found
        elif kind == _OTHER:
            break
        else:
            end = next_line(raw, begin)
            if kind == _NOTED:
                notes[noted, 0], notes[noted, 1], notes[noted, 2] = at, end, count
                noted += 1
        at = end
    return at, count, noted


@inner
def _act(line: tuple[int, int], modal: Floats, moves: Floats, count: int) -> int:
    """Do what a line of some kind, with such words, asks for; return how many moves there are."""
    kind, given = line
    if given == NOT_PLAIN:
        return NOT_PLAIN
    if kind in (_CLOCKWISE, _COUNTERWISE):
        return go_round((given, kind == _CLOCKWISE), modal, moves, count)
    if given & _OF_ARCS:
        return NOT_PLAIN
    if kind == _STRAIGHT:
        return go(target(given, modal), modal, moves, count)
    return count if set_position(given, modal) else NOT_PLAIN


@inner
def _may_be_label(raw: Bytes, at: int) -> bool:
    """Return whether a comment begins like the name of a feature."""
    return at + 2 < len(raw) and raw[at + 1] == LABEL[1] and raw[at + 2] == LABEL[2]


@inner
def _kind(raw: Bytes, at: int) -> tuple[int, int]:
    """Return what a line is that begins here, and where its code ends.

    Noted are lines that mean what they mean whatever came before, and change no later one.
    """
    if at >= len(raw) or raw[at] == NEWLINE:
        return _NOTHING, at
    letter = raw[at]
    if letter == SEMICOLON:
        return (_NOTED if _may_be_label(raw, at) else _NOTHING), at
    if _IS_WORD[letter]:
        return _NOTED, at
    if letter in (_G, _M):
        return _kind_of_code(raw, at)
    return _OTHER, at


@inner
def _kind_of_code(raw: Bytes, at: int) -> tuple[int, int]:
    """Return the same of a line that begins with G or M."""
    code, behind = integer(raw, at + 1)
    if behind == at + 1 or (
        behind < len(raw) and (raw[behind] == POINT or raw[behind] == UNDERLINE)
    ):
        return _OTHER, at
    if raw[at] == _M:
        return (_OTHER if code >= len(_IS_MODAL) or _IS_MODAL[code] else _NOTED), behind
    if code <= 3 and behind == at + 2 and ends_word(raw, behind):
        return (_STRAIGHT if code <= 1 else code - 1), behind
    if code == 92 and behind == at + 3 and ends_word(raw, behind):
        return _POSITION, behind
    return (_NOTED if code == 4 else _OTHER), behind
