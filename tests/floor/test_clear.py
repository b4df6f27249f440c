"""`clear`: the bed is empty, and how the parts are, in one gesture."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.states import Bed, Verdict
from tests.cli.terminal import on_a_terminal
from tests.floor.small_farm import facts_in, loop_beside, make_farm, state_of, type_in, wait_until

pytestmark = pytest.mark.slicer


def verdicts(folder: Path) -> dict[str, Verdict]:
    parts = state_of(folder).items["ord-1/box"].instances
    return {name.split("#")[1]: part.verdict for name, part in parts.items()}


def bed(folder: Path, printer: str = "one") -> Bed:
    return state_of(folder).printers[printer].bed


def test_a_bed_of_a_farm_that_never_ran_is_looked_at_and_cleared(fresh: Path) -> None:
    done = type_in(fresh, "clear", "one", "two")
    assert (done.code, done.err) == (
        0,
        "one is empty\ntwo is empty\nno loop is running; go on with: farmctl apply\n",
    )
    assert bed(fresh) is bed(fresh, "two") is Bed.CLEAR


def test_clearing_names_the_last_job_that_a_look_shows(printed: Path) -> None:
    assert type_in(printed, "clear", "one").code == 0
    assert [each["data"]["last_job"] for each in facts_in(printed, "bed.cleared")] == [
        None,
        "000001",
    ]


def test_a_job_nobody_recorded_is_seen_before_the_bed_is_cleared(printed: Path) -> None:
    for fault in ("started_at_panel", "cancelled_at_panel"):
        assert type_in(printed, "sim", "fault", "one", fault).code == 0
    assert type_in(printed, "clear", "one").code == 0
    assert facts_in(printed, "bed.cleared")[-1]["data"]["last_job"] == "000002"


def test_clear_says_that_parts_are_bad(printed: Path) -> None:
    done = type_in(printed, "clear", "one", "--failed", "P02", "--reason", "first_layer")
    assert done.err.splitlines()[0] == (
        "one is empty; run-1: 2 of 3 good, 1 failed (first layer): "
        "to make them again: farmctl reprint run-1"
    )
    assert sorted(verdicts(printed).values()) == ["failed", "success", "success"]


def test_clear_and_verdict_are_one_append(printed: Path) -> None:
    type_in(printed, "clear", "one", "--failed")
    judged = facts_in(printed, "item.judged")[-1]
    cleared = facts_in(printed, "bed.cleared")[-1]
    assert cleared["seq"] == judged["seq"] + 1
    assert cleared["recorded"] == judged["recorded"]


def test_without_a_terminal_no_verdict_is_invented(printed: Path) -> None:
    before = len(facts_in(printed, "item.judged"))
    assert type_in(printed, "clear", "one").code == 0
    assert len(facts_in(printed, "item.judged")) == before


def test_a_printing_bed_is_not_cleared(printing: Path) -> None:
    done = type_in(printing, "clear", "one")
    assert (done.code, done.err) == (
        4,
        "error: run-1 may be printing on one\nmend: farmctl explain one\n",
    )
    assert bed(printing) is Bed.OCCUPIED


def test_a_print_started_at_the_printer_is_not_cleared(tmp_path: Path) -> None:
    fresh = make_farm(tmp_path / "farm", speedup=1)  # it prints for ten minutes
    type_in(fresh, "sim", "fault", "one", "started_at_panel")
    done = type_in(fresh, "clear", "one")
    assert done.code == 4
    assert "one is printing panel.gcode, started at the printer" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["one", "--ok", "--later"], "exclude each other"),
        (["one", "--reason", "runout"], "a reason is for parts that failed"),
        (["one", "--failed", "P09"], "run-1 has no part `P09`"),
        (["one", "--failed", "--reason", "bored"], "there is no reason `bored`"),
        (["one", "two", "--failed", "P01"], "one printer at a time"),
        (["two", "--failed"], "no parts of this farm lie on two"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_said(
    printed: Path, words: list[str], said: str
) -> None:
    before = state_of(printed).printers
    done = type_in(printed, "clear", *words)
    assert done.code == 2
    assert said in done.err
    assert {name: each.bed for name, each in state_of(printed).printers.items()} == {
        name: each.bed for name, each in before.items()
    }


def test_an_unknown_printer_gets_a_did_you_mean(printed: Path) -> None:
    done = type_in(printed, "clear", "ones")
    assert (done.code, done.err) == (
        1,
        "error: there is no printer `ones`\nmend: did you mean one?\n",
    )


def test_clear_beside_a_running_loop_starts_what_waits(fresh: Path) -> None:
    with loop_beside(fresh):
        wait_until(fresh, lambda state: any(each.sliced for each in state.plates.values()))
        done = type_in(fresh, "clear", "one")
        assert (done.code, done.err) == (0, "one is empty\n")
        wait_until(fresh, lambda state: state.counts.run == 1)


def test_a_terminal_is_asked_how_the_parts_are(printed: Path) -> None:
    done = on_a_terminal(printed, ["clear", "one"], "n\nP01 P03\nadhesion\n")
    assert done.code == 0, done.text
    assert "on one: box ×3 (run-1)" in done.text
    assert "All good?" in done.text
    assert "1 of 3 good, 2 failed (came loose)" in done.text
    assert sorted(verdicts(printed).values()) == ["failed", "failed", "success"]


def test_enter_means_good(printed: Path) -> None:
    assert on_a_terminal(printed, ["clear", "one"], "\n").code == 0
    assert facts_in(printed, "item.judged")[-1]["data"]["by"] == "person"
    assert bed(printed) is Bed.CLEAR


def test_a_cleared_bed_needs_nobody_any_more(printed: Path) -> None:
    assert [each.kind for each in state_of(printed).attentions.values()] == ["check-parts"]
    type_in(printed, "clear", "one", "--ok")
    assert state_of(printed).attentions == {}
