"""Questions: SQL that only reads, and lists of things by kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from farmctl.errors import FarmctlError, LedgerDamaged, Refused, UsageError
from farmctl.insight.kinds import Filters
from farmctl.insight.lists import kind_named
from farmctl.model.codec import Json, time_text

MAX_ROWS = 10_000
_READS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
_SEE = 'docs/tables.md lists tables and columns; `farmctl sql "show tables"` names them'


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query returned.

    Args:
        columns: Their names.
        rows: Their values, in DuckDB's Python types; times are UTC without saying so.
        is_cut: Whether there were more rows than the limit.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    is_cut: bool = False


class Insight:
    """The tables, to be read; made by `open_insight`.

    Attributes:
        damage: Why the tables do not reach the end of the journal, or None.
    """

    def __init__(
        self, database: duckdb.DuckDBPyConnection, damage: LedgerDamaged | None = None
    ) -> None:
        self.damage = damage
        self._database = database

    def sql(self, text: str, *, limit: int = MAX_ROWS) -> Answer:
        """Return what one statement that only reads returns, its first `limit` rows.

        Raises:
            Refused: It would write, reach outside the tables, or change how they are guarded.
            UsageError: It is no statement, several, or names what is not there.
            FarmctlError: It needs more memory than a question gets.
        """
        statement = _the_statement(text)
        try:
            cursor = self._database.execute(statement)
            columns = tuple(str(each[0]) for each in cursor.description or ())
            rows = tuple(cursor.fetchmany(limit + 1))
        except (duckdb.PermissionException, duckdb.InvalidInputException) as error:
            raise Refused(_first_line(error), "ask with SELECT, of the tables alone") from error
        except duckdb.OutOfMemoryException as error:
            raise FarmctlError("the question needs too much memory", "ask for less") from error
        except duckdb.Error as error:
            raise UsageError(_first_line(error), _SEE) from error
        return Answer(columns, rows[:limit], is_cut=len(rows) > limit)

    def get(self, kind: str, filters: Filters | None = None) -> list[dict[str, Any]]:
        """Return the things of a kind, the oldest first, as rows by name; times are aware, in UTC.

        Raises UsageError for a kind that is not listed, or that has no such filter.
        """
        select, values = kind_named(kind).query(filters or Filters())
        cursor = self._database.execute(select, values)
        names = [str(each[0]) for each in cursor.description or ()]
        return [dict(zip(names, map(_aware, row), strict=True)) for row in cursor.fetchall()]


def listing(kind: str, rows: list[dict[str, Any]]) -> Json:
    """Return the JSON of a list: `{"schema": "farmctl.runs/v1", "items": […]}`."""
    items = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return {"schema": kind_named(kind).schema, "items": items}


def _the_statement(text: str) -> duckdb.Statement:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise UsageError(_first_line(error), _SEE) from error
    if len(statements) != 1:
        raise UsageError("one statement at a time", 'farmctl sql "SELECT …"')
    if statements[0].type not in _READS:
        raise Refused(
            f"{statements[0].type.name} does more than read", "ask with SELECT, of the tables alone"
        )
    return statements[0]


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _plain(value: object) -> Json:
    return time_text(value) if isinstance(value, datetime) else value
