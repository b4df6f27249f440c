"""What a plain scalar means: the core schema of YAML 1.2 (yaml.org/spec/1.2.2, section 10.3).

`NO` is a text, `012` is 12, `1e3` is 1000.0, `12:30:00` is a text.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_NAMED: dict[str, Scalar] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_FIRST_OF_NUMBERS = frozenset("+-.0123456789")

DIGITS_LIMIT = 400
"""More digits than any double has; beyond, a number is read as infinite and so refused."""


def resolve(text: str) -> Scalar:
    """Return what a plain scalar means."""
    if text in _NAMED:
        return _NAMED[text]
    if text[0] not in _FIRST_OF_NUMBERS:
        return text
    return _number(text)


def _number(text: str) -> str | int | float:
    for form, base in ((_INT, 10), (_OCTAL, 8), (_HEX, 16)):
        if form.fullmatch(text):
            digits = text if base == 10 else text[2:]
            return int(digits, base) if len(digits) <= DIGITS_LIMIT else float("inf")
    infinity = _INFINITY.fullmatch(text)
    if infinity:
        return float(f"{infinity[1]}inf")
    return float(text) if _FLOAT.fullmatch(text) else text
