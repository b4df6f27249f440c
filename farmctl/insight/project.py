"""From events to tables: one small function for each type, and going on where one stopped."""

from __future__ import annotations

import json

import duckdb
from msgspec import Struct

from farmctl.errors import LedgerDamaged
from farmctl.insight import (
    project_effects,
    project_farm,
    project_orders,
    project_plates,
    project_printers,
    project_runs,
)
from farmctl.insight.catalogue import VERSION
from farmctl.insight.rows import PROJECTIONS, Rows, json_text, utc
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import START, Place
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.envelope import Event
from farmctl.model.events import is_known, payload_of
from farmctl.model.events.registry import PREFIX

__all__ = [
    "Head",
    "follow",
    "project",
    "project_effects",
    "project_farm",
    "project_orders",
    "project_plates",
    "project_printers",
    "project_runs",
    "read_head",
]

_AT_ONCE = 5_000  # events in memory at a time


class Head(Struct, frozen=True):
    """How far tables follow a journal.

    Args:
        ledger: Whose journal it is.
        version: What the tables were made with.
        place: Behind the last event that is in them.
    """

    ledger: str
    version: str
    place: Place


def read_head(database: duckdb.DuckDBPyConnection) -> Head | None:
    """Return how far the tables are, None where nothing is in them.

    Raises duckdb.Error, ValueError or Undecodable for tables that are not ours.
    """
    found = database.execute("SELECT ledger, version, place FROM projection").fetchone()
    if found is None:
        return None
    ledger, version, place = found
    return Head(ledger, version, decode(Place, json.loads(place)))


def follow(
    database: duckdb.DuckDBPyConnection, journal: Journal, ledger: str
) -> LedgerDamaged | None:
    """Put what stands behind the journal's place into the tables, with how far that is.

    All in one transaction: what kills the process leaves the tables as they were. Returns why
    what comes after could not be read, or None.
    """
    rows = Rows(database, is_fresh=journal.place == START)
    place, damage, waiting = journal.place, None, 0
    database.execute("BEGIN")
    try:
        for event in journal.read():
            project(rows, event)
            place, waiting = journal.place, waiting + 1
            if waiting == _AT_ONCE:
                rows.flush()
                waiting = 0
    except LedgerDamaged as error:
        damage = error
    rows.put(
        "projection",
        ledger,
        version=VERSION,
        seq=place.seq,
        hash=place.hash,
        place=json_text(encode(place)),
    )
    rows.flush()
    database.execute("COMMIT")
    return damage


def project(rows: Rows, event: Event) -> None:
    """Put one event into the tables.

    One of a type that only a newer farmctl knows stands in `events` alone. Raises LedgerDamaged
    for one that cannot follow from those before.
    """
    try:
        if is_known(event.type):
            payload = payload_of(event.type, event.data)
            PROJECTIONS[type(payload)](rows, event, payload)
    except (KeyError, ValueError, Undecodable) as error:
        raise LedgerDamaged(
            f"event {event.seq}, {event.type} of {event.subject}, cannot follow ({error})"
        ) from error
    _put_event(rows, event)


def _put_event(rows: Rows, event: Event) -> None:
    name, _, version = event.type.removeprefix(PREFIX).rpartition(".v")
    rows.add(
        "events",
        event.seq,
        id=event.id,
        type=name,
        version=int(version) if version.isdecimal() else None,
        subject=event.subject,
        actor_kind=event.actor.kind,
        actor=event.actor.id,
        via=event.actor.via,
        order_id=event.correlation,
        causation=event.causation,
        epoch=event.epoch,
        data=json_text(event.data),
        hash=event.hash,
        happened_at=utc(event.time),
        recorded_at=utc(event.recorded),
    )
