"""Lines of canonical JSON with exactly the keys and types that they must have."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.errors import FarmctlError
from farmctl.model.canonical import NotCanonical, decode
from farmctl.model.codec import Json

Shape = Mapping[str, tuple[type, ...]]


class BadLine(FarmctlError):  # noqa: N818 - reads as what it says
    """A line is not what it must be, or not what must stand where it stands."""


def shaped(line: bytes, shape: Shape, what: str) -> dict[str, Json]:
    """Return the object of a line that must have `shape`. Raises BadLine."""
    try:
        value = decode(line)
    except NotCanonical as error:
        raise BadLine(error.message) from None
    check_shape(value, shape, what)
    record: dict[str, Json] = value
    return record


def check_shape(value: Json, shape: Shape, what: str) -> None:
    """Check that a value has exactly the keys of `shape`, with their types. Raises BadLine."""
    if not isinstance(value, dict) or value.keys() != shape.keys():
        raise BadLine(f"not {what}: its keys are not {', '.join(shape)}")
    for name, kinds in shape.items():
        if type(value[name]) not in kinds:
            raise BadLine(f"not {what}: {name} is {value[name]!r}")
