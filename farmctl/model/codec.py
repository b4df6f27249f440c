"""Frozen dataclasses to plain JSON values and back, by their annotations.

No floats: integers in base units. Times are UTC with milliseconds. A missing key takes the field's
default, so that an additive change of a payload still reads what was written before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from farmctl.errors import FarmctlError

T = TypeVar("T")
Json = Any  # str | int | bool | None | list[Json] | dict[str, Json]
_PLAIN = frozenset({str, int, bool, NoneType})


class Undecodable(FarmctlError):  # noqa: N818 - reads as what it says
    """Stored bytes do not mean a value of the asked type."""


def encode(value: object) -> Json:
    """Return `value` as JSON values. Raises TypeError for what has no such form."""
    kind: Any = type(value)
    return _encoder(kind)(value)


def decode(kind: type[T], value: Json) -> T:
    """Return `value` as a `kind`. Raises Undecodable."""
    try:
        result: T = _decoder(cast("Hashable", kind))(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Undecodable(f"not a {kind.__name__}: {error}") from error
    return result


def time_text(at: datetime) -> str:
    """Return `2026-11-21T10:00:00.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Return the time a `time_text` names."""
    return datetime.fromisoformat(text).astimezone(UTC)


@cache
def _encoder(kind: type) -> Callable[[Any], Json]:
    """Return what makes JSON values of a kind's: asked once for each kind, as events are many."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, NoneType | int | str):
        return lambda value: value
    if issubclass(kind, datetime):
        return time_text
    if issubclass(kind, tuple | list):
        return lambda value: list(map(encode, value))
    if issubclass(kind, Mapping):
        return lambda value: {str(key): encode(each) for key, each in value.items()}
    if is_dataclass(kind):
        return _record_encoder(kind)
    raise TypeError(f"no canonical form for {kind.__name__}")


def _record_encoder(kind: type) -> Callable[[Any], Json]:
    names = tuple(each.name for each in fields(kind))

    def take_apart(value: object) -> Json:
        record = {}
        for name in names:
            each = getattr(value, name)
            record[name] = each if type(each) in _PLAIN else encode(each)
        return record

    return take_apart


@cache
def _decoder(kind: Hashable) -> Callable[[Json], Any]:  # noqa: PLR0911 - one return per kind
    if isinstance(kind, NewType):
        return _decoder(kind.__supertype__)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional(kind)
    if origin is tuple:
        each = _decoder(get_args(kind)[0])
        return lambda value: tuple(map(each, _list(value)))
    if origin is not None and issubclass(origin, Mapping):
        key, each = (_decoder(arg) for arg in get_args(kind))
        return lambda value: {key(name): each(one) for name, one in value.items()}
    if kind is datetime:
        return parse_time
    if kind in (str, int, bool):
        return _exactly(cast("type", kind))
    if kind is Any:
        return lambda value: value
    if is_dataclass(kind):
        return _record(kind)
    return cast("Callable[[Json], Any]", kind)  # an Enum


def _optional(kind: Hashable) -> Callable[[Json], Any]:
    inner = [arg for arg in get_args(kind) if arg is not NoneType]
    if len(inner) != 1:
        raise TypeError(f"no one meaning for {kind}")
    some = _decoder(inner[0])
    return lambda value: None if value is None else some(value)


def _record(kind: type) -> Callable[[Json], Any]:
    hints = get_type_hints(kind)
    known = {each.name: _decoder(hints[each.name]) for each in fields(kind)}
    needed = frozenset(
        each.name
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING
    )

    def build(value: Json) -> object:
        if not needed <= value.keys():
            raise KeyError(", ".join(sorted(needed - value.keys())))
        return kind(**{name: known[name](each) for name, each in value.items() if name in known})

    return build


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError(f"a list, not {type(value).__name__}")
    return value


def _exactly(kind: type) -> Callable[[Json], Json]:
    def check(value: Json) -> Json:
        if type(value) is not kind:
            raise TypeError(f"{kind.__name__}, not {type(value).__name__}")
        return value

    return check
