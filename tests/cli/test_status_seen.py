"""`status` on real farms: what it reads, what it keeps, and what it never imports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from farmctl.errors import UsageError
from farmctl.farm.asking import glancing
from farmctl.farm.asking.since import parse_since
from tests.cli.promoting import follow
from tests.floor.small_farm import commit_all, farm_at, git, loop_beside, type_in

pytestmark = pytest.mark.slicer

HEAVY = (
    "duckdb", "git", "httpx", "trimesh", "numpy", "ruamel", "watchfiles", "asyncio", "rich",
    "joblib", "dask", "distributed", "numba",
)  # fmt: skip
FOLDING = ("farmctl.ledger.fold", "farmctl.ledger.state", "farmctl.model.events")


def items(folder: Path) -> list[dict[str, str]]:
    typed = type_in(folder, "status", "-o", "json")
    assert (typed.code, typed.err) == (0, "")
    said = json.loads(typed.out)
    assert said["schema"] == "farmctl.status/v1"
    return said["items"]


def of_kind(folder: Path, kind: str) -> list[tuple[str, str]]:
    return [(each["subject"], each["state"]) for each in items(folder) if each["kind"] == kind]


def modules_of_status(folder: Path) -> set[str]:
    code = (
        "import sys\nfrom farmctl.cli.main import app\n"
        f"try: app(['-C', {str(folder)!r}, 'status'])\nexcept SystemExit: pass\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_status_imports_nothing_heavy_and_folds_nothing_twice(printed: Path) -> None:
    first = modules_of_status(printed)
    assert not first.intersection(HEAVY)
    assert not modules_of_status(printed).intersection((*HEAVY, *FOLDING))


def test_the_sheet_is_made_anew_when_the_ledger_grew(printing: Path) -> None:
    assert of_kind(printing, "held") == []
    assert type_in(printing, "hold", "two", "--reason", "nozzle").code == 0
    assert of_kind(printing, "held") == [("two", "held")]
    assert ("two", "held") in of_kind(printing, "printer")


def test_a_sheet_that_is_not_what_was_written_is_not_read(printing: Path) -> None:
    before = items(printing)
    kept = printing / ".farmctl/sheet.json"
    kept.write_bytes(kept.read_bytes().replace(b'"run-1"', b'"run-9"'))
    assert "run-1" in json.dumps(items(printing))
    kept.write_bytes(b"rubbish")
    assert [each["subject"] for each in items(printing)] == [each["subject"] for each in before]


def test_status_works_on_a_changed_journal_and_says_so_first(printed: Path) -> None:
    journal = printed / ".farmctl/journal/00000001.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"quantity":3', b'"quantity":4', 1))
    first = next(each for each in items(printed) if each["kind"] == "needs-you")
    assert (first["subject"], first["next_command"]) == ("ledger", "farmctl ledger verify")
    assert ("one", "to clear") in of_kind(printed, "printer")


def test_a_print_is_shown_as_it_was_seen_last(printing: Path) -> None:
    (row,) = [each for each in items(printing) if each["kind"] == "printing"]
    assert (row["subject"], row["state"]) == ("one", "printing")
    assert row["reason"].split()[:4] == ["run-1", "ord-1", "box", "×3"]
    assert datetime.fromisoformat(row["when"]) > datetime.fromisoformat(row["since"])
    loop = next(each for each in items(printing) if each["subject"] == "loop")
    assert loop["next_command"] == "farmctl run"


def test_status_beside_a_running_loop(printing: Path) -> None:
    with loop_beside(printing):
        typed = type_in(printing, "status")
    assert typed.code == 0
    assert " · loop running, printers seen " in typed.out.splitlines()[0]
    assert "NEEDS YOU" not in typed.out


def test_what_waits_is_named_with_what_it_waits_for(waiting: Path) -> None:
    assert [each["reason"] for each in items(waiting) if each["kind"] == "waiting"] == [
        "box ×3  for a PLA/white bed: one, once cleared",
        "box ×1  for PLA/red in a generic-250",
    ]
    needs = {each["subject"]: each for each in items(waiting) if each["kind"] == "needs-you"}
    assert needs["two"]["next_command"] == "farmctl load two PLA/red"
    assert needs["one"]["next_command"] == "farmctl clear one"


def test_edits_that_are_not_committed_are_named(printed: Path) -> None:
    (printed / "farm.yaml").write_text((printed / "farm.yaml").read_text() + "# a note\n")
    row = next(each for each in items(printed) if each["subject"] == "farm.yaml")
    assert (row["state"], row["next_command"]) == ("not-committed", "farmctl commit")
    commit_all(printed)
    assert ("main", "not-read") in of_kind(printed, "needs-you")


def test_exit_code_says_whether_a_person_is_needed(printed: Path) -> None:
    assert type_in(printed, "status", "--exit-code").code == 10
    assert type_in(printed, "clear", "one", "--ok").code == 0
    assert type_in(printed, "status", "--exit-code").code == 0


def test_a_farm_that_never_ran_has_a_status(fresh_farm: Path) -> None:
    typed = type_in(fresh_farm, "status")
    assert (typed.code, typed.err) == (0, "")
    assert "no printers yet: farmctl printer add NAME URL" in typed.out
    assert "was never acted on" in typed.out
    assert not (fresh_farm / ".farmctl").exists(), "looking leaves nothing behind"


@pytest.fixture
def fresh_farm(tmp_path: Path) -> Path:
    from tests.floor.small_farm import make_farm

    return make_farm(tmp_path / "farm")


def test_watch_shows_it_again_and_again(printed: Path) -> None:
    argv = [sys.executable, "-c", "from farmctl.cli.main import main; main()"]
    words = ["-C", str(printed), "status", "--watch", "-o", "json"]
    with subprocess.Popen([*argv, *words], stdout=subprocess.PIPE, text=True) as watching:
        try:
            assert watching.stdout is not None
            first = screen(watching.stdout)
            assert type_in(printed, "hold", "two", "--reason", "x").code == 0
            second = screen(watching.stdout)
        finally:
            watching.kill()
    assert "held" not in {each["kind"] for each in first}
    assert "held" in {each["kind"] for each in second}


def screen(lines: Iterator[str]) -> list[dict[str, str]]:
    """One document of several, each of which ends with a brace in the first column."""
    text = ""
    for line in lines:
        text += line
        if line == "}\n":
            return json.loads(text)["items"]
    raise AssertionError(text)


def test_what_happened_since(printed: Path) -> None:
    typed = type_in(printed, "status", "--since", "1h")
    last = typed.out.splitlines()[-1]
    assert last.startswith("since 1h: 1 print, 1 completed · 3 good parts · 0.")
    typed = type_in(printed, "status", "--since", "2020-01-01", "-o", "json")
    assert json.loads(typed.out)["items"]
    assert typed.err.startswith("since 2020-01-01: 1 print")


def test_since_what_is_yet_to_come_is_refused(printed: Path) -> None:
    assert type_in(printed, "status", "--since", "soon").code == 2
    assert type_in(printed, "status", "--since", "1h", "--watch").code == 2


def test_name_and_zone_are_read_without_a_parser(printed: Path) -> None:
    farm = farm_at(printed)
    text = (printed / "farm.yaml").read_text()
    (printed / "farm.yaml").write_text(text.replace("name: small", 'name: "big one"  # ours', 1))
    sign = glancing.signboard(farm)
    assert (sign.name, str(sign.zone)) == ("big one", "Europe/Berlin")
    (printed / "farm.yaml").write_text(text.replace("Europe/Berlin", "Mars/Base"))
    assert glancing.signboard(farm).zone is UTC


@pytest.mark.parametrize(
    "text",
    [
        "git: {follow: origin/main, plans: farmctl/plans}\n",
        "git: {plans: farmctl/plans, follow: 'origin/main'}\n",
        "git:\n  # ours\n  plans: farmctl/plans\n  follow: origin/main  # ours\n",
    ],
)
def test_what_is_followed_is_read_without_a_parser(printed: Path, text: str) -> None:
    assert glancing.signboard(farm_at(printed)).follows == ""
    with (printed / "farm.yaml").open("a") as file:
        file.write(text)
    assert glancing.signboard(farm_at(printed)).follows == "origin/main"


def test_where_a_branch_is_followed_status_is_about_that_one(fresh: Path) -> None:
    bare = follow(fresh)
    assert type_in(fresh, "plan").code == 0
    followed = git(bare, "rev-parse", "main")[:7]
    git(fresh, "switch", "-qc", "something-else")
    git(fresh, "commit", "-q", "--allow-empty", "-m", "not pushed")
    assert f"small · origin/main {followed} · " in type_in(fresh, "status").out.splitlines()[0]
    assert "something-else" not in type_in(fresh, "status").out


NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("09:00", NOON - timedelta(hours=3)),
        ("20:00", NOON - timedelta(hours=16)),
        ("30m", NOON - timedelta(minutes=30)),
        ("12h", NOON - timedelta(hours=12)),
        ("3d", NOON - timedelta(days=3)),
        ("2w", NOON - timedelta(weeks=2)),
        ("2026-11-24", NOON.replace(hour=0)),
        ("2026-11-23T20:00", NOON - timedelta(hours=16)),
        ("2026-11-23T19:00+00:00", NOON - timedelta(hours=16)),
    ],
)
def test_moments_as_people_type_them(text: str, moment: datetime) -> None:
    assert parse_since(text, NOON) == moment


@pytest.mark.parametrize("text", ["", "soon", "25:00", "12", "2026-11-25", "5y"])
def test_what_is_no_moment_of_the_past(text: str) -> None:
    with pytest.raises(UsageError):
        parse_since(text, NOON)
