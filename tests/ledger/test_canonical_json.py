"""Canonical JSON: one text for one value, and every other text of it refused."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.model.canonical import MAX_INT, NotCanonical, chain_hash, decode, encode, normal

pytestmark = pytest.mark.pure

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | text
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(text.map(lambda key: normalize("NFC", key)), inner, max_size=4)
    ),
    max_leaves=20,
)


class Color(Enum):
    RED = "red"


class Word(StrEnum):
    RED = "re\u0301d"


class Level(IntEnum):
    ONE = 1


def test_the_form():
    value = {"b": [1, True, None], "a": '\u00e9\n"', "\u00e9": {}}
    assert encode(value) == '{"a":"é\\n\\"","b":[1,true,null],"é":{}}'.encode()


@given(values)
def test_what_is_encoded_is_decoded_to_the_same(value):
    assert decode(encode(value)) == normal(value)
    assert encode(decode(encode(value))) == encode(value)


@given(values)
def test_it_is_what_every_json_reader_reads(value):
    assert json.loads(encode(value)) == normal(value)


@given(st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_decoded_is_its_own_encoding(raw):
    try:
        value = decode(raw)
    except NotCanonical:
        return
    assert encode(value) == raw


@given(values, st.integers(0, 200), st.integers(1, 255))
def test_a_changed_byte_never_means_the_same(value, at, mask):
    raw = bytearray(encode(value))
    raw[at % len(raw)] ^= mask
    try:
        changed = decode(bytes(raw))
    except NotCanonical:
        return
    assert encode(changed) != encode(value)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b"9007199254740993",
        b"1" * 5000,
        b'"\\u0041"',
        b'"\\/"',
        b'"\\ud800"',
        '"e\u0301"'.encode(),
        b'"\xff"',
        b'"a\nb"',
        b"[" * 100_000,
        b"",
        b"{}{}",
        b" {}",
        b"{}\n",
        "\ufeff{}".encode(),
        "{}".encode("utf-16"),
        b"null ",
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_any_other_text_is_refused(raw):
    with pytest.raises(NotCanonical):
        decode(raw)


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), MAX_INT + 1, -MAX_INT - 1, b"x", bytearray(b"x"), memoryview(b"x"), {1: 2},
     {None: 1}, {"a", "b"}, object(), "\ud800", {"\ud800": 1}, Color.RED, [[0.5]], {"a": {"b": 0.5}}],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(NotCanonical):
        encode(value)


def test_two_keys_that_are_one_in_nfc_are_refused():
    with pytest.raises(NotCanonical, match="the same text"):
        encode({"\u00e9": 1, "e\u0301": 2})


def test_what_is_like_a_plain_value_is_taken_as_one():
    value = MappingProxyType({"a": (1, Level.ONE), "b": Word.RED, "c": OrderedDict(x=range(2))})
    assert encode(value) == '{"a":[1,1],"b":"réd","c":{"x":[0,1]}}'.encode()


def test_a_newline_before_a_combining_mark_stays_two_characters():
    value = "n\n\u0303"
    assert decode(encode(value)) == value


def test_the_chain_is_sha256_over_tag_link_and_text():
    prev = "ab" * 32
    told = hashlib.sha256(b"farmctl-event-v1\x00" + prev.encode() + b"{}").hexdigest()
    assert chain_hash(prev, b"{}") == told
