"""Canonical JSON: one value, one text, so that a digest of the text is a digest of the value.

Keys sorted by code point, no spaces, UTF-8, strings in Unicode form NFC, integers that every
JSON reader keeps exactly, and no floats. It is RFC 8785 with numbers made simple.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NoReturn
from unicodedata import is_normalized, normalize

from farmctl.errors import FarmctlError
from farmctl.model.codec import Json

MAX_INT = 2**53
_CHAIN_TAG = b"farmctl-event-v1\0"


class NotCanonical(FarmctlError):  # noqa: N818 - reads as what it says
    """A value has no canonical form, or a text is not in it."""


def normal(value: object) -> Json:
    """Return a copy of `value` in dicts, lists and NFC strings. Raises NotCanonical."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return _exact(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [normal(each) for each in value]
    raise NotCanonical(
        f"{type(value).__name__} {value!r} has no canonical form",
        "use integers in base units, or text",
    )


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`. Raises NotCanonical."""
    return encode_normal(normal(value))


def encode_normal(value: Json) -> bytes:
    """Return the canonical bytes of what `normal` returned."""
    text: str = _ENCODER.encode(value)
    return text.encode()


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
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotCanonical(f"text with half a character has no canonical form: {value!r}") from None
    return value if is_normalized("NFC", value) else normalize("NFC", value)


def _exact(value: int) -> int:
    if abs(value) > MAX_INT:
        raise NotCanonical(f"{value} is larger than a JSON reader keeps exactly")
    return int(value)


def _object(value: Mapping[object, object]) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, each in value.items():
        if not isinstance(key, str):
            raise NotCanonical(f"an object's key must be text, not {key!r}")
        name = _text(key)
        if name in result:
            raise NotCanonical(f"the key {name!r} stands twice")
        result[name] = normal(each)
    return result


def _without_doubles(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise NotCanonical("a key stands twice in one object")
    return result


def _no_float(text: str) -> NoReturn:
    raise NotCanonical(f"{text} is not an integer")


def _int(text: str) -> int:
    return _exact(int(text))


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_doubles,
    parse_float=_no_float,
    parse_constant=_no_float,
    parse_int=_int,
)
