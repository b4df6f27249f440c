"""A line of g-code as words: `G1 X10 Y-.5 ; outer wall` is the code `G1` and `{X: 10, Y: -0.5}`."""

from __future__ import annotations

import re
from typing import NamedTuple

_CLASSIC = re.compile(r"([GMT]\d+(?:\.\d+)?)(?![\d_])")
_NUMBERED = re.compile(r"N\d+\s*(.*?)(?:\*\d+)?$", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
_WORD = re.compile(rf"([A-Z])({_NUMBER.pattern})")
_ASSIGNMENT = re.compile(r"(\w+)\s*=\s*(\"[^\"]*\"|\S+)")


MOST = 1e6
"""Nothing that a printer is told is as much as this, in whatever unit."""


class Line(NamedTuple):
    """One line that holds a command.

    `code` is in capitals, `rest` what follows it as written, `tool` the one in use.
    """

    number: int
    end: int
    code: str
    rest: str
    text: str
    tool: int

    def words(self) -> dict[str, float]:
        """Return the lettered numbers. Raises ValueError for rubbish and for a letter alone."""
        packed = "".join(self.rest.upper().split())
        found: dict[str, float] = {}
        at = 0
        while at < len(packed):
            word = _WORD.match(packed, at)
            if word is None:
                raise ValueError(packed)
            found[word[1]] = number(word[2])
            at = word.end()
        return found

    def letters(self) -> str:
        """Return the first letters of the words, in capitals: `XY` for `G28 X Y0`."""
        return "".join(word[0] for word in self.rest.upper().split())

    def assignments(self) -> dict[str, str]:
        """Return what a macro was given: `ACCEL=1500 NAME=x` as a dict with names in capitals."""
        return {name.upper(): value for name, value in _ASSIGNMENT.findall(self.rest)}


def number(text: str) -> float:
    """Return a plain decimal number; raise ValueError for `nan`, `1e9` and other rubbish."""
    value = float(text) if _NUMBER.fullmatch(text) else MOST
    if abs(value) >= MOST:
        raise ValueError(text)
    return value


def read_line(raw: bytes, number: int, end: int, tool: int) -> Line | None:
    """Return the command of a line without comment, line number and checksum, or None."""
    text = raw.partition(b";")[0].decode("utf-8", "replace").strip()
    numbered = _NUMBERED.match(text)
    if numbered:
        text = numbered[1].strip()
    if not text:
        return None
    classic = _CLASSIC.match(text.upper())
    if classic:
        return Line(number, end, _plain(classic[1]), text[len(classic[1]) :].strip(), text, tool)
    code, _, rest = text.partition(" ")
    return Line(number, end, code.upper(), rest, text, tool)


def _plain(code: str) -> str:
    """Return `G1` for `G01`."""
    digits, dot, sub = code[1:].partition(".")
    return f"{code[0]}{digits.lstrip('0') or '0'}{dot}{sub}"
