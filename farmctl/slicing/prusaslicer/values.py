"""When two ways to write a value mean the same to PrusaSlicer.

It writes every value back in its own form: `0.20` becomes `0.2`, `My PLA` becomes `"My PLA"`,
escaped quotes in custom g-code lose their backslash. Anything beyond that is a changed value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SEPARATOR = re.compile(r"\s*([,;x%])\s*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r"}
_ITEM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))\s*(?:;|$)', re.DOTALL)

# Words of later versions, and what an earlier one calls the same. `klipper` came with 2.6: like
# Marlin's g-code, which is what people with Klipper chose before.
_EARLIER = {("gcode_flavor", "klipper"): "marlin2"}


def as_earlier(settings: Mapping[str, str]) -> dict[str, str]:
    """Return settings in the words of an earlier PrusaSlicer."""
    return {key: _EARLIER.get((key, value), value) for key, value in settings.items()}


def same(one: str, other: str) -> bool:
    """Return whether PrusaSlicer reads the same value from both."""
    one, other = one.strip(), other.strip()
    if one == other or unescaped(one) == unescaped(other):
        return True
    if one.startswith('"') or other.startswith('"'):
        return strings(one) == strings(other)
    numbers = _numbers(one)
    return numbers is not None and numbers == _numbers(other)


def unescaped(text: str) -> str:
    r"""Return the text a scalar value means: `\n` is a line break, `\"` a quote."""
    return _ESCAPE.sub(lambda found: _LETTERS.get(found[1], found[1]), text)


def strings(text: str) -> tuple[str, ...]:
    """Return the texts of a list value: split at `;`, quoted where needed."""
    found: list[str] = []
    at = 0
    while at <= len(text):
        item = _ITEM.match(text, at)
        if item is None:
            return (text,)
        found.append(unescaped(item[1] if item[1] is not None else item[2].strip()))
        at = item.end() if item[0].endswith(";") else len(text) + 1
    return tuple(found)


def _numbers(text: str) -> tuple[Decimal | str, ...] | None:
    """Return numbers and the signs between them, or None for what is no list of numbers."""
    parts = [part for part in _SEPARATOR.split(text.strip()) if part]
    read = tuple(Decimal(part) if _NUMBER.fullmatch(part) else part for part in parts)
    known = all(isinstance(part, Decimal) or part in ",;x%" for part in read)
    return read if known and read else None
