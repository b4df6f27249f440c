"""Canonical JSON: one value, one text, so that a digest of the text is a digest of the value.

Keys sorted by code point, no spaces, UTF-8, strings in Unicode form NFC, integers that every
JSON reader keeps exactly, and no floats. It is RFC 8785 with numbers made simple.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any, NoReturn
from unicodedata import normalize

from farmctl.errors import FarmctlError
from farmctl.model.codec import Json

MAX_INT = 2**53
_CHAIN_TAG = b"farmctl-event-v1\0"


class NotCanonical(FarmctlError):  # noqa: N818 - reads as what it says
    """A value has no canonical form, or a text is not in it."""


def normal(value: object) -> Json:
    """Return a copy of `value` in dicts, lists and NFC strings. Raises NotCanonical."""
    return _FORMS.get(type(value), _other)(value)


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`. Raises NotCanonical."""
    return encode_normal(normal(value))


def encode_normal(value: Json) -> bytes:
    """Return the canonical bytes of what `normal` returned."""
    return text_of(value).encode()


def text_of(value: Json) -> str:
    """Return the canonical text of what `normal` returned."""
    text: str = _ENCODER.encode(value)
    return text


def decode(raw: bytes) -> Json:
    """Return the value of canonical bytes. Raises NotCanonical for any other text of it."""
    try:
        text = raw.decode()
        value = _DECODER.decode(text)
        same = _ENCODER.encode(value if text.isascii() else normal(value)) == text
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from None
    if not same:
        raise NotCanonical("JSON, but not in canonical form")
    return value


def chain_hash(prev: str, canonical: bytes) -> str:
    """Return the hex hash that chains an event to the one before it.

    Args:
        prev: Hex hash of the event before.
        canonical: Canonical bytes of the event without its `prev` and `hash`.
    """
    return hashlib.sha256(_CHAIN_TAG + prev.encode() + canonical).hexdigest()


def _text(value: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotCanonical(f"text with half a character has no canonical form: {value!r}") from None
    return normalize("NFC", value)


def _exact(value: int) -> int:
    if -MAX_INT <= value <= MAX_INT:
        return value
    raise NotCanonical(f"{value} is larger than a JSON reader keeps exactly")


def _object(value: Mapping[str, object]) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, each in value.items():
        if not isinstance(key, str):
            raise NotCanonical(f"an object's key must be text, not {key!r}")
        plain = type(each) is str and each.isascii()  # most of it is: a call less for each
        result[key if key.isascii() else _text(key)] = each if plain else normal(each)
    if len(result) != len(value):
        raise NotCanonical("two keys of one object are the same text")
    return result


def _array(value: Sequence[object]) -> list[Json]:
    return [normal(each) for each in value]


def _same(value: Json) -> Json:
    return value


def _other(value: object) -> Json:
    """Take what is like one of the plain kinds: an enum of text, a view of a mapping."""
    if isinstance(value, str):
        return _text(str.__str__(value))
    if isinstance(value, int):
        return _exact(int(value))
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return _array(value)
    raise NotCanonical(
        f"{type(value).__name__} {value!r} has no canonical form",
        "use integers in base units, or text",
    )


_FORMS: Mapping[type, Callable[[Any], Json]] = {
    str: _text,
    int: _exact,
    bool: _same,
    NoneType: _same,
    dict: _object,
    list: _array,
    tuple: _array,
}


def _without_doubles(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise NotCanonical("a key stands twice in one object")
    return result


def _no_float(text: str) -> NoReturn:
    raise NotCanonical(f"{text} is not an integer")


def _int(text: str) -> int:
    return _exact(int(text))


_ENCODER = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    check_circular=False,  # what `normal` returned is a tree
)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_doubles,
    parse_float=_no_float,
    parse_constant=_no_float,
    parse_int=_int,
)
