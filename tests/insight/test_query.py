"""Questions only read: nothing is written, no file is opened, and none takes for ever."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from farmctl.errors import Exit, FarmctlError, Refused, UsageError
from farmctl.insight.kinds import Filters, make_kind
from farmctl.insight.query import Insight, listing, plain
from farmctl.insight.store import open_insight
from farmctl.testing.histories import every_event
from tests.insight.recorded import database_of, folder_at, tables_of, written

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = written(tmp_path_factory.mktemp("farm") / ".farmctl", islice(every_event(), 120))
    tables_of(folder)
    return folder.root


@pytest.fixture
def insight(root: Path) -> Iterator[Insight]:
    with open_insight(folder_at(root)) as found:
        yield found


WRITES = [
    "INSERT INTO runs (run) VALUES ('run-0')",
    "UPDATE runs SET state = 'completed'",
    "DELETE FROM events",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE TEMP TABLE mine AS SELECT 1",
    "CREATE VIEW mine AS SELECT 1",
    "DROP TABLE events",
    "ALTER TABLE runs ADD COLUMN mine TEXT",
    "BEGIN",
    "CHECKPOINT",
    "VACUUM",
    "EXPLAIN ANALYZE DELETE FROM events",
]
REACHES = [
    "FROM '{path}'",
    "SELECT * FROM read_text('{path}')",
    "SELECT * FROM read_csv('{path}')",
    "SELECT * FROM read_json('{path}')",
    "SELECT * FROM read_blob('{path}')",
    "SELECT * FROM read_parquet('{path}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM sniff_csv('{path}')",
    "COPY (SELECT 1) TO '{folder}/made.csv'",
    "COPY runs FROM '{path}'",
    "ATTACH '{folder}/made.db'",
    "EXPORT DATABASE '{folder}/made'",
    "IMPORT DATABASE '{folder}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{path}'",
    "FORCE INSTALL spatial FROM 'http://127.0.0.1:9/'",
    "EXPLAIN COPY (SELECT 1) TO '{folder}/made.csv'",
]
UNGUARDS = [
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET lock_configuration = false",
    "RESET memory_limit",
    "PRAGMA threads = 64",
    "SET temp_directory = '/'",
    "CALL pragma_version()",
    "PREPARE mine AS SELECT 1",
    "USE memory",
]


@pytest.mark.parametrize("text", WRITES + UNGUARDS)
def test_what_would_write_or_unguard_is_refused(insight: Insight, text: str) -> None:
    with pytest.raises(Refused) as refused:
        insight.sql(text)
    assert refused.value.mend == "ask with SELECT, of the tables alone"
    assert refused.value.exit is Exit.REFUSED
    assert insight.sql("SELECT count(*) FROM events").rows == ((120,),)


@pytest.mark.parametrize("text", REACHES)
def test_what_would_reach_outside_the_tables_is_refused(
    insight: Insight, text: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("key\n12345\n")
    with pytest.raises(Refused) as refused:
        insight.sql(text.format(path=secret, folder=tmp_path))
    assert refused.value.mend == "ask with SELECT, of the tables alone"
    assert list(tmp_path.iterdir()) == [secret]


def test_questions_leave_the_file_as_it_was(root: Path, insight: Insight) -> None:
    path = database_of(folder_at(root))
    before = path.read_bytes()
    for text in [*WRITES, *UNGUARDS]:
        with pytest.raises(FarmctlError):
            insight.sql(text)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "one statement at a time"),
        ("-- nothing", "one statement at a time"),
        ("SELECT 1; DROP TABLE runs", "one statement at a time"),
        ("SELEC 1", "Parser Error: syntax error at or near"),
        ("SELECT 'open", "Parser Error: unterminated string literal"),
        ("SELECT nothing FROM runs", 'Binder Error: Referenced column "nothing" not found'),
        ("FROM nowhere", "Catalog Error: Table with name nowhere does not exist"),
        ("SELECT nofunction(1)", "Catalog Error: Scalar Function with name nofunction"),
        ("SELECT CAST('x' AS INTEGER)", "Conversion Error: Could not convert string 'x'"),
        ("SELECT error('boom')", "Invalid Input Error: boom"),
        ("SELECT $1", "Invalid Input Error: Values were not provided"),
        ("SELECT * FROM query('DROP TABLE runs')", "Parser Error: Expected a single SELECT"),
        ("SELECT 1" + "+1" * 5000, "Parser Error"),
    ],
    ids=lambda value: value[:24],
)
def test_bad_sql_is_said_with_a_mend(insight: Insight, text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        insight.sql(text)
    assert error.value.message.startswith(said)
    assert error.value.mend
    assert "\n" not in error.value.message
    assert insight.sql("SELECT 1").rows == ((1,),)


@pytest.mark.parametrize(
    "text",
    [
        "FROM runs",
        "SHOW TABLES",
        "DESCRIBE runs",
        "SUMMARIZE runs",
        "VALUES (1)",
        "EXPLAIN SELECT 1",
        "WITH a AS (SELECT 1) FROM a",
        "PIVOT printer_reasons ON reason USING sum(parts)",
        "SELECT data ->> 'order' FROM events",
    ],
)
def test_what_only_reads_is_answered(insight: Insight, text: str) -> None:
    assert insight.sql(text).columns


def test_an_answer_is_cut_at_its_limit(insight: Insight) -> None:
    answer = insight.sql("SELECT range FROM range(100_000_000_000)", limit=3)
    assert (answer.rows, answer.is_cut) == (((0,), (1,), (2,)), True)
    exact = insight.sql("SELECT range FROM range(3)", limit=3)
    assert (len(exact.rows), exact.is_cut) == (3, False)


FOREVER = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT count(*) FROM n"


def test_a_question_that_takes_too_long_is_ended(insight: Insight) -> None:
    with pytest.raises(FarmctlError, match=r"took longer than 0\.2 s") as error:
        insight.sql(FOREVER, max_s=0.2)
    assert (error.value.exit, error.value.mend) == (Exit.FAILED, "ask for less")
    assert insight.sql("SELECT 1").rows == ((1,),)


def test_a_question_that_needs_too_much_memory_is_ended(insight: Insight) -> None:
    with pytest.raises(FarmctlError, match="needs too much memory"):
        insight.sql("SELECT count(DISTINCT repeat(a::TEXT, 9000)) FROM range(1_000_000) AS n(a)")
    assert insight.sql("SELECT 1").rows == ((1,),)


def test_ctrl_c_ends_a_question(root: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from farmctl.insight.store import open_insight\n"
        "from tests.insight.recorded import folder_at\n"
        "with open_insight(folder_at(Path(sys.argv[1]))) as insight:\n"
        "    try:\n"
        "        print('asking', flush=True)\n"
        "        insight.sql(sys.argv[2])\n"
        "    except KeyboardInterrupt:\n"
        "        print('interrupted')\n"
    )
    argv = [sys.executable, "-c", script, str(root), FOREVER]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout.readline() == "asking\n"
        asking.send_signal(signal.SIGINT)
        assert asking.communicate(timeout=20)[0] == "interrupted\n"


@pytest.mark.parametrize("part", range(2, 16, 3))
def test_tables_that_are_damaged_within_are_right_or_say_so(tmp_path: Path, part: int) -> None:
    folder = written(tmp_path / ".farmctl", islice(every_event(), 120))
    right = tables_of(folder)
    path = database_of(folder)
    raw = bytearray(path.read_bytes())
    at = len(raw) * part // 16
    raw[at : at + 512] = bytes(byte ^ 0xFF for byte in raw[at : at + 512])
    path.write_bytes(raw)
    try:
        found = tables_of(folder)
    except FarmctlError as error:
        found, mend = right, error.mend
    else:
        mend = "farmctl ledger rebuild"
    assert (found, mend) == (right, "farmctl ledger rebuild")


def test_a_filter_that_a_kind_does_not_have_is_refused() -> None:
    kind = make_kind("things", "things", "id", "id id", "state state = $value")
    with pytest.raises(UsageError) as error:
        kind.query(Filters(order="ord-1"))
    assert error.value.message == "things cannot be filtered by --order"
    assert error.value.mend == "they have --state"


def test_filters_are_values_and_never_sql(insight: Insight) -> None:
    with pytest.raises(FarmctlError, match="there is no printer"):
        insight.get("runs", Filters(printer="' OR true --"))
    with pytest.raises(UsageError, match="runs are never"):
        insight.get("runs", Filters(state="' OR true --"))


def test_a_list_names_its_schema(insight: Insight) -> None:
    rows = insight.get("printers")
    made = listing("printers", rows)
    assert made["schema"] == "farmctl.printers/v1"
    assert [each["id"] for each in made["items"]] == [row["id"] for row in rows]
    assert all(isinstance(each["seen"], str | None) for each in made["items"])


def test_values_that_json_does_not_have_are_text() -> None:
    from datetime import timedelta
    from decimal import Decimal
    from uuid import UUID

    assert plain((Decimal("1.50"), Decimal("3.00"))) == [1.5, 3]
    assert plain(timedelta(hours=1)) == "1:00:00"
    assert plain(UUID(int=1)) == "00000000-0000-0000-0000-000000000001"
    assert plain({1: {"a": None}}) == {"1": {"a": None}}
