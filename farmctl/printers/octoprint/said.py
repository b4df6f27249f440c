"""Reading what an OctoPrint says, whatever it says: what is missing or of another kind is None."""

from __future__ import annotations

from collections.abc import Mapping

Said = object
"""A JSON body, or nothing."""


def within(said: Said, *path: str) -> Said:
    """Return what is at a path of names; None where there is nothing."""
    for name in path:
        if not isinstance(said, Mapping):
            return None
        said = said.get(name)
    return said


def text(said: Said, *path: str) -> str:
    """Return the text at a path, or an empty one."""
    found = within(said, *path)
    return found if isinstance(found, str) else ""


def number(said: Said, *path: str) -> float | None:
    """Return the number at a path; a truth is none, and neither is what is not finite."""
    found = within(said, *path)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if abs(found) < _TOO_MUCH else None


def whole(said: Said, *path: str) -> int | None:
    """Return the whole number at a path."""
    found = number(said, *path)
    return None if found is None else int(found)


_TOO_MUCH = 1e15
