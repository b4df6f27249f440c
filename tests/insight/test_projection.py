"""The tables follow the journal: in steps as in one go, after a crash, and after other hands."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import duckdb
import pytest
from msgspec.structs import replace

from farmctl.insight.catalogue import TABLES, VERSION, VIEWS
from farmctl.insight.rows import PROJECTIONS
from farmctl.insight.schema import Column, Table, version_of
from farmctl.insight.store import open_insight, rebuild
from farmctl.ledger.folder import LedgerFolder
from farmctl.model.events import event_types
from farmctl.system.disk import RealDisk
from farmctl.testing.histories import every_event, walk
from tests.insight.recorded import (
    GARAGE,
    answers_of,
    begin,
    database_of,
    rebuilt_tables_of,
    rows_of,
    tables_of,
    tell,
    written,
)

STEPS = 52
MAY_BE_OVER = {"farms.held", "plates.failed_code", "plates.failed_message", "events.causation"}
MAY_BE_OVER |= {"printers.withdrawn_at", "printers.message", "printers.job_file", "printers.job_id"}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> LedgerFolder:
    """A ledger that holds every event type."""
    return written(tmp_path_factory.mktemp("farm") / ".farmctl", every_event())


def in_steps(folder: LedgerFolder, ledger, count: int) -> int:
    """Tell every event in `count` parts, and look at the tables after each."""
    history = every_event()
    size = len(history) // count
    for number in range(count):
        end = None if number == count - 1 else (number + 1) * size
        tell(ledger, history[number * size : end])
        with open_insight(folder) as insight:
            assert insight.sql("SELECT seq FROM projection").rows == ((ledger.place.seq,),)
            assert (insight.damage, insight.word) == (None, None)
    return count


def test_tables_that_were_caught_up_in_steps_equal_rebuilt_ones(tmp_path: Path) -> None:
    folder, ledger = begin(tmp_path / ".farmctl")
    assert in_steps(folder, ledger, STEPS) >= 50
    stepwise, answers = tables_of(folder), answers_of(folder)
    rebuilt = rebuilt_tables_of(folder)
    assert stepwise.keys() == TABLES.keys()
    for name in TABLES:
        assert stepwise[name] == rebuilt[name], name
    assert answers == answers_of(folder)
    assert len(folder.segments()) > 3


def test_no_table_and_no_view_of_every_event_is_empty(everything: LedgerFolder) -> None:
    found = {**tables_of(everything), **answers_of(everything)}
    assert found.keys() == TABLES.keys() | VIEWS.keys()
    assert [name for name, rows in found.items() if not rows] == []


def test_every_event_type_stands_in_the_events(everything: LedgerFolder) -> None:
    with open_insight(everything) as insight:
        found = dict(insight.sql("SELECT type, count(*) FROM events GROUP BY type").rows)
    assert found == Counter(each.name for each in every_event())
    assert found.keys() == {row.name for row in event_types()}


def test_every_event_type_is_projected() -> None:
    assert PROJECTIONS.keys() == {row.payload for row in event_types()}


def test_nearly_every_column_holds_something(everything: LedgerFolder) -> None:
    with open_insight(everything) as insight:
        empty = {
            f"{table.name}.{each.name}"
            for table in TABLES.values()
            for each in table.columns
            if insight.sql(f"SELECT count({each.name}) FROM {table.name}").rows == ((0,),)
        }
    assert empty <= MAY_BE_OVER


def test_an_event_names_what_it_follows_from(tmp_path: Path) -> None:
    folder, ledger = begin(tmp_path / ".farmctl")
    tell(ledger, islice(every_event(), 30))
    fact = replace(every_event()[30].fact, causation="0a1b2c3d/30")
    ledger.append([fact], every_event()[30].actor)
    with open_insight(folder) as insight:
        follows = insight.sql("SELECT seq, causation FROM events WHERE causation IS NOT NULL")
    assert follows.rows == ((31, "0a1b2c3d/30"),)


class CountingDisk(RealDisk):
    """A disk that remembers which segments were read."""

    def __init__(self) -> None:
        self.read_names: list[str] = []

    def read_from(self, path: Path, offset: int) -> bytes:
        self.read_names.append(path.name)
        return super().read_from(path, offset)


def test_looking_again_reads_the_last_segment_alone(everything: LedgerFolder) -> None:
    tables_of(everything)
    disk = CountingDisk()
    tables_of(LedgerFolder(disk, everything.root, everything.segment_b))
    segments = {name for name in disk.read_names if name.endswith(".jsonl")}
    assert segments == {everything.segment(max(everything.segments())).name}


KILLED = [2, 12, 99]


@pytest.mark.parametrize("caught_up", [0, 400])
def test_a_crash_while_catching_up_leaves_the_tables_as_they_were(
    tmp_path: Path, caught_up: int
) -> None:
    folder, ledger = begin(tmp_path / ".farmctl")
    history = iter(every_event())
    tell(ledger, islice(history, caught_up))
    before = tables_of(folder)
    tell(ledger, history)
    for statements in KILLED:
        argv = [sys.executable, "-m", "tests.insight.killed", str(folder.root), str(statements)]
        assert subprocess.run(argv, check=False).returncode == -signal.SIGKILL
        with duckdb.connect(str(database_of(folder)), read_only=True) as database:
            seen = {name: database.sql(f"FROM {name}").fetchall() for name in TABLES}
        assert {name: sorted(rows, key=repr) for name, rows in seen.items()} == before
    assert tables_of(folder) == rebuilt_tables_of(folder)


def test_tables_of_another_ledger_are_made_anew(tmp_path: Path) -> None:
    other = written(
        tmp_path / "other", islice(every_event(), 90), replace(GARAGE, ledger="ffff0000")
    )
    tables_of(other)
    mine = written(tmp_path / "mine", islice(every_event(), 120))
    database_of(other).rename(database_of(mine))
    with open_insight(mine) as insight:
        assert insight.word == (
            "farm.duckdb does not follow this journal, or was made by another farmctl:"
            " made anew from the journal"
        )
        assert insight.sql("SELECT ledger, seq FROM projection").rows == (("0a1b2c3d", 120),)
        found = rows_of(insight)
    assert found == rebuilt_tables_of(mine)


def test_tables_of_another_history_of_the_same_ledger_are_made_anew(tmp_path: Path) -> None:
    longer = written(tmp_path / "longer", islice(every_event(), 200))
    tables_of(longer)
    restored = written(tmp_path / "restored", islice(walk(range(1, 10**9, 7919)), 150))
    database_of(longer).rename(database_of(restored))
    with open_insight(restored) as insight:
        assert insight.word is not None
        assert insight.sql("SELECT count(*) FROM events").rows == ((150,),)


def test_tables_of_an_older_schema_are_made_anew(tmp_path: Path) -> None:
    folder = written(tmp_path / ".farmctl", islice(every_event(), 120))
    right = tables_of(folder)
    with duckdb.connect(str(database_of(folder))) as database:
        database.execute("UPDATE projection SET version = '0-before'")
        database.execute("UPDATE orders SET state = 'invented'")
    assert tables_of(folder) == right


def test_the_version_follows_from_tables_views_and_events() -> None:
    tables, views = list(TABLES.values()), list(VIEWS.values())
    assert version_of(tables, views) == VERSION
    wider = replace(tables[0], columns=(*tables[0].columns, Column("more", "TEXT", "More.")))
    assert version_of([wider, *tables[1:]], views) != VERSION
    other = replace(views[0], select=views[0].select.replace("'making'", "'made'"))
    assert version_of(tables, [other, *views[1:]]) != VERSION


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: b"not a database",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:4096] + bytes(len(raw) - 4096),
        lambda raw: b"\0" * 64 + raw[64:],
    ],
    ids=["empty", "text", "cut", "zeros", "head"],
)
def test_a_damaged_file_is_made_anew_with_a_word(tmp_path: Path, damage) -> None:
    folder = written(tmp_path / ".farmctl", islice(every_event(), 120))
    right = tables_of(folder)
    path = database_of(folder)
    path.write_bytes(damage(path.read_bytes()))
    with open_insight(folder) as insight:
        assert insight.word == "farm.duckdb could not be read: made anew from the journal"
        assert rows_of(insight) == right
    with open_insight(folder) as insight:
        assert insight.word is None


def test_a_database_that_is_not_ours_is_made_anew(tmp_path: Path) -> None:
    folder = written(tmp_path / ".farmctl", islice(every_event(), 30))
    with duckdb.connect(str(database_of(folder))) as database:
        database.execute("CREATE TABLE orders AS SELECT 1 AS a")
    with open_insight(folder) as insight:
        assert insight.word is not None
        assert insight.sql("SELECT seq FROM projection").rows == ((30,),)


def test_a_damaged_journal_is_shown_up_to_there(tmp_path: Path) -> None:
    folder = written(tmp_path / ".farmctl", islice(every_event(), 50))
    path = folder.segment(1)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:40], lines[40].replace(b'"seq":', b'"seq": '), *lines[41:]]))
    with open_insight(folder) as insight:
        assert insight.damage is not None
        assert "00000001.jsonl:41" in insight.damage.message
        assert insight.sql("SELECT max(seq) FROM events").rows == ((39,),)
    damage = rebuild(folder)
    assert damage is not None
    assert "00000001.jsonl:41" in damage.message


def test_without_a_ledger_the_tables_are_empty(tmp_path: Path) -> None:
    with open_insight(LedgerFolder(written(tmp_path / "x", []).disk, tmp_path / "none")) as insight:
        assert insight.sql("SELECT count(*) FROM orders").rows == ((0,),)
    assert not (tmp_path / "none/farm.duckdb").exists()


def test_tables_that_another_program_reads_are_not_waited_for(tmp_path: Path) -> None:
    folder, ledger = begin(tmp_path / ".farmctl")
    history = iter(every_event())
    tell(ledger, islice(history, 100))
    tables_of(folder)
    with reader_of(folder) as reader:
        tell(ledger, islice(history, 100))
        with open_insight(folder) as insight:
            assert insight.sql("SELECT max(seq) FROM events").rows == ((200,),)
            assert insight.word is None
        reader.stdin.close()
        assert reader.wait(20) == 0
    assert tables_of(folder) == rebuilt_tables_of(folder)


def reader_of(folder: LedgerFolder) -> subprocess.Popen[str]:
    """Return another program that has the tables' file open until its input ends."""
    script = (
        "import duckdb, sys; database = duckdb.connect(sys.argv[1], read_only=True);"
        " print('open', flush=True); sys.stdin.read(); database.close()"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", script, str(database_of(folder))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout.readline() == "open\n"
    return reader


def test_a_table_names_the_type_of_a_column() -> None:
    table = Table("t", ("a",), "A table.", (Column("a", "TEXT", "A."),))
    assert table.type_of("a") == "TEXT"
    assert table.ddl == "CREATE TABLE t (a TEXT, PRIMARY KEY (a))"
