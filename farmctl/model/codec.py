"""Structs to plain JSON values and back, by their annotations.

No floats: integers in base units. Times are UTC with milliseconds. A missing key takes the field's
default, so that an additive change of a payload still reads what was written before.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import ValidationError, convert, to_builtins

from farmctl.errors import FarmctlError
from farmctl.model.learning import learn

T = TypeVar("T")
Json = Any  # str | int | bool | None | list[Json] | dict[str, Json]


class Undecodable(FarmctlError):  # noqa: N818 - reads as what it says
    """Stored bytes do not mean a value of the asked type."""


def encode(value: object) -> Json:
    """Return `value` as JSON values. Raises TypeError for what has no such form."""
    return _as_json(plain(value))


def plain(value: object) -> Json:
    """Return `value` in dicts, lists and tuples, with times as they are: half of `encode`."""
    return to_builtins(value, builtin_types=(datetime,))


def decode(kind: type[T], value: Json) -> T:
    """Return `value` as a `kind`. Raises Undecodable."""
    learn(kind)
    try:
        return convert(value, kind)
    except ValidationError as error:
        raise Undecodable(f"not a {kind.__name__}: {error}") from error


def time_text(at: datetime) -> str:
    """Return `2026-11-21T10:00:00.123Z`."""
    return _in_utc(at).isoformat(timespec="milliseconds")[:-_OFFSET_B] + "Z"


def parse_time(text: str) -> datetime:
    """Return the time a `time_text` names."""
    return _in_utc(datetime.fromisoformat(text))


_OFFSET_B = len("+00:00")


def _in_utc(at: datetime) -> datetime:
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def _as_json(value: object) -> Json:
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return time_text(value) if isinstance(value, datetime) else value
