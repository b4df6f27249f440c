"""`farmctl sql`: questions are answered, and nothing else is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.insight.catalogue import TABLES, VIEWS
from farmctl.testing.histories import every_event
from tests.cli.history import farm_with_history
from tests.floor.small_farm import make_farm, type_in

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return farm_with_history(tmp_path_factory.mktemp("history"))


def test_without_a_question_it_says_what_there_is(farm: Path, golden: Callable[..., None]) -> None:
    done = type_in(farm, "sql")
    assert (done.code, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()[1:]] == [*TABLES, *VIEWS]
    golden("sql-overview.txt", done.out)


@pytest.mark.parametrize("name", VIEWS)
def test_the_named_questions(farm: Path, golden: Callable[..., None], name: str) -> None:
    done = type_in(farm, "sql", f"FROM {name} ORDER BY ALL")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 100
    golden(f"sql/{name}.txt", "\n".join(done.out.splitlines()[:8]))


def test_an_answer_in_json(farm: Path) -> None:
    query = (
        "SELECT count(*) AS n, max(recorded_at) - min(recorded_at) AS span, 1.5 AS half, [1, 2] AS"
        " some, {a: TIMESTAMP '2026-11-21 10:00:00'} AS one, NULL AS none, sum(seq) AS total, 1 AS"
        " n, 2.00::DECIMAL(5, 2) AS whole FROM events"
    )
    count = len(every_event())
    document = json.loads(type_in(farm, "sql", query, "-o", "json").out)
    assert document == {
        "schema": "farmctl.rows/v1",
        "items": [
            {
                "n": count,
                "span": "0:00:00",
                "half": 1.5,
                "some": [1, 2],
                "one": {"a": "2026-11-21T10:00:00.000Z"},
                "none": None,
                "total": count * (count + 1) // 2,
                "n_2": 1,
                "whole": 2,
            }
        ],
    }


def test_columns_that_do_not_fit_are_named(farm: Path) -> None:
    done = type_in(farm, "sql", "SELECT * FROM runs ORDER BY number")
    assert done.out.splitlines()[0].split()[:5] == ["RUN", "NUMBER", "PLATE", "PRINTER", "STATE"]
    assert max(map(len, done.out.splitlines())) <= 100
    assert done.err.startswith("left out: decision, git_commit, ")
    assert done.err.endswith(", judged_at (-o wide, or name fewer columns)\n")
    wide = type_in(farm, "sql", "SELECT * FROM runs", "-o", "wide")
    assert wide.err == ""
    assert len(wide.out.splitlines()[0].split()) == len(TABLES["runs"].columns)


def test_values_as_people_read_them(farm: Path) -> None:
    query = (
        "SELECT NULL AS a, true AS b, 0.25::DOUBLE AS c, TIMESTAMP '2026-11-21 10:00:00' AS d,"
        " ['x', 'y'] AS e, {p: 1} AS f, repeat('ab', 32) AS g, 'two\nlines' AS h"
    )
    cells = type_in(farm, "sql", query).out.splitlines()[1]
    assert cells == ("-  yes  0.25  2026-11-21 10:00:00  x, y  p 1  abababababab  two lines")


def test_the_first_column_alone(farm: Path) -> None:
    done = type_in(farm, "sql", "SELECT printer, run FROM printers ORDER BY ALL", "-o", "name")
    assert done.out == "sim-1\nsim-2\nsim-3\n"


def test_no_rows_are_said(farm: Path) -> None:
    done = type_in(farm, "sql", "SELECT * FROM runs WHERE false")
    assert (done.code, done.out, done.err) == (0, "", "no rows\n")


def test_more_rows_than_asked_for_are_said(farm: Path) -> None:
    done = type_in(farm, "sql", "SELECT seq FROM events ORDER BY seq", "--limit", "2")
    assert (done.out, done.err) == ("SEQ\n1\n2\n", "only the first 2 rows: --limit shows more\n")


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("DROP TABLE runs", 4, "error: DROP does more than read\n"),
        ("COPY runs TO '/tmp/x.csv'", 4, "error: COPY does more than read\n"),
        ("SELECT 1; SELECT 2", 2, "error: one statement at a time\n"),
        ("SELECT * FROM prints", 2, "error: Catalog Error: Table with name prints does not exist"),
        ("SELEC 1", 2, "error: Parser Error: syntax error"),
    ],
)
def test_what_is_not_a_question_is_refused(farm: Path, query: str, code: int, said: str) -> None:
    done = type_in(farm, "sql", query)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(said)
    assert "\nmend: " in done.err


def test_a_farm_without_a_ledger_is_answered_from_empty_tables(tmp_path: Path) -> None:
    folder = make_farm(tmp_path / "farm")
    assert type_in(folder, "sql", "SELECT count(*) AS n FROM runs").out == "N\n0\n"
    assert not (folder / ".farmctl/farm.duckdb").exists()
