"""From facts to the lines of a journal, with the events that a reader gets from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from farmctl.ledger.identity import Identity, source_of
from farmctl.ledger.lines import SAID, Place, actor_of, follow_header, header_line
from farmctl.ledger.shape import check_shape
from farmctl.model.canonical import chain_hash, encode_normal, normal
from farmctl.model.codec import Json, parse_time, time_text
from farmctl.model.envelope import SPECVERSION, Actor, Event, Fact, actor_json


class Stamp(NamedTuple):
    """What the journal adds to facts: whose ledger, who says it, and when it is written."""

    identity: Identity
    actor: Actor
    recorded: datetime


class Draft(NamedTuple):
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
    """Return the line and the event of a fact at a place.

    The line is put together from three objects whose keys sort one behind the other: each value
    is encoded once, and the two links, which the hash is not of, find their places by themselves.
    """
    said, number = _said(fact), place.seq + 1
    subject, kind = said.pop("subject"), said.pop("type")
    source, id_ = source_of(stamp.identity), f"{stamp.identity.ledger}/{number}"
    actor, actor_said = _as_stored(stamp.actor)
    recorded, recorded_at = _stored_time(stamp.recorded)
    time, time_at = _stored_time(fact.time) if fact.time else (recorded, recorded_at)
    before = encode_normal({"actor": actor_said, **said, "epoch": place.epoch})[:-1]
    between = encode_normal({"id": id_})[1:-1]
    behind = {
        "recorded": recorded,
        "seq": number,
        "source": source,
        "specversion": SPECVERSION,
        "subject": subject,
        "time": time,
        "type": kind,
    }
    after = encode_normal(behind)[1:]
    link = chain_hash(place.hash, b"%b,%b,%b" % (before, between, after))
    hash_, prev = link.encode(), place.hash.encode()
    line = b'%b,"hash":"%b",%b,"prev":"%b",%b' % (before, hash_, between, prev, after)
    event = Event(
        source=source,
        seq=number,
        id=id_,
        time=time_at,
        recorded=recorded_at,
        actor=actor,
        epoch=place.epoch,
        prev=place.hash,
        hash=link,
        subject=subject,
        type=kind,
        **said,
    )
    return line, event


def _said(fact: Fact) -> dict[str, Json]:
    """Return what a fact brings to its event, in canonical values. Raises BadLine, NotCanonical."""
    said: dict[str, Json] = normal(
        {
            "causation": fact.causation,
            "correlation": fact.correlation,
            "data": fact.data,
            "subject": fact.subject,
            "type": fact.type,
        }
    )
    check_shape(said, SAID, "a fact")
    return said


@lru_cache(maxsize=8)
def _as_stored(actor: Actor) -> tuple[Actor, Json]:
    """Return an actor as a reader gets it, and as JSON: mostly the same one speaks again."""
    stored = normal(actor_json(actor))
    return actor_of(stored), stored


def _stored_time(at: datetime) -> tuple[str, datetime]:
    """Return the text of a time, and the time that a reader gets from it."""
    text = time_text(at)
    return text, parse_time(text)
