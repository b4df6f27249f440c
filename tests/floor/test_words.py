"""`load`, `hold`, `unhold`, `outcome`, `reprint`, `resolve`: facts, checked and answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.digest import Digest
from farmctl.model.states import Bed, RunPhase
from tests.floor.small_farm import (
    add_order,
    facts_in,
    farm_at,
    loop_beside,
    phases,
    state_of,
    turn_until,
    type_in,
    wait_until,
)

pytestmark = pytest.mark.slicer


def test_load_says_what_was_and_what_can_start(fresh: Path) -> None:
    add_order(fresh, "ord-2", color="red")
    turn_until(fresh, lambda state: len(state.plates) == 2)
    done = type_in(fresh, "load", "two", "PLA/red")
    assert done.err == "two now PLA/red (was PETG/black). 1 waiting print can start here\n"
    assert [each.name for each in state_of(fresh).printers["two"].loaded] == ["PLA/red"]


def test_load_of_a_printer_that_nobody_looked_at_yet(fresh: Path) -> None:
    assert type_in(fresh, "load", "one", "none").err == "one now empty (was PLA/white)\n"


@pytest.mark.parametrize("words", [["PETGblack"], ["petg/black"], ["PETG/"], []])
def test_what_is_no_filament_is_not_loaded(printed: Path, words: list[str]) -> None:
    done = type_in(printed, "load", "one", *words)
    assert done.code == 2
    assert "PETG/black" in done.err
    assert facts_in(printed, "spool.loaded") == []


def test_a_held_printer_gets_nothing_until_it_is_lifted(fresh: Path) -> None:
    type_in(fresh, "clear", "one")
    assert type_in(fresh, "hold", "one", "--reason", "clogged").err.splitlines() == [
        "one is held",
        "lift it: farmctl unhold one",
    ]
    with loop_beside(fresh):
        state = wait_until(fresh, lambda state: any(p.sliced for p in state.plates.values()))
        assert state.counts.run == 0
        assert type_in(fresh, "unhold", "one").code == 0
        wait_until(fresh, lambda state: state.counts.run == 1)
    assert facts_in(fresh, "run.queued")[0]["seq"] > facts_in(fresh, "printer.unheld")[0]["seq"]


@pytest.mark.parametrize("subject", ["one", "ord-1", "pla-0.4-draft@1.0.0", "--all"])
def test_a_hold_says_what_it_does_not_stop(printing: Path, subject: str) -> None:
    done = type_in(printing, "hold", subject, "--reason", "strings")
    assert done.code == 0
    assert "run-1 goes on on one: farmctl abort run-1" in done.err
    assert type_in(printing, "unhold", subject).code == 0
    again = type_in(printing, "unhold", subject)
    assert again.code == 4
    assert "is not held" in again.err


@pytest.mark.parametrize("subject", ["onne", "ord-9", "pla-0.4-draft@9.0.0"])
def test_nothing_is_held_by_a_wrong_name(printed: Path, subject: str) -> None:
    done = type_in(printed, "hold", subject, "--reason", "x")
    assert done.code == 1
    assert "did you mean" in done.err


@pytest.mark.parametrize("words", [[], ["one", "--all"]])
def test_a_hold_is_of_one_thing(printed: Path, words: list[str]) -> None:
    assert type_in(printed, "hold", *words, "--reason", "x").code == 2


def test_an_outcome_changes_and_comes_back(printed: Path) -> None:
    item = "ord-1/box"
    done = type_in(printed, "outcome", "run-1", "P02", "failed", "--reason", "adhesion")
    assert done.err == (
        "run-1: 2 of 3 good, 1 failed (came loose): to make them again: farmctl reprint run-1\n"
    )
    assert state_of(printed).items[item].good == 2
    assert type_in(printed, "outcome", "one", "box", "success").err == "run-1: 3 of 3 good\n"
    assert state_of(printed).items[item].good == 3


def test_a_note_and_a_photo_are_kept_by_digest(printed: Path, tmp_path: Path) -> None:
    picture = tmp_path / "bad.jpg"
    picture.write_bytes(b"\xff\xd8 stringy")
    words = ["--note", "strings", "--photo", str(picture), "--quality", "2"]
    assert type_in(printed, "outcome", "run-1", "failed", "--all", *words).code == 0
    said = facts_in(printed, "item.judged")[-1]["data"]
    store = farm_at(printed).store
    assert store.get(Digest(said["note"])) == b"strings"
    assert store.get(Digest(said["photo"])) == b"\xff\xd8 stringy"
    assert said["quality"] == 2
    assert b"strings" not in (printed / ".farmctl/journal/00000001.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run-1", "failed"], "run-1 has 3 parts: P01, P02, P03"),
        (["run-1", "P01", "good"], "`good` is no verdict"),
        (["run-1", "P01", "failed", "--all"], "--all too"),
        (["run-1", "P01", "success", "--reason", "runout"], "for parts that failed"),
        (["run-1", "P01", "failed", "--quality", "6"], "not from 1 to 5"),
        (["run-1", "P01", "failed", "--photo", "no.jpg"], "no.jpg cannot be read"),
    ],
)
def test_an_outcome_that_cannot_be_meant(printed: Path, words: list[str], said: str) -> None:
    before = len(facts_in(printed, "item.judged"))
    done = type_in(printed, "outcome", *words)
    assert done.code == 2
    assert said in done.err
    assert len(facts_in(printed, "item.judged")) == before


def test_a_print_that_goes_on_has_no_outcome(printing: Path) -> None:
    assert type_in(printing, "outcome", "one", "success", "--all").code == 4


def test_an_unknown_print_gets_a_did_you_mean(printed: Path) -> None:
    done = type_in(printed, "outcome", "run-2", "success")
    assert (done.code, done.err) == (
        1,
        "error: there is no print or printer `run-2`\nmend: did you mean run-1?\n",
    )


def test_failed_parts_are_made_again_on_a_plate_that_names_the_run(printed: Path) -> None:
    type_in(printed, "outcome", "run-1", "P01", "failed")
    assert "1 of ord-1/box will be made again" in type_in(printed, "reprint", "run-1").err
    type_in(printed, "clear", "one", "--later")
    state = turn_until(printed, lambda state: state.counts.run == 2)
    replaced = [plate.composed.replaces for plate in state.plates.values()]
    assert "run-1" in replaced


def test_a_reprint_may_name_an_item(printed: Path) -> None:
    type_in(printed, "outcome", "run-1", "P01", "P03", "failed")
    assert "2 of ord-1/box will be made again" in type_in(printed, "reprint", "ord-1/box").err
    assert type_in(printed, "reprint", "ord-1/box").code == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run-1"], "no part of run-1 waits"),
        (["run-1", "P01"], "#1 is good"),
        (["ord-1/lid"], "there is no item `ord-1/lid`"),
    ],
)
def test_only_failed_parts_are_made_again(printed: Path, words: list[str], said: str) -> None:
    done = type_in(printed, "reprint", *words)
    assert done.code in (1, 4)
    assert said in done.err


def out_of_sight(folder: Path) -> None:
    """Let the printer be gone while run-1 is on it."""
    type_in(folder, "sim", "fault", "one", "offline")
    turn_until(folder, lambda state: phases(state) == {"run-1": "unknown"})


@pytest.mark.parametrize(
    ("outcome", "phase"),
    [
        ("completed", RunPhase.COMPLETED),
        ("failed", RunPhase.FAILED),
        ("printing", RunPhase.PRINTING),
    ],
)
def test_a_person_who_looked_resolves_it(printing: Path, outcome: str, phase: RunPhase) -> None:
    out_of_sight(printing)
    assert type_in(printing, "resolve", "one", outcome).code == 0
    assert state_of(printing).runs["run-1"].phase is phase


def test_a_failed_one_keeps_its_reason_and_its_bed_in_doubt(printing: Path) -> None:
    out_of_sight(printing)
    type_in(printing, "resolve", "run-1", "failed", "--reason", "power_loss")
    state = state_of(printing)
    assert state.runs["run-1"].reason == "power_loss"
    assert state.printers["one"].bed is Bed.UNKNOWN


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["not-started"], 4, "was seen printing"),
        (["gone"], 2, "`gone` is no outcome"),
        (["completed", "--reason", "runout"], 2, "for a print that failed"),
        (["failed", "--reason", "bored"], 2, "there is no reason `bored`"),
    ],
)
def test_what_contradicts_the_ledger_is_not_resolved(
    printing: Path, words: list[str], code: int, said: str
) -> None:
    out_of_sight(printing)
    done = type_in(printing, "resolve", "run-1", *words)
    assert done.code == code
    assert said in done.err
    assert phases(state_of(printing)) == {"run-1": "unknown"}


def test_what_is_known_needs_no_resolving(printing: Path) -> None:
    done = type_in(printing, "resolve", "run-1", "failed")
    assert (done.code, done.err.splitlines()[0]) == (
        4,
        "error: run-1 is printing: there is nothing to resolve",
    )
