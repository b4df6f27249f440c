"""Questions: SQL that only reads, and lists of things by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.errors import FarmctlError, LedgerDamaged, Refused, UsageError
from farmctl.insight.kinds import Filters
from farmctl.insight.lists import check_state, kind_named
from farmctl.model.codec import Json, time_text
from farmctl.system.patience import wait_for

MAX_ROWS = 10_000
MAX_S = 60.0
_READS = (
    duckdb.StatementType.SELECT,
    duckdb.StatementType.EXPLAIN,
    duckdb.StatementType.MULTI,  # PIVOT: the names of its columns are asked for first
)
_NAMES = {
    "order": "SELECT order_id FROM orders",
    "printer": "SELECT printer FROM printers",
    "profile": "WITH pins AS (SELECT profile FROM variants UNION SELECT profile FROM plates"
    " UNION SELECT profile FROM items WHERE profile IS NOT NULL)"
    " SELECT profile FROM pins UNION SELECT split_part(profile, '@', 1) FROM pins",
}
Declared = Callable[[str], Iterable[str]]
"""Returns the names that the farm's files have of a kind: `order`, `printer`, `profile`."""

_ONLY = "ask with SELECT, of the tables alone"
_SEE = 'docs/tables.md lists tables and columns; `farmctl sql "show tables"` names them'


class Answer(Struct, frozen=True):
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
        word: What people are told of how the tables were found, or None.
    """

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        damage: LedgerDamaged | None = None,
        word: str | None = None,
    ) -> None:
        self.damage = damage
        self.word = word
        self._database = database

    def sql(self, text: str, *, limit: int = MAX_ROWS, max_s: float = MAX_S) -> Answer:
        """Return what one statement that only reads returns, its first `limit` rows.

        Raises:
            Refused: It would write, reach outside the tables, or change how they are guarded.
            UsageError: It is no statement, several, or names what is not there.
            FarmctlError: It needs more memory or time than a question gets.
        """
        return self._asked(_the_statement(text), None, limit, max_s)

    def get(
        self, kind: str, filters: Filters | None = None, declared: Declared = lambda _: ()
    ) -> list[dict[str, Any]]:
        """Return the things of a kind, the oldest first, as rows by name; times are aware, in UTC.

        Args:
            kind: The list, `runs`.
            filters: What is left of it.
            declared: Names that exist although the ledger never heard of them; asked for those.

        Raises:
            UsageError: No such list, one without such a filter, or a state nothing of it is in.
            NoSuchThing: An order, printer or profile that neither farm nor ledger ever had.
        """
        given, row = filters or Filters(), kind_named(kind)
        check_state(row, given.state)
        select, values = row.query(given)
        for what in _NAMES:
            self._check_name(what, getattr(given, what), declared)
        answer = self._asked(select, values, None, MAX_S)
        return [dict(zip(answer.columns, map(_aware, row), strict=True)) for row in answer.rows]

    def _check_name(self, kind: str, name: str | None, declared: Declared) -> None:
        if name is None:
            return
        known = {str(each[0]) for each in self._asked(_NAMES[kind], None, None, MAX_S).rows}
        if name not in known and name not in (there := set(declared(kind))):
            raise unknown(name, kind, known | there)

    def _asked(
        self,
        question: str | duckdb.Statement,
        values: dict[str, object] | None,
        limit: int | None,
        max_s: float,
    ) -> Answer:
        def ask() -> Answer:
            cursor = self._database.execute(question, values)
            columns = tuple(str(each[0]) for each in cursor.description or ())
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
            return Answer(columns, tuple(rows[:limit]), limit is not None and len(rows) > limit)

        try:
            return wait_for(ask, max_s, self._database.interrupt)
        except TimeoutError as error:
            raise FarmctlError(
                f"the question took longer than {max_s:g} s", "ask for less"
            ) from error
        except duckdb.Error as error:
            raise _meant(error) from error


def _meant(error: duckdb.Error) -> FarmctlError:
    match error:
        case duckdb.PermissionException():
            return Refused(_first_line(error), _ONLY)
        case duckdb.InvalidInputException() if "read-only" in str(error):
            return Refused(_first_line(error), _ONLY)
        case duckdb.OutOfMemoryException():
            return FarmctlError("the question needs too much memory", "ask for less")
        case duckdb.IOException() | duckdb.InternalException() | duckdb.FatalException():
            return FarmctlError(
                f"the tables cannot be read: {_first_line(error)}", "farmctl ledger rebuild"
            )
        case _:
            return UsageError(_first_line(error), _SEE)


def listing(kind: str, rows: list[dict[str, Any]]) -> Json:
    """Return the JSON of a list: `{"schema": "farmctl.runs/v1", "items": […]}`."""
    items = [{name: plain(value) for name, value in row.items()} for row in rows]
    return {"schema": kind_named(kind).schema, "items": items}


def _the_statement(text: str) -> duckdb.Statement:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise UsageError(_first_line(error), _SEE) from error
    if len(statements) != 1:
        raise UsageError("one statement at a time", 'farmctl sql "SELECT …"')
    if statements[0].type not in _READS:
        raise Refused(f"{statements[0].type.name} does more than read", _ONLY)
    return statements[0]


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def plain(value: object) -> Json:
    """Return a value of a row as JSON has it; times are UTC."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return time_text(value if value.tzinfo else value.replace(tzinfo=UTC))
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case list() | tuple():
            return [plain(each) for each in value]
        case dict():
            return {str(name): plain(each) for name, each in value.items()}
        case _:
            return str(value)
