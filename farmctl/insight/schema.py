"""What the tables and views are made of, and the version that follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from msgspec import Struct

from farmctl.model.events import event_types

PROJECTION = 1  # raised when a projecting function changes what it writes


class Column(Struct, frozen=True):
    """One column: its name, DuckDB's type and a sentence."""

    name: str
    type: str
    meaning: str


class Table(Struct, frozen=True):
    """A table that facts are projected into.

    Args:
        name: `runs`.
        key: The columns that tell two rows apart.
        meaning: One sentence.
        columns: All of them, in order.
    """

    name: str
    key: tuple[str, ...]
    meaning: str
    columns: tuple[Column, ...]

    def type_of(self, column: str) -> str:
        """Return DuckDB's type of a column. Raises KeyError."""
        return {each.name: each.type for each in self.columns}[column]

    @property
    def ddl(self) -> str:
        """Return the statement that makes it."""
        columns = "".join(f"{each.name} {each.type}, " for each in self.columns)
        return f"CREATE TABLE {self.name} ({columns}PRIMARY KEY ({', '.join(self.key)}))"


class View(Struct, frozen=True):
    """A question that has a name.

    Args:
        name: `printer_reasons`.
        meaning: The question.
        columns: What it answers with; the types are DuckDB's own.
        select: The query.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    select: str

    @property
    def ddl(self) -> str:
        """Return the statement that makes it."""
        names = ", ".join(each.name for each in self.columns)
        return f"CREATE VIEW {self.name} ({names}) AS {self.select}"


def table(name: str, key: str, meaning: str, columns: str) -> Table:
    """Return a table from lines of `name TYPE sentence`; `key` may name several columns."""
    return Table(name, tuple(key.split()), meaning, tuple(_columns(columns)))


def view(name: str, meaning: str, columns: str, select: str) -> View:
    """Return a view from lines of `name TYPE sentence` and its query."""
    return View(name, meaning, tuple(_columns(columns)), " ".join(select.split()))


def version_of(tables: Iterable[Table], views: Iterable[View]) -> str:
    """Return what a projection must have been made with to be gone on with.

    It changes with the tables, the views and the events that this farmctl knows.
    """
    parts = [*(each.ddl for each in tables), *(each.ddl for each in views)]
    parts += [row.full_name for row in event_types()]
    return f"{PROJECTION}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"


def _columns(lines: str) -> Iterator[Column]:
    for line in lines.strip().splitlines():
        name, kind, meaning = line.split(maxsplit=2)
        yield Column(name, kind, meaning)
