"""From facts to the lines of a journal, with the events that a reader gets from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct

from farmctl.ledger.identity import Identity, source_of
from farmctl.ledger.lines import Place, actor_of, follow_header, header_line
from farmctl.ledger.shape import BadLine
from farmctl.model.canonical import chain_hash, encode_normal, normal
from farmctl.model.codec import parse_time, time_text
from farmctl.model.envelope import SPECVERSION, Actor, Event, Fact, actor_json


class Stamp(Struct, frozen=True):
    """What the journal adds to facts: whose ledger, who says it, and when it is written."""

    identity: Identity
    actor: Actor
    recorded: datetime


class Draft(Struct, frozen=True):
    """Events that are ready to be written: their bytes, and the place behind them."""

    events: tuple[Event, ...]
    data: bytes
    place: Place


def compose(facts: Sequence[Fact], place: Place, stamp: Stamp) -> Draft:
    """Return the lines that put `facts` at `place`, under a header when a segment begins there.

    Raises NotCanonical for a fact with a float, a huge integer or anything that is not JSON, and
    BadLine for one whose fields are of the wrong type.
    """
    lines = []
    if place.offset == 0:
        header = header_line(stamp.identity, place)
        place = follow_header(header, place, stamp.identity)
        lines.append(header)
    events = []
    for fact in facts:
        line, event = _seal(fact, place, stamp)
        place = place.after(line, event)
        lines.append(line)
        events.append(event)
    return Draft(tuple(events), b"".join(line + b"\n" for line in lines), place)


def _seal(fact: Fact, place: Place, stamp: Stamp) -> tuple[bytes, Event]:
    """Return the line and the event of a fact at a place: each value is encoded once."""
    said, number = _said(fact), place.seq + 1
    actor, source = _actor(stamp.actor), _text(source_of(stamp.identity))
    id_ = f"{stamp.identity.ledger}/{number}"
    recorded = _time(stamp.recorded)
    time = _time(fact.time) if fact.time else recorded
    told = actor.raw, said.causation.raw, said.correlation.raw, said.data.raw, place.epoch
    placed = recorded.raw, number, source.raw, said.subject.raw, time.raw, said.type.raw
    parts = _BEFORE_HASH % told, b'"id":%b' % encode_normal(id_), _BEHIND_PREV % placed
    link = chain_hash(place.hash, b"%b,%b,%b" % parts)
    event = Event(
        source=source.value,
        seq=number,
        id=id_,
        time=time.value,
        recorded=recorded.value,
        type=said.type.value,
        subject=said.subject.value,
        actor=actor.value,
        correlation=said.correlation.value,
        causation=said.causation.value,
        epoch=place.epoch,
        data=said.data.value,
        prev=place.hash,
        hash=link,
    )
    return _linked(parts, event), event


def _linked(parts: tuple[bytes, bytes, bytes], event: Event) -> bytes:
    """Return a line with the two links, which its hash is not of, where their keys belong."""
    before, between, after = parts
    link, prev = event.hash.encode(), event.prev.encode()
    return b'%b,"hash":"%b",%b,"prev":"%b",%b' % (before, link, between, prev, after)


_BEFORE_HASH = b'{"actor":%b,"causation":%b,"correlation":%b,"data":%b,"epoch":%d'
_BEHIND_PREV = (
    b'"recorded":%b,"seq":%d,"source":%b,"specversion":"' + SPECVERSION.encode() + b'",'
    b'"subject":%b,"time":%b,"type":%b}'
)


class _Stored(Struct, frozen=True):
    """A value as a reader gets it, and the canonical bytes of it."""

    value: Any
    raw: bytes


class _Said(Struct, frozen=True):
    """What a fact brings to its event."""

    type: _Stored
    subject: _Stored
    data: _Stored
    correlation: _Stored
    causation: _Stored


_NOTHING = _Stored(None, b"null")


def _said(fact: Fact) -> _Said:
    """Return what a fact brings to its event. Raises BadLine, NotCanonical."""
    data = normal(fact.data)
    if type(data) is not dict:
        raise BadLine(f"not a fact: data is {data!r}")
    return _Said(
        _text(fact.type),
        _text(fact.subject),
        _Stored(data, encode_normal(data)),
        _NOTHING if fact.correlation is None else _text(fact.correlation),
        _NOTHING if fact.causation is None else _text(fact.causation),
    )


@lru_cache(maxsize=256, typed=True)
def _text(value: str) -> _Stored:
    """Return a text: mostly it was there before. Raises BadLine."""
    if not isinstance(value, str):
        raise BadLine(f"not a fact: {value!r} stands where text must")
    stored = normal(value)
    return _Stored(stored, encode_normal(stored))


@lru_cache(maxsize=8)
def _actor(actor: Actor) -> _Stored:
    """Return an actor: mostly the same one speaks again."""
    stored = normal(actor_json(actor))
    return _Stored(actor_of(stored), encode_normal(stored))


def _time(at: datetime) -> _Stored:
    """Return a time, to the millisecond."""
    text = time_text(at)
    return _Stored(parse_time(text), b'"%b"' % text.encode())
