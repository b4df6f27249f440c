"""The shape of a JSON value: its keys and types, for holding one server against another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_PLACEHOLDER = re.compile(r"<\w[\w-]*>")
_FREE = ("settings", "config", "orig")
"""Objects whose keys are the machine's own configuration: ours has some of them."""


def differences(real: Any, ours: Any, at: str = "") -> Iterator[str]:
    """Yield where our keys or types are not the real ones.

    A number is a number, an empty list may hold anything, and a placeholder of a recorded exchange
    (`<eventtime>`) stands for any value.
    """
    if isinstance(real, str) and _PLACEHOLDER.fullmatch(real):
        return
    if _kind(real) != _kind(ours):
        yield f"{at}: {_kind(ours)}, really {_kind(real)}"
    elif isinstance(real, dict):
        yield from _of_objects(real, ours, at)
    elif isinstance(real, list) and real and ours:
        yield from differences(real[0], ours[0], f"{at}[0]")


def _of_objects(real: dict[str, Any], ours: dict[str, Any], at: str) -> Iterator[str]:
    is_free = any(each in at.split(".") for each in _FREE)
    yield from (f"{at}.{key} is made up" for key in sorted(set(ours) - set(real)))
    if not is_free:
        yield from (f"{at}.{key} is missing" for key in sorted(set(real) - set(ours)))
    for key in sorted(set(real) & set(ours)):
        yield from differences(real[key], ours[key], f"{at}.{key}")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else type(value).__name__
