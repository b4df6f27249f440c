"""Canonical JSON: one value, one text, so that a digest of the text is a digest of the value.

Keys sorted by code point, no spaces, UTF-8, strings in Unicode form NFC, integers that every
JSON reader keeps exactly, and no floats. It is RFC 8785 with numbers made simple.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import NoneType
from typing import Any
from unicodedata import normalize

import msgspec

from farmctl.errors import FarmctlError
from farmctl.model.codec import Json, time_text

MAX_INT = 2**53
_CHAIN_TAG = b"farmctl-event-v1\0"


class NotCanonical(FarmctlError):  # noqa: N818 - reads as what it says
    """A value has no canonical form, or a text is not in it."""


def normal(value: object) -> Json:
    """Return a copy of `value` in dicts, lists and NFC strings; times become text.

    Raises NotCanonical.
    """
    return _FORMS.get(type(value), _other)(value)


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`. Raises NotCanonical."""
    return encode_normal(normal(value))


def encode_normal(value: Json) -> bytes:
    """Return the canonical bytes of what `normal` returned."""
    return _ENCODER.encode(value)


def decode(raw: bytes) -> Json:
    """Return the value of canonical bytes. Raises NotCanonical for any other text of it."""
    if raw.isascii() and not _LONG_NUMBER.search(raw):
        # Mostly so: then what is written back as it was read is canonical, but for floats.
        with suppress(msgspec.DecodeError, ValueError, RecursionError):
            found = _WITHOUT_FLOATS.decode(raw)
            if encode_normal(found) == raw:
                return found
    try:
        value = normal(msgspec.json.decode(raw))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from None
    if encode_normal(value) != raw:
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
        # most of it is plain: a call less for each
        name = key if type(key) is str and key.isascii() else _key(key)
        plain = each is None or (type(each) is str and each.isascii())
        result[name] = each if plain else normal(each)
    if len(result) != len(value):
        raise NotCanonical("two keys of one object are the same text")
    return result


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise NotCanonical(f"an object's key must be text, not {key!r}")
    return _text(str.__str__(key))


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
    datetime: time_text,
}


def _no_float(text: str) -> Json:
    raise ValueError(f"{text} is a float")


_LONG_NUMBER = re.compile(rb"[0-9]{16}")  # it may be larger than MAX_INT
_WITHOUT_FLOATS = msgspec.json.Decoder(float_hook=_no_float)
_ENCODER = msgspec.json.Encoder(order="deterministic")
