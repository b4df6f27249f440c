"""Lines of the journal: from facts to bytes, and from bytes to events that are proven to follow.

A segment is a header, then one event per line. Each line is canonical JSON. All events of a
segment are of one ledger and one epoch, so that every byte of the header can be checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from json import JSONDecoder
from types import NoneType
from typing import Final

from farmctl.ledger.identity import Identity, source_of
from farmctl.ledger.shape import BadLine, Shape, check_shape, shaped
from farmctl.model.canonical import chain_hash, encode_normal, normal, text_of
from farmctl.model.codec import Json, parse_time, time_text
from farmctl.model.envelope import SPECVERSION, Actor, Event, Fact, actor_json

FORMAT: Final = 1
GENESIS: Final = "0" * 64
_LINK_B = len(f'"hash":"{GENESIS}",')

_HEADER: Shape = {
    "epoch": (int,),
    "farm": (str,),
    "first_seq": (int,),
    "journal": (int,),
    "ledger": (str,),
    "prev": (str,),
}
_SAID: Shape = {
    "causation": (str, NoneType),
    "correlation": (str, NoneType),
    "data": (dict,),
    "subject": (str,),
    "type": (str,),
}
_LINE: Shape = {
    "actor": (dict,),
    "epoch": (int,),
    "hash": (str,),
    "id": (str,),
    "prev": (str,),
    "recorded": (str,),
    "seq": (int,),
    "source": (str,),
    "specversion": (str,),
    "time": (str,),
    **_SAID,
}
_ACTOR: Shape = {"id": (str,), "kind": (str,), "via": (str,)}


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two lines of a journal.

    Args:
        segment: Number of the segment, from 1.
        offset: Bytes of the segment before the place.
        line: Lines of the segment before the place.
        seq: Number of the last event before the place; 0 when there is none.
        hash: Hash of that event.
        epoch: Epoch of the segment; 0 before the first header.
    """

    segment: int = 1
    offset: int = 0
    line: int = 0
    seq: int = 0
    hash: str = GENESIS
    epoch: int = 0

    def after(self, line: bytes, event: Event | None = None) -> Place:
        """Return the place behind a whole line (without its newline)."""
        seq, link = (event.seq, event.hash) if event else (self.seq, self.hash)
        offset = self.offset + len(line) + 1
        return Place(self.segment, offset, self.line + 1, seq, link, self.epoch)

    def next_segment(self) -> Place:
        """Return the place before the header of the next segment."""
        return replace(self, segment=self.segment + 1, offset=0, line=0)


