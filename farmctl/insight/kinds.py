"""The lists that can be asked for by kind: what each row holds, and by what it can be filtered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import fields

from farmctl.errors import UsageError
from farmctl.insight.rows import utc

OF_PROFILE = "{0} = $value OR starts_with({0}, $value || '@')"
"""A condition on a column with a profile version, by name or by version."""
WITH_ORDER = "IN (SELECT plate FROM plate_items WHERE order_id = $value)"
"""A condition on a plate: that it holds a part of an order."""


class Filters(Struct, frozen=True):
    """What a list is narrowed to; None does not narrow.

    Args:
        order: `ord-1042`.
        printer: `voron-1`.
        profile: `petg-0.4-standard`, any version, or one: `petg-0.4-standard@1.9.0`.
        state: One of the kind's states.
        since: From when on.
    """

    order: str | None = None
    printer: str | None = None
    profile: str | None = None
    state: str | None = None
    since: datetime | None = None


class Kind(Struct, frozen=True):
    """One list.

    Args:
        name: `runs`.
        source: What it is read from.
        columns: What stands under each name of a row.
        filters: The condition of each filter that the kind has, with `$value` for its value.
        sort: By what it is sorted.
    """

    name: str
    source: str
    columns: Mapping[str, str]
    filters: Mapping[str, str]
    sort: str

    @property
    def schema(self) -> str:
        """Return the name of the list's JSON form."""
        return f"farmctl.{self.name}/v1"

    def query(self, filters: Filters) -> tuple[str, dict[str, object]]:
        """Return the query and its values. Raises UsageError for a filter it does not have."""
        given = {each.name: getattr(filters, each.name) for each in fields(filters)}
        given = {name: value for name, value in given.items() if value is not None}
        for name in given:
            if name not in self.filters:
                able = ", ".join(f"--{each}" for each in self.filters)
                raise UsageError(f"{self.name} cannot be filtered by --{name}", f"they have {able}")
        columns = ", ".join(f'{sql} AS "{name}"' for name, sql in self.columns.items())
        where = " AND ".join(
            f"({self.filters[name].replace('$value', f'${name}')})" for name in given
        )
        select = f"SELECT {columns} FROM {self.source} WHERE {where or 'true'} ORDER BY {self.sort}"  # noqa: S608 - our own names
        values = {
            name: utc(value) if isinstance(value, datetime) else value
            for name, value in given.items()
        }
        return select, values


def make_kind(name: str, source: str, sort: str, columns: str, filters: str) -> Kind:
    """Return a kind from lines of `name sql`, for its columns and for its filters."""
    return Kind(name, source, _lines(columns), _lines(filters), sort)


def _lines(text: str) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in text.strip().splitlines())
