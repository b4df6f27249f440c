"""`ledger verify --against-git` and `doctor`: what git knows of the ledger."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from farmctl.farmrepo.checkpoints import REF
from tests.farmrepo.ssh_keys import allowed_line, make_key
from tests.floor.small_farm import facts_in, git, state_of, turn_until, type_in

pytestmark = pytest.mark.slicer


def verify(folder: Path) -> tuple[int, dict[str, Any]]:
    typed = type_in(folder, "ledger", "verify", "--against-git", "-o", "json")
    return typed.code, json.loads(typed.out)["anchors"]


def newest(folder: Path) -> dict[str, Any]:
    return json.loads(git(folder, "show", f"{REF}:checkpoint.json"))


def test_the_end_of_a_print_is_anchored(printed: Path) -> None:
    (ended,) = facts_in(printed, "run.completed")
    last = newest(printed)
    assert last["seq"] >= ended["seq"]
    assert (last["ledger"], last["epoch"]) == (ended["id"].split("/")[0], 1)
    assert git(printed, "status", "--porcelain") == ""
    code, found = verify(printed)
    assert code == 0
    assert found["last"]["hash"] == last["hash"]
    assert found["unanchored"] == state_of(printed).seq - last["seq"]
    assert found["checkpoints"] >= 2


def test_what_is_anchored_is_said(printed: Path) -> None:
    held = type_in(printed, "hold", "two", "--reason", "nozzle")
    assert held.code == 0
    typed = type_in(printed, "ledger", "verify", "--against-git")
    lines = typed.out.splitlines()
    last = newest(printed)
    assert (typed.code, typed.err) == (0, "")
    assert lines[0].endswith(state_of_head(printed))
    assert f"the last of event {last['seq']} at {last['at']}" in lines[1]
    since = state_of(printed).seq - last["seq"]
    assert since > 0
    assert lines[2].startswith(f"{since} event")
    assert lines[2].endswith(" after it, not anchored yet: a change there would show nowhere")
    assert lines[3].startswith("they are not signed: ")


def state_of_head(folder: Path) -> str:
    return str(json.loads(type_in(folder, "ledger", "verify", "-o", "json").out)["head"][:16])


def test_without_the_option_git_is_not_asked(printed: Path) -> None:
    git(printed, "update-ref", REF, "HEAD")  # no checkpoint at all
    typed = type_in(printed, "ledger", "verify")
    assert (typed.code, typed.out.count("\n")) == (0, 1)
    typed = type_in(printed, "ledger", "verify", "--against-git")
    assert typed.code == 1
    assert "checkpoint.json" in typed.err


def test_without_checkpoints_it_says_what_that_means(printed: Path) -> None:
    git(printed, "update-ref", "-d", REF)
    typed = type_in(printed, "ledger", "verify", "--against-git")
    assert typed.code == 0
    assert "nothing outside it would show a" in typed.out


def test_an_older_copy_is_damage_for_verify_doctor_and_the_loop(
    printed: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(printed / ".farmctl", tmp_path / "copy")
    before = state_of(printed).seq
    git(printed, "update-ref", "-d", REF)  # so that the next one is due at once
    turn_until(printed, lambda _: True)
    assert newest(printed)["seq"] > before
    shutil.rmtree(printed / ".farmctl")
    shutil.copytree(copy, printed / ".farmctl")
    typed = type_in(printed, "ledger", "verify", "--against-git")
    assert typed.code == 3
    said, mend = typed.err.splitlines()
    assert said.startswith(f"error: the journal ends at event {before}, before event ")
    assert mend == "mend: farmctl ledger restore [BACKUP]"
    assert type_in(printed, "ledger", "verify").code == 0, "the journal alone does not show it"
    typed = type_in(printed, "run", "--once")
    assert (typed.code, said in typed.err) == (3, True)
    assert state_of(printed).seq == before
    typed = type_in(printed, "doctor", "-o", "json")
    rows = {each["subject"]: each for each in json.loads(typed.out)["items"]}
    assert rows["checkpoints"]["level"] == "fail"
    assert "ledger restore" in rows["checkpoints"]["mend"]


def test_another_ledger_in_its_place_is_refused(printed: Path) -> None:
    git(printed, "update-ref", "refs/keep", "refs/farmctl/ledger")
    assert type_in(printed, "ledger", "new", "--discard-history").code == 0
    git(printed, "update-ref", "refs/farmctl/ledger", "refs/keep")
    typed = type_in(printed, "ledger", "verify", "--against-git")
    assert typed.code == 4
    assert "here lies " in typed.err


def told(folder: Path) -> dict[str, dict[str, str]]:
    items = json.loads(type_in(folder, "doctor", "-o", "json").out)["items"]
    return {each["subject"]: each for each in items if each["area"] == "ledger"}


def test_doctor_says_what_unsigned_checkpoints_do_not_protect_from(printed: Path) -> None:
    found = told(printed)
    assert found["checkpoints"]["level"] == "ok"
    assert "no remote has them" in found["checkpoints"]["message"]
    assert found["signature"]["level"] == "warn"
    assert "can write both the ledger and the farm's git" in found["signature"]["message"]
    assert "FARMCTL_LEDGER_KEY" in found["signature"]["mend"]
    git(printed, "update-ref", "-d", REF)
    assert told(printed)["checkpoints"]["level"] == "warn"


def test_doctor_tries_the_key(
    printed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(tmp_path / "ada")
    monkeypatch.setenv("FARMCTL_LEDGER_KEY", str(key))
    found = told(printed)["signature"]
    assert (found["level"], "namespaces=" in found["mend"]) == ("warn", True)
    (printed / "allowed_signers").write_text(allowed_line("ada@pi", key))
    git(printed, "add", "-A")
    git(printed, "commit", "-q", "-m", "who may sign")
    found = told(printed)["signature"]
    assert (found["level"], found["message"]) == ("ok", "checkpoints are signed here as ada@pi")
    key.unlink()
    assert told(printed)["signature"]["level"] == "fail"


def test_a_signature_of_a_stranger_ends_with_3(
    printed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARMCTL_LEDGER_KEY", str(make_key(tmp_path / "eve")))
    git(printed, "update-ref", "-d", REF)
    turn_until(printed, lambda _: True)
    (printed / "allowed_signers").write_text(allowed_line("ada", make_key(tmp_path / "ada")))
    git(printed, "add", "-A")
    git(printed, "commit", "-q", "-m", "who may sign")
    typed = type_in(printed, "ledger", "verify", "--against-git")
    assert typed.code == 3
    assert "does not count: it is signed by nobody who may sign" in typed.err
    assert "allowed_signers" in typed.err


def test_programs_and_people_are_told_who_signed(
    printed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(tmp_path / "ada")
    monkeypatch.setenv("FARMCTL_LEDGER_KEY", str(key))
    (printed / "allowed_signers").write_text(allowed_line("ada@pi", key))
    git(printed, "add", "-A")
    git(printed, "commit", "-q", "-m", "who may sign")
    git(printed, "update-ref", "-d", REF)
    turn_until(printed, lambda _: True)
    code, found = verify(printed)
    assert (code, found["signed"]) == (
        0,
        {"seq": newest(printed)["seq"], "by": "ada@pi", "wrong": None},
    )
    typed = type_in(printed, "ledger", "verify", "--against-git")
    assert "they are signed by ada@pi\n" in typed.out
