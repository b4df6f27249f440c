"""`doctor`: what could go wrong, each with its mend."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from farmctl.farm.care.doctor import clock_check, disk_check, printer_state
from farmctl.farm.care.finding import Check, Level
from farmctl.model.documents.farm import Printer
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Observation
from tests.floor.small_farm import (
    commit_all,
    git,
    loop_beside,
    state_of,
    turn_until,
    type_in,
)

pytestmark = pytest.mark.slicer

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def checks(folder: Path) -> tuple[int, list[dict[str, str]]]:
    typed = type_in(folder, "doctor", "-o", "json")
    said = json.loads(typed.out)
    assert said["schema"] == "farmctl.checks/v1"
    return typed.code, said["items"]


def bad(folder: Path) -> tuple[int, list[tuple[str, str, str]]]:
    code, found = checks(folder)
    return code, [
        (each["area"], each["subject"], each["level"]) for each in found if each["level"] != "ok"
    ]


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "farm.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    commit_all(folder)


def test_a_farm_that_is_well(printed: Path) -> None:
    code, found = checks(printed)
    assert code == 0
    assert {each["level"] for each in found} <= {"ok", "warn"}
    told = {(each["area"], each["subject"]): each["message"] for each in found}
    assert told["slicer", "default"].endswith("is the pinned one, proven")
    assert told["printer", "one"] == "answers: ready, virtual 1"
    assert told["git", "identity"] == "commits here say Ada <ada@example.org>"
    assert re.fullmatch(r"\d+ events, every link is right", told["ledger", "journal"])
    assert told["ledger", "controls"] == "nobody acts on this farm now"
    assert told["machine", "zone"] == "times are shown in Europe/Berlin"


def test_the_first_line_is_the_verdict(printed: Path) -> None:
    lines = type_in(printed, "doctor").out.splitlines()
    assert re.match(r"\d+ fine", lines[0])
    type_in(printed, "sim", "fault", "one", "offline")
    typed = type_in(printed, "doctor")
    assert typed.code == 1
    lines = typed.out.splitlines()
    assert lines[0].endswith(", 1 to mend")
    assert lines[1].startswith(" ✗ printer   one ")
    assert "does not answer" in lines[1]
    assert lines[2].lstrip().startswith("mend: is it on")


def test_who_acts_on_the_farm(printed: Path) -> None:
    with loop_beside(printed):
        _, found = checks(printed)
    assert "a loop acts on this farm" in {each["message"] for each in found}


def test_a_slicer_that_is_not_here(printed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(git_alone(printed)))
    code, found = checks(printed)
    (row,) = [each for each in found if each["subject"] == "default"]
    assert (code, row["level"]) == (1, "fail")
    assert row["message"] == "the pinned prusaslicer is not here"
    assert row["mend"] == "sudo apt-get install prusa-slicer, then farmctl slicer pin"


def git_alone(folder: Path) -> Path:
    """A folder of programs with git in it, and no slicer."""
    import shutil

    place = folder.parent / "bin"
    place.mkdir()
    found = shutil.which("git")
    assert found
    (place / "git").symlink_to(found)
    return place


def test_another_slicer_than_the_pinned_one(printed: Path, monkeypatch: Any) -> None:
    place = git_alone(printed)
    program = place / "prusa-slicer"
    program.write_text("#!/bin/sh\necho PrusaSlicer-9.9.9\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(place))
    _, found = checks(printed)
    (row,) = [each for each in found if each["area"] == "slicer" and each["level"] == "fail"]
    assert "prusa-slicer" in row["message"]
    assert row["mend"]


def test_a_pin_that_no_program_here_has(printed: Path) -> None:
    text = (printed / "farm.yaml").read_text()
    digest = re.search(r'linux-x86_64: "?(sha256:[0-9a-f]{64})', text)
    assert digest
    (catalogue,) = (printed / "profiles/slicers").glob("*.ini")
    catalogue.rename(catalogue.with_name(f"{'0' * 64}.ini"))
    change(printed, digest[1], f"sha256:{'0' * 64}")
    code, found = checks(printed)
    (row,) = [each for each in found if each["subject"] == "default"]
    assert (code, row["level"]) == (1, "fail")
    assert row["message"].startswith("the pinned prusaslicer is not here; here is ")
    assert row["mend"] == "install the pinned one, or farmctl slicer pin"


def test_a_catalogue_that_is_not_the_slicers(printed: Path) -> None:
    (catalogue,) = (printed / "profiles/slicers").glob("*.ini")
    lines = catalogue.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("wipe_tower_brim_width")]
    assert len(kept) == len(lines) - 1
    catalogue.write_text("".join(kept))
    commit_all(printed)
    _, found = checks(printed)
    (row,) = [each for each in found if each["subject"] == "default"]
    assert (row["level"], row["mend"]) == ("fail", "farmctl slicer pin")
    assert "other settings than the farm's catalogue" in row["message"]


def test_a_swapped_machine(printed: Path) -> None:
    change(printed, "    driver: virtual\n", "    driver: virtual\n    identity: virtual:other\n")
    assert ("printer", "one", "fail") in bad(printed)[1]


def test_documents_that_stop_the_farm(printed: Path) -> None:
    (printed / "orders/ord-1.yaml").write_text("schema: order/v1\n")
    commit_all(printed)
    code, found = bad(printed)
    assert (code, ("documents", "ord-1", "warn") in found) == (0, True)
    (printed / "farm.yaml").write_text("schema: farm/v1\nname: [\n")
    commit_all(printed)
    code, found = bad(printed)
    assert code == 1
    assert ("documents", "farm.yaml", "fail") in found


def test_damage_and_a_claim_of_another_ledger(printed: Path) -> None:
    path = printed / ".farmctl/journal/00000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"quantity":3', b'"quantity":4', 1))
    code, found = bad(printed)
    assert (code, ("ledger", "journal", "fail") in found) == (1, True)
    type_in(printed, "ledger", "new", "--discard-history")
    git(printed, "update-ref", "-d", "refs/farmctl/ledger")
    assert ("ledger", "claim", "fail") not in bad(printed)[1]


def test_git_without_a_name_and_edits_without_a_commit(
    printed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        for field in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{field}")
    (printed / "farm.yaml").write_text((printed / "farm.yaml").read_text() + "# note\n")
    code, found = bad(printed)
    assert code == 0
    assert [each for each in found if each[0] == "git"] == [
        ("git", "identity", "warn"),
        ("git", "changes", "warn"),
    ]


def seen(**said: Any) -> Observation:
    return Observation(PrinterName("one"), NOW, **{"state": DeviceState.READY, **said})


def moonraker(**said: Any) -> Printer:
    fields = {
        "name": "one",
        "class": "voron-350@1.0.0",
        "driver": "moonraker",
        "url": "http://10.0.0.21:7125",
        "identity": "abc",
        "nozzle_mm": 0.4,
        **said,
    }
    return Printer.model_validate(fields)


@pytest.mark.parametrize(
    ("printer", "look", "level", "message"),
    [
        (moonraker(), seen(identity="abc"), Level.OK, "answers: ready"),
        (moonraker(), None, Level.FAIL, "does not answer"),
        (moonraker(), seen(state=DeviceState.OFFLINE, message="refused"), Level.FAIL, "refused"),
        (moonraker(), seen(identity="xyz"), Level.FAIL, "another machine answers: xyz"),
        (moonraker(identity=None), seen(identity="xyz"), Level.WARN, "no identity is pinned"),
        (moonraker(), seen(identity="abc", nozzle_um=600), Level.FAIL, "has a 0.6 mm nozzle"),
        (
            moonraker(),
            seen(identity="abc", state=DeviceState.FAULT, message="MCU shutdown"),
            Level.FAIL,
            "reports a fault: MCU shutdown",
        ),
    ],
)
def test_what_a_look_says(
    printer: Printer, look: Observation | None, level: Level, message: str
) -> None:
    found = list(printer_state(printer, look))
    worst = max(found, key=lambda each: list(Level).index(each.level))
    assert worst.level is level
    assert message in worst.message
    assert (worst.mend == "") == (level is Level.OK)


def test_a_clock_that_went_back() -> None:
    assert clock_check(NOW, None).level is Level.OK
    assert clock_check(NOW, NOW - timedelta(days=9)).level is Level.OK
    assert clock_check(NOW, NOW + timedelta(seconds=30)).level is Level.OK
    back = clock_check(NOW, NOW + timedelta(hours=1))
    assert (back.level, back.mend) == (Level.FAIL, "set the clock; run a time service")


@pytest.mark.parametrize(
    ("free_gib", "level"), [(0.2, Level.FAIL), (1.0, Level.WARN), (8.0, Level.OK)]
)
def test_room_on_the_disk(free_gib: float, level: Level) -> None:
    found = disk_check(round(free_gib * 1024**3))
    assert isinstance(found, Check)
    assert (found.level, found.mend == "") == (level, level is Level.OK)


def test_what_a_doctor_refuses_holds_the_printer_until_it_is_mended(fresh: Path) -> None:
    type_in(fresh, "clear", "one")
    type_in(fresh, "sim", "fault", "one", "own_queue")
    assert ("printer", "one", "fail") in bad(fresh)[1]
    turn_until(fresh, lambda state: any(each.sliced for each in state.plates.values()))
    turn_until(fresh, lambda state: bool(state.attentions))
    assert state_of(fresh).counts.run == 0
    screen = type_in(fresh, "status").out
    assert "  one  to mend" in screen
    assert "it must be mended before it prints" in screen
    text = "it has a queue of its own, and starts prints that nobody decided"
    assert f"not one: {text}" in type_in(fresh, "explain", "ord-1").out
    type_in(fresh, "sim", "fault", "one", "as_declared")
    turn_until(fresh, lambda state: state.counts.run == 1)
