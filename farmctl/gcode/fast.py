"""Whether compiled loops pay: they take half a second to load, and some to compile once."""

from __future__ import annotations

from importlib.util import find_spec

LARGE_B = 8_000_000
"""Smaller files are measured before numba is imported and its code is loaded."""


def pays(size_b: int, *, many: bool = False) -> bool:
    """Return whether a file of so many bytes, or one of many, is worth it, and numba is there."""
    return (many or size_b >= LARGE_B) and find_spec("numba") is not None
