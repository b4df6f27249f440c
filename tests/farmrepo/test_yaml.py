"""Strict YAML 1.2: what scalars mean, where things are, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.farmrepo.emit import emit
from farmctl.farmrepo.findings import Place
from farmctl.farmrepo.yaml import DEPTH_LIMIT, parse
from farmctl.farmrepo.yaml_scalars import resolve
from farmctl.farmrepo.yaml_text import SIZE_LIMIT_B

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("012", 12),
        ("1e3", 1000.0),
        ("12:30:00", "12:30:00"),
        ("2026-11-21", "2026-11-21"),
        ("1_000", "1_000"),
        ("0x1F", 31),
        ("0o17", 15),
        ("0b1", "0b1"),
        ("-7", -7),
        ("+7", 7),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5E-3", -0.0015),
        (".", "."),
        ("-", "-"),
        ("1.8.2", "1.8.2"),
        ("1e", "1e"),
        ("~", None),
        ("", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("9" * 500, float("inf")),
        ("<<", "<<"),
    ],
)
def test_plain_scalars_mean_what_the_core_schema_says(text: str, meaning: Any) -> None:
    assert resolve(text) == meaning
    assert type(resolve(text)) is type(meaning)


def test_not_a_number_is_one() -> None:
    assert resolve(".NaN") != resolve(".NaN")


def test_quotes_make_texts() -> None:
    parsed = parse(b"a: '012'\nb: \"true\"\nc: |\n  1\nd: >-\n  2\n")
    assert parsed.value == {"a": "012", "b": "true", "c": "1\n", "d": "2"}


def test_every_key_and_value_has_its_place() -> None:
    parsed = parse(b"# farm\na: 1\nb:\n  - {c: x, d: [y]}\n  -  z\n'e': \n")
    assert parsed.value == {"a": 1, "b": [{"c": "x", "d": ["y"]}, "z"], "e": None}
    assert parsed.values == {
        (): Place(2, 1),
        ("a",): Place(2, 4),
        ("b",): Place(4, 3),
        ("b", 0): Place(4, 5),
        ("b", 0, "c"): Place(4, 9),
        ("b", 0, "d"): Place(4, 15),
        ("b", 0, "d", 0): Place(4, 16),
        ("b", 1): Place(5, 6),
        ("e",): Place(6, 1),  # nothing stands there but the key
    }
    assert parsed.keys[("b", 0, "d")] == Place(4, 12)
    assert parsed.at(("b", 0, "nowhere", 3)) == Place(4, 5)


REFUSED = [
    (b"", (1, 1), "empty"),
    (b"\n# nothing\n", (1, 1), "empty"),
    (b"a: 1", (1, 5), "half-saved"),
    (b"a: 1\nb: 2", (2, 5), "half-saved"),
    (b"\xef\xbb\xbfa: 1\n", (1, 1), "byte-order-mark"),
    (b"a: 1\r\nb: 2\r\n", (1, 5), "carriage-return"),
    (b"a: 1\nb: \xff\n", (2, 4), "not-utf8"),
    ("a: é\nb: ".encode() + b"\xc3\n", (2, 4), "not-utf8"),
    (b"a: x\x00y\n", (1, 5), "odd-character"),
    (b"a: x\x1b[31my\n", (1, 5), "odd-character"),
    ("a: x\u2028y\n".encode(), (1, 5), "odd-character"),
    ("a: x\x85y\n".encode(), (1, 5), "odd-character"),
    (b"\ta: 1\n", (1, 1), "tab"),
    (b"a:\n  \tb: 1\n", (2, 3), "tab"),
    (b"a:\tb\n", (1, 3), "syntax"),
    (b"a: 1\na: 2\n", (2, 1), "duplicate-key"),
    (b"a: {b: 1, c: {b: 1}, b: 2}\n", (1, 22), "duplicate-key"),
    (b"a: &x 1\n", (1, 4), "anchor"),
    (b"&x a: 1\n", (1, 1), "anchor"),
    (b"a: &x [1]\n", (1, 4), "anchor"),
    (b"a: 1\nb: *x\n", (2, 4), "alias"),
    (b"a: !!str 1\n", (1, 4), "tag"),
    (b"a: !ruby/object {}\n", (1, 4), "tag"),
    (b"a: ! x\n", (1, 4), "tag"),
    (b"%YAML 1.1\n---\na: 1\n", (2, 1), "directive"),
    (b"%TAG ! tag:x,2000:\n---\na: 1\n", (2, 1), "directive"),
    (b"a: 1\n---\nb: 2\n", (2, 1), "second-document"),
    (b"1: a\n", (1, 1), "odd-key"),
    (b"{true: a}\n", (1, 2), "odd-key"),
    (b"? [a]\n: b\n", (1, 3), "odd-key"),
    (b"a: b: c\n", (1, 5), "syntax"),
    (b"a: [1, 2\nb: 3\n", (2, 2), "syntax"),
    (b"a: 'x\n", (2, 1), "syntax"),
    (b'a: "\\q"\n', (1, 6), "syntax"),
    (b'a: "\\U00110000"\n', (0, 0), "syntax"),
    (b"a:\n  b: 1\n c: 2\n", (3, 2), "syntax"),
    (b"a: @x\n", (1, 4), "syntax"),
    (b"a: 1\n... b\n", (2, 5), "syntax"),
]


@pytest.mark.parametrize(("raw", "place", "code"), REFUSED)
def test_what_is_refused_is_found_at_its_place(
    raw: bytes, place: tuple[int, int], code: str
) -> None:
    found = parse(raw).findings
    assert (Place(*place), code) in [(each.place, each.code) for each in found]
    assert all(each.message and each.mend for each in found)


def test_no_word_of_the_parser_gets_out() -> None:
    said = {
        each.message for raw, _, code in REFUSED if code == "syntax" for each in parse(raw).findings
    }
    assert "this is no YAML" not in said
    assert not [each for each in said if "token" in each or "expected" in each]


def test_all_faults_are_found_at_once() -> None:
    parsed = parse(b"a: 1\na: 2\nb: &x 3\nc: *x\nd: !t 4")
    assert [each.code for each in parsed.findings] == [
        "half-saved", "duplicate-key", "anchor", "alias", "tag",
    ]  # fmt: skip


def test_a_document_may_have_its_start_and_end_marked() -> None:
    assert parse(b"---\na: 1\n...\n").findings == ()


def test_the_size_limit_is_exact() -> None:
    line = b"a: 1\n"
    filled = b"#" * (SIZE_LIMIT_B - len(line) - 1) + b"\n" + line
    assert parse(filled).findings == ()
    assert [each.code for each in parse(b"#" + filled).findings] == ["too-large"]


def test_the_depth_limit_is_exact() -> None:
    def nested(depth: int) -> bytes:
        return b"[" * depth + b"]" * depth + b"\n"

    assert parse(nested(DEPTH_LIMIT + 1)).findings == ()
    assert [each.code for each in parse(nested(DEPTH_LIMIT + 2)).findings] == ["too-deep"]
    assert [each.code for each in parse(b"[" * 200_000 + b"\n").findings] == ["too-deep"]


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    rows = [b"a: &a [x, x]"] + [
        b"%c: &%c [*%c, *%c]" % (c, c, c - 1, c - 1) for c in range(ord("b"), ord("z"))
    ]
    parsed = parse(b"\n".join(rows) + b"\n")
    assert {each.code for each in parsed.findings} == {"anchor", "alias"}
    assert len(json.dumps(parsed.value)) < 1000


@given(
    st.binary(max_size=60)
    | st.text(alphabet="ab:-[]{},'\"#&*!|>%@`?~ \n\t", max_size=40).map(str.encode)
)
def test_any_bytes_are_a_value_or_findings(raw: bytes) -> None:
    parsed = parse(raw)
    assert parsed.is_readable or parsed.findings


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1), values, min_size=1, max_size=4))
def test_what_is_written_is_read_again_as_the_same(value: dict[str, Any]) -> None:
    text = emit(value)
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return  # a lone surrogate is no text for a file
    parsed = parse(raw)
    assert parsed.findings == (), text
    assert parsed.value == value, text
    assert emit(value) == text
