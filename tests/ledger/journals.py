"""Hypothesis strategies: journals as they are written, and as they are damaged."""

from __future__ import annotations

import json

from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.ledger.compose import Stamp, compose
from farmctl.ledger.lines import START
from farmctl.model.canonical import MAX_INT, chain_hash, encode_normal
from farmctl.model.envelope import Actor, Fact
from tests.ledger.tally import GARAGE, NOTED, START_OF_DAY

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
scalars = st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | words
payloads = st.dictionaries(
    st.text('abctype"{}', max_size=6), scalars | st.lists(scalars, max_size=3), max_size=3
)  # fmt: skip
facts = st.builds(
    Fact,
    type=st.just(NOTED) | words,
    subject=words,
    data=payloads,
    time=st.none() | st.datetimes(timezones=st.just(START_OF_DAY.tzinfo)),
    correlation=st.none() | words,
    causation=st.none() | words,
)
actors = st.builds(Actor, words, words, words)


@st.composite
def journals(draw):
    """Segments of a journal as the writer writes them; later ones may be of a higher epoch."""
    place, identity, segments = START, GARAGE, []
    for _ in range(draw(st.integers(1, 3))):
        stamp = Stamp(identity, draw(actors), START_OF_DAY)
        draft = compose(draw(st.lists(facts, min_size=1, max_size=4)), place, stamp)
        segments.append(draft.data)
        place = draft.place.next_segment()
        identity = replace(identity, epoch=identity.epoch + draw(st.integers(0, 1)))
    return segments


@st.composite
def damaged_journals(draw):
    """A journal in which something was changed: a byte, a line, a segment, or a value resealed."""
    segments = draw(journals())
    number = draw(st.integers(0, len(segments) - 1))
    change = draw(st.sampled_from([flipped, cut, doubled, dropped, swapped, resealed, headed]))
    segments[number] = draw(change(segments[number]))
    return segments


def flipped(raw: bytes):
    places = st.tuples(st.integers(0, len(raw) - 1), st.integers(0, 7))
    return places.map(lambda at: raw[: at[0]] + bytes([raw[at[0]] ^ 1 << at[1]]) + raw[at[0] + 1 :])


def cut(raw: bytes):
    zeros = st.sampled_from([b"", b"\0" * 9])
    return st.tuples(st.integers(0, len(raw)), zeros).map(lambda at: raw[: at[0]] + at[1])


def doubled(raw: bytes):
    return _lines(raw, lambda lines, at: [*lines[: at + 1], *lines[at:]])


def dropped(raw: bytes):
    return _lines(raw, lambda lines, at: [*lines[:at], *lines[at + 1 :]])


def swapped(raw: bytes):
    return _lines(raw, lambda lines, at: [*lines[:at], *lines[at:][::-1]])


def resealed(raw: bytes):
    """One field of one event is another, and its hash is made right again."""
    changes = st.sampled_from(
        [
            ("time", "2026-11-21T10:00:00Z"),
            ("time", "2026-02-30T10:00:00.000Z"),
            ("time", "2026-11-21T10:00:00.000+01:00"),
            ("recorded", "2026-11-21T10:00:00.0001Z"),
            ("recorded", "yesterday"),
            ("recorded", ""),
            ("seq", 7),
            ("seq", True),
            ("seq", "1"),
            ("id", "0a1b2c3d/77"),
            ("source", "farmctl://elsewhere"),
            ("specversion", "1.1"),
            ("epoch", 9),
            ("epoch", 0),
            ("subject", None),
            ("subject", 3),
            ("type", None),
            ("correlation", 3),
            ("causation", []),
            ("data", []),
            ("data", {"a": 0.5}),
            ("data", {"a": MAX_INT + 1}),
            ("data", {"a": "e\u0301"}),
            ("data", {"e\u0301": 1}),
            ("actor", {"id": "a", "kind": "b"}),
            ("actor", {"id": "a", "kind": "b", "via": None}),
            ("actor", {"id": "a", "kind": "b", "via": "c", "why": "d"}),
            ("actor", []),
            ("extra", 1),
            ("id", ...),
            ("data", ...),
        ]
    )
    return st.tuples(st.integers(1, raw.count(b"\n") - 1), changes).map(
        lambda choice: _reseal(raw, choice[0], *choice[1])
    )


def headed(raw: bytes):
    """One field of the header is another."""
    changes = st.sampled_from(
        [
            ("journal", 2),
            ("journal", True),
            ("epoch", 0),
            ("epoch", "1"),
            ("farm", "ffffffff"),
            ("farm", None),
            ("ledger", "ffffffff"),
            ("first_seq", 3),
            ("first_seq", "1"),
            ("prev", "ab" * 32),
            ("prev", 0),
            ("extra", 1),
            ("prev", ...),
        ]
    )
    return changes.map(lambda change: _change_header(raw, *change))


def _lines(raw: bytes, change):
    lines = raw.splitlines(keepends=True)
    return st.integers(0, len(lines) - 1).map(lambda at: b"".join(change(lines, at)))


def _changed(value, key, new):
    if new is ...:
        return {name: each for name, each in value.items() if name != key}
    return {**value, key: new}


def _change_header(raw: bytes, key: str, new: object) -> bytes:
    header, rest = raw.split(b"\n", 1)
    return encode_normal(_changed(json.loads(header), key, new)) + b"\n" + rest


def _reseal(raw: bytes, at: int, key: str, new: object) -> bytes:
    lines = raw.split(b"\n")
    event = _changed(json.loads(lines[at]), key, new)
    body = {name: each for name, each in event.items() if name not in ("hash", "prev")}
    lines[at] = encode_normal({**event, "hash": chain_hash(event["prev"], encode_normal(body))})
    return b"\n".join(lines)
