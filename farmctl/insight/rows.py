"""Rows being written: gathered in memory, then put into their tables a column at a time.

A statement for each row costs a millisecond; one for a thousand rows costs ten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import duckdb

from farmctl.insight.catalogue import TABLES
from farmctl.model.canonical import encode
from farmctl.model.envelope import Event

Key = tuple[Any, ...]
Row = dict[str, Any]


class Rows:
    """Changes to rows, by table and key.

    Args:
        database: Where they go.
        is_fresh: Whether its tables are empty, so that nothing need be read from them.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, *, is_fresh: bool) -> None:
        self._database = database
        self._is_fresh = is_fresh
        self._known: dict[str, dict[Key, Row]] = defaultdict(dict)
        self._changes: dict[str, dict[Key, Row]] = defaultdict(dict)

    def put(self, table: str, /, *key: object, **columns: object) -> None:
        """Set columns of the row with this key, which need not be there yet."""
        self._changes[table].setdefault(key, {}).update(columns)
        known = self._known[table].get(key)
        if known is not None:
            known.update(columns)
        elif self._is_fresh:
            self._known[table][key] = dict(columns)

    def add(self, table: str, /, *key: object, **columns: object) -> None:
        """Set columns of a row that nothing will ask for again."""
        self._changes[table].setdefault(key, {}).update(columns)

    def find(self, table: str, /, *key: object) -> Mapping[str, Any] | None:
        """Return the row as it is now (columns that were never set may be left out), or None."""
        known = self._known[table].get(key)
        if known is None and not self._is_fresh:
            stored = self._load(table, key)
            changed = self._changes[table].get(key)
            if stored is None and changed is None:
                return None
            known = self._known[table][key] = {**(stored or {}), **(changed or {})}
        return known

    def read(self, table: str, /, *key: object) -> Mapping[str, Any]:
        """Return the row as it is now. Raises KeyError where there is none."""
        found = self.find(table, *key)
        if found is None:
            raise KeyError(f"{table} has no {'/'.join(map(str, key))}")
        return found

    def flush(self) -> None:
        """Write the changes into the tables."""
        for name, rows in self._changes.items():
            alike: dict[tuple[str, ...], list[tuple[Key, Row]]] = defaultdict(list)
            for key, row in rows.items():
                alike[tuple(sorted(row))].append((key, row))
            for columns, group in alike.items():
                self._write(name, columns, group)
        self._changes.clear()

    def _write(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple[Key, Row]]) -> None:
        table = TABLES[name]
        names = (*table.key, *columns)
        lists = list(
            zip(*((*key, *(row[each] for each in columns)) for key, row in rows), strict=True)
        )
        values = ", ".join(f"unnest(?::{table.type_of(each)}[])" for each in names)
        changes = ", ".join(f"{each} = excluded.{each}" for each in columns)
        keep = f"UPDATE SET {changes}" if columns else "NOTHING"
        self._database.execute(
            f"INSERT INTO {name} ({', '.join(names)}) SELECT {values}"
            f" ON CONFLICT ({', '.join(table.key)}) DO {keep}",
            [list(each) for each in lists],
        )

    def _load(self, name: str, key: Key) -> Row | None:
        table = TABLES[name]
        where = " AND ".join(f"{each} = ?" for each in table.key)
        cursor = self._database.execute(
            f"SELECT * FROM {name} WHERE {where}",  # noqa: S608 - our own names
            list(key),
        )
        found = cursor.fetchone()
        names = [each.name for each in table.columns]
        return None if found is None else dict(zip(names, found, strict=True))


Projection = Callable[[Rows, Event, Any], None]
P = TypeVar("P", bound=Projection)
PROJECTIONS: dict[type[Any], Projection] = {}


def projects(*kinds: type[Any]) -> Callable[[P], P]:
    """Register what payloads of these kinds put into the tables."""

    def register(function: P) -> P:
        for kind in kinds:
            if kind in PROJECTIONS:
                raise ValueError(f"{kind.__name__} is projected twice")
            PROJECTIONS[kind] = function
        return function

    return register


def utc(at: datetime | None) -> datetime | None:
    """Return a time as tables hold it: UTC, without saying so."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)


def json_text(value: object) -> str:
    """Return JSON as tables hold it, canonical."""
    return encode(value).decode()