START: Final = Place()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the journal adds to facts: whose ledger, who says it, and when it is written."""

    identity: Identity
    actor: Actor
    recorded: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """Events that are ready to be written: their bytes, and the place behind them."""

    events: tuple[Event, ...]
    data: bytes
    place: Place


def segment_name(number: int) -> str:
    """Return `00000001.jsonl`, the name of a segment counted from 1."""
    return f"{number:08}.jsonl"


def header_line(identity: Identity, place: Place) -> bytes:
    """Return the header of the segment that begins at `place`."""
    header = {
        "epoch": identity.epoch,
        "farm": identity.farm,
        "first_seq": place.seq + 1,
        "journal": FORMAT,
        "ledger": identity.ledger,
        "prev": place.hash,
    }
    return encode_normal(normal(header))


def read_identity(line: bytes) -> Identity:
    """Return whose journal a header line opens. Raises BadLine."""
    header = shaped(line, _HEADER, "a header")
    return Identity(header["farm"], header["ledger"], header["epoch"])


def follow_header(line: bytes, place: Place, identity: Identity) -> Place:
    """Return the place behind the header. Raises BadLine when it does not belong there."""
    header = shaped(line, _HEADER, "a header")
    if header["journal"] != FORMAT:
        raise BadLine(f"journal format {header['journal']} is not known")
    if (header["farm"], header["ledger"]) != (identity.farm, identity.ledger):
        raise BadLine(f"belongs to ledger {header['ledger']} of farm {header['farm']}")
    if (header["first_seq"], header["prev"]) != (place.seq + 1, place.hash):
        raise BadLine(f"does not go on after event {place.seq}")
    if header["epoch"] < max(place.epoch, 1):
        raise BadLine(f"epoch {header['epoch']} comes after epoch {place.epoch}")
    return replace(place.after(line), epoch=header["epoch"])


def follow(line: bytes, place: Place, identity: Identity) -> Event:
    """Return the event of a line that must stand at `place`. Raises BadLine."""
    event = parse_event(line)
    if event.seq != place.seq + 1:
        raise BadLine(f"event {event.seq} stands where {place.seq + 1} must")
    if event.prev != place.hash:
        raise BadLine(f"event {event.seq} does not follow from event {place.seq}")
    if event.epoch != place.epoch:
        raise BadLine(f"event {event.seq} is of epoch {event.epoch}, its segment of {place.epoch}")
    if (event.id, event.source) != (f"{identity.ledger}/{event.seq}", source_of(identity)):
        raise BadLine(f"event {event.seq} is of another ledger: {event.id} from {event.source}")
    return event


def parse_event(line: bytes) -> Event:
    """Return the event of a line whose hash is right. Raises BadLine."""
    record = shaped(line, _LINE, "an event")
    claimed, prev = record["hash"], record["prev"]
    if chain_hash(prev, _without_links(line)) != claimed:
        raise BadLine("the hash is not that of the event")
    if record["specversion"] != SPECVERSION:
        raise BadLine(f"specversion {record['specversion']} is not known")
    return _event(record, prev, claimed)


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


def is_torn(rest: bytes) -> bool:
    """Tell whether bytes without a newline are the start of a line that was cut in writing.

    Nothing may stand behind a whole object, except the zeros that a power cut leaves where the
    file had grown and its bytes were not there yet. Else the newline was changed: damage.
    """
    text = rest.rstrip(b"\0").decode(errors="replace")
    try:
        _, end = JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return True
    return end == len(text)


def _seal(fact: Fact, place: Place, stamp: Stamp) -> tuple[bytes, Event]:
    said, number = _said(fact), place.seq + 1
    source, id_ = source_of(stamp.identity), f"{stamp.identity.ledger}/{number}"
    actor, actor_json_ = _as_stored(stamp.actor)
    recorded, recorded_at = _stored_time(stamp.recorded)
    time, time_at = _stored_time(fact.time) if fact.time else (recorded, recorded_at)
    own = {key: text_of(value) for key, value in said.items()}
    before = (  # the keys stand as they sort
        f'{{"actor":{actor_json_},"causation":{own["causation"]},'
        f'"correlation":{own["correlation"]},"data":{own["data"]},"epoch":{place.epoch},'
    )
    between = f'"id":{text_of(id_)},'
    after = (
        f'"recorded":"{recorded}","seq":{number},"source":{text_of(source)},'
        f'"specversion":"{SPECVERSION}","subject":{own["subject"]},"time":"{time}",'
        f'"type":{own["type"]}}}'
    )
    link = chain_hash(place.hash, f"{before}{between}{after}".encode())
    line = f'{before}"hash":"{link}",{between}"prev":"{place.hash}",{after}'
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
        **said,
    )
    return line.encode(), event


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
    check_shape(said, _SAID, "a fact")
    return said


@lru_cache(maxsize=8)
def _as_stored(actor: Actor) -> tuple[Actor, str]:
    """Return an actor as a reader gets it, and its text: mostly the same one speaks again."""
    stored = normal(actor_json(actor))
    return actor_of(stored), text_of(stored)


def _stored_time(at: datetime) -> tuple[str, datetime]:
    """Return the text of a time, and the time that a reader gets from it."""
    text = time_text(at)
    return text, parse_time(text)


def _without_links(line: bytes) -> bytes:
    at, then = line.rindex(b'"id":"'), line.rindex(b'"recorded":"')
    return line[: at - _LINK_B] + line[at : then - _LINK_B] + line[then:]


def _event(record: dict[str, Json], prev: str, link: str) -> Event:
    return Event(
        source=record["source"],
        seq=record["seq"],
        id=record["id"],
        time=time_of(record["time"]),
        recorded=time_of(record["recorded"]),
        type=record["type"],
        subject=record["subject"],
        actor=actor_of(record["actor"]),
        correlation=record["correlation"],
        causation=record["causation"],
        epoch=record["epoch"],
        data=record["data"],
        prev=prev,
        hash=link,
    )


def actor_of(value: Json) -> Actor:
    """Return the actor of a stored event. Raises BadLine."""
    check_shape(value, _ACTOR, "an actor")
    return Actor(**value)


@lru_cache(maxsize=8)
def time_of(text: str) -> datetime:
    """Return the time that `time_text` wrote. Raises BadLine for any other form.

    An event mostly has the same time twice, and so have those that were written with it.
    """
    try:
        at = parse_time(text)
    except ValueError:
        raise BadLine(f"{text!r} is not a time") from None
    if time_text(at) != text:
        raise BadLine(f"{text!r} is not a time in UTC with milliseconds")
    return at
