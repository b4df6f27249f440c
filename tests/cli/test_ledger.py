"""`ledger verify|rebuild|restore|new`: looking after the truth."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from farmctl.insight.store import open_insight
from tests.floor.small_farm import farm_at, git, loop_beside, state_of, type_in

pytestmark = pytest.mark.slicer


def journal(folder: Path) -> Path:
    return folder / ".farmctl/journal/00000001.jsonl"


def flip(folder: Path) -> None:
    path = journal(folder)
    path.write_bytes(path.read_bytes().replace(b'"quantity":3', b'"quantity":4', 1))


def verified(folder: Path) -> dict[str, Any]:
    return json.loads(type_in(folder, "ledger", "verify", "-o", "json").out)


def claim(folder: Path) -> dict[str, Any]:
    return json.loads(git(folder, "show", "refs/farmctl/ledger:ledger.json"))


def test_a_sound_ledger_verifies(printed: Path) -> None:
    typed = type_in(printed, "ledger", "verify")
    events = journal(printed).read_text().count("\n") - 1
    assert (typed.code, typed.err) == (0, "")
    assert f": {events} events, every link is right; head " in typed.out
    second = subprocess.run(
        [sys.executable, "-m", "farmctl.ledger.verify", str(printed / ".farmctl/journal")],
        capture_output=True,
        text=True,
        check=True,
    )
    said = verified(printed)
    assert second.stdout == f"{events} events of ledger {said['ledger']}, head {said['head']}\n"


def test_a_changed_byte_is_found_with_its_line(printed: Path) -> None:
    flip(printed)
    typed = type_in(printed, "ledger", "verify")
    assert typed.code == 3
    assert "journal/00000001.jsonl:" in typed.err
    assert "the hash is not that of the event" in typed.err
    assert typed.err.endswith("mend: farmctl ledger restore [BACKUP]\n")
    assert verified(printed)["damage"]


def test_without_a_ledger_there_is_nothing_to_verify(printed: Path) -> None:
    shutil.rmtree(printed / ".farmctl")
    assert type_in(printed, "ledger", "verify").code == 4
    assert type_in(printed, "ledger", "rebuild").code == 4
    assert type_in(printed, "ledger", "restore").code == 4


def tables(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    with open_insight(farm_at(folder).ledger_folder) as insight:
        names = [row[0] for row in insight.sql("SHOW TABLES").rows]
        return {
            name: sorted(insight.sql(f"SELECT * FROM {name}").rows, key=str)
            for name in names
            if name != "projection"
        }


def test_rebuild_makes_the_same_snapshot_and_tables(printed: Path) -> None:
    before, state = tables(printed), state_of(printed)
    for leftover in (printed / ".farmctl/state").iterdir():
        leftover.write_bytes(b"rubbish")
    (printed / ".farmctl/farm.duckdb").write_bytes(b"rubbish")
    typed = type_in(printed, "ledger", "rebuild")
    assert typed.code == 0
    assert typed.err == f"snapshot and tables are made anew from {state.seq} events\n"
    assert tables(printed) == before
    assert state_of(printed) == state
    names = [path.name for path in (printed / ".farmctl/state").iterdir()]
    assert f"{state.seq}.json" in names


def test_rebuild_refuses_what_cannot_be_trusted(printed: Path) -> None:
    flip(printed)
    typed = type_in(printed, "ledger", "rebuild")
    assert typed.code == 3


def test_rebuild_keeps_the_only_witness_of_a_journal_and_head_that_were_put_back(
    printed: Path, tmp_path: Path
) -> None:
    state = printed / ".farmctl"
    shutil.copytree(state / "journal", tmp_path / "journal")
    shutil.copy(state / "head", tmp_path / "head")
    assert type_in(printed, "clear", "one", "--ok").code == 0
    assert type_in(printed, "ledger", "rebuild").code == 0
    shutil.copytree(tmp_path / "journal", state / "journal", dirs_exist_ok=True)
    shutil.copy(tmp_path / "head", state / "head")
    for _ in range(2):
        typed = type_in(printed, "ledger", "rebuild")
        assert typed.code == 3
        assert "the journal ends at event " in typed.err
    assert type_in(printed, "ledger", "restore").code == 0
    assert verified(printed)["damage"] is None


def test_a_sound_ledger_is_not_restored(printed: Path) -> None:
    typed = type_in(printed, "ledger", "restore")
    assert (typed.code, typed.err) == (
        4,
        "error: the ledger is sound: there is nothing to restore\nmend: farmctl ledger verify\n",
    )
    assert claim(printed)["epoch"] == 1


def test_restore_brings_a_damaged_ledger_back_from_a_copy(printed: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(printed / ".farmctl", tmp_path / "copy")
    before = state_of(printed)
    flip(printed)
    assert type_in(printed, "clear", "one").code == 3
    typed = type_in(printed, "ledger", "restore", str(copy))
    assert typed.code == 0
    assert f"at epoch 2 with {before.seq} events" in typed.err
    assert "what was replaced is in " in typed.err
    assert verified(printed)["damage"] is None
    assert (claim(printed)["epoch"], verified(printed)["epoch"]) == (2, 2)
    assert state_of(printed).runs == before.runs
    assert type_in(printed, "clear", "one", "--ok").code == 0


def test_the_journal_folder_of_a_copy_will_do(printed: Path, tmp_path: Path) -> None:
    shutil.copytree(printed / ".farmctl/journal", tmp_path / "copy/journal")
    flip(printed)
    assert type_in(printed, "ledger", "restore", str(tmp_path / "copy/journal")).code == 0
    assert verified(printed)["damage"] is None


def test_restore_without_a_copy_keeps_the_sound_part(printed: Path) -> None:
    path = journal(printed)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[-1] = lines[-1].replace(b'"why"', b'"wht"')
    path.write_bytes(b"".join(lines))
    typed = type_in(printed, "ledger", "restore")
    assert typed.code == 0
    assert f"with {len(lines) - 2} events" in typed.err
    assert verified(printed)["damage"] is None


def test_what_was_said_beside_a_damaged_journal_is_taken_in(printing: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(printing / ".farmctl", tmp_path / "copy")
    flip(printing)
    typed = type_in(printing, "pause", "one", "--reason", "smoke")
    assert typed.code == 3
    assert "what you said is written beside it" in typed.err
    typed = type_in(printing, "ledger", "restore", str(copy))
    assert " and 1 said aside\n" in typed.err
    (asked,) = state_of(printing).runs["run-1"].asked
    assert (asked.verb, asked.reason) == ("pause", "smoke")


def test_a_copy_of_another_ledger_is_refused(printed: Path, tmp_path: Path) -> None:
    other = shutil.copytree(printed, tmp_path / "other")
    assert type_in(other, "ledger", "new", "--discard-history").code == 0
    typed = type_in(printed, "ledger", "restore", str(other / ".farmctl"))
    assert typed.code == 4
    assert typed.err.startswith("error: the backup is of ledger ")


def test_a_new_ledger_must_be_meant(printed: Path) -> None:
    typed = type_in(printed, "ledger", "new")
    assert typed.code == 4
    assert "open orders are printed again" in typed.err
    assert state_of(printed).runs


def test_a_new_ledger_is_empty_and_the_old_one_kept(printed: Path) -> None:
    old = verified(printed)["ledger"]
    typed = type_in(printed, "ledger", "new", "--discard-history")
    assert typed.code == 0
    said = verified(printed)
    assert (said["events"], claim(printed)["ledger"]) == (0, said["ledger"])
    assert said["ledger"] != old
    assert not state_of(printed).runs
    (kept,) = (printed / ".farmctl").glob("discarded-*")
    assert (kept / "journal/00000001.jsonl").is_file()
    assert str(kept) in typed.err
    assert type_in(printed, "clear", "one").code == 0


def test_nothing_is_replaced_under_a_running_loop(printed: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(printed / ".farmctl", tmp_path / "copy")
    (copy / "journal/aside-1.jsonl").touch()  # something to take in
    (printed / ".farmctl/journal/aside-1.jsonl").touch()
    before = claim(printed)
    with loop_beside(printed):
        assert type_in(printed, "ledger", "new", "--discard-history").code == 4
        assert type_in(printed, "ledger", "restore").code == 4
        assert type_in(printed, "ledger", "restore", str(copy)).code == 4
    assert claim(printed) == before
    assert verified(printed)["damage"] is None
