"""Lines of the journal: from bytes to events that are proven to follow from one another.

A segment is a header, then one event per line. Each line is canonical JSON. All events of a
segment are of one ledger and one epoch, so that every byte of the header can be checked.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from json import JSONDecoder
from types import NoneType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from farmctl.ledger.identity import Identity, source_of
from farmctl.ledger.shape import BadLine, Shape, check_shape, shaped
from farmctl.model.canonical import chain_hash, encode_normal, normal
from farmctl.model.codec import Json, parse_time, time_text
from farmctl.model.envelope import SPECVERSION, Actor, Event

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
_LINE: Shape = {
    "actor": (dict,),
    "causation": (str, NoneType),
    "correlation": (str, NoneType),
    "data": (dict,),
    "epoch": (int,),
    "hash": (str,),
    "id": (str,),
    "prev": (str,),
    "recorded": (str,),
    "seq": (int,),
    "source": (str,),
    "specversion": (str,),
    "subject": (str,),
    "time": (str,),
    "type": (str,),
}
_ACTOR: Shape = {"id": (str,), "kind": (str,), "via": (str,)}


class Place(Struct, frozen=True):
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


def _without_links(line: bytes) -> bytes:
    """Return what the hash of a line is of: all but `hash` and `prev`.

    What stands behind the event's own `id` is text and numbers, in which a quote is escaped.
    """
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
