"""What every event carries, whatever happened: CloudEvents 1.0 and the links of our chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from farmctl.model.codec import Json, time_text

SPECVERSION = "1.0"


class Actor(Struct, frozen=True):
    """Who made something happen.

    Args:
        kind: `person`, `policy`, `controller` or `program`.
        id: `ada@example.org`, `default@sha256:…`.
        via: What it was said through: `cli`, `run`, `webhook`.
    """

    kind: str
    id: str
    via: str


class Fact(Struct, frozen=True):
    """What a caller asks the journal to remember.

    Args:
        type: `dev.farmctl.run.started.v1`.
        subject: What it is about: `run/run-17`.
        data: The payload, as canonical JSON values.
        time: When it happened; None is now.
        correlation: The order that it serves, or None.
        causation: Id of the event that it follows from, or None.
    """

    type: str
    subject: str
    data: Mapping[str, Json]
    time: datetime | None = None
    correlation: str | None = None
    causation: str | None = None


class Event(Struct, frozen=True):
    """A fact in the journal.

    Args:
        source: Who speaks: `farmctl://<farm id>`.
        seq: Its number in the ledger, from 1 without gaps.
        id: `<ledger>/<seq>`.
        time: When it happened, in UTC.
        recorded: When the journal took it, in UTC.
        type: `dev.farmctl.run.started.v1`.
        subject: What it is about: `run/run-17`.
        actor: Who made it happen.
        correlation: The order that it serves, or None.
        causation: Id of the event that it follows from, or None.
        epoch: The epoch of the ledger when it was recorded.
        data: The payload, as canonical JSON values; not to be changed.
        prev: Hex hash of the event before, zeros for the first.
        hash: Hex hash of this one, chained to `prev`.
        specversion: Of CloudEvents.
    """

    source: str
    seq: int
    id: str
    time: datetime
    recorded: datetime
    type: str
    subject: str
    actor: Actor
    correlation: str | None
    causation: str | None
    epoch: int
    data: Mapping[str, Json]
    prev: str
    hash: str
    specversion: str = SPECVERSION


def event_json(event: Event) -> dict[str, Json]:
    """Return the event as the journal's JSON values, `prev` and `hash` with it."""
    return {
        "specversion": event.specversion,
        "source": event.source,
        "seq": event.seq,
        "id": event.id,
        "time": time_text(event.time),
        "recorded": time_text(event.recorded),
        "type": event.type,
        "subject": event.subject,
        "actor": actor_json(event.actor),
        "correlation": event.correlation,
        "causation": event.causation,
        "epoch": event.epoch,
        "data": dict(event.data),
        "prev": event.prev,
        "hash": event.hash,
    }


def actor_json(actor: Actor) -> dict[str, Json]:
    """Return the actor as the journal's JSON values."""
    return {"kind": actor.kind, "id": actor.id, "via": actor.via}
