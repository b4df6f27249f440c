"""`pause`, `resume`, `abort`: asked, done by whoever has the controls, answered."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from farmctl.farm import Farm
from farmctl.farm.acting.session import controls
from farmctl.farm.acting.verbs import say
from farmctl.model.events.run_life import PauseRequested
from farmctl.model.ids import RunId
from farmctl.model.states import RunPhase
from tests.floor.small_farm import (
    facts_in,
    farm_at,
    loop_beside,
    phases,
    state_of,
    type_in,
    wait_until,
)

pytestmark = pytest.mark.slicer


def steer_there_and_back(folder: Path) -> None:
    done = type_in(folder, "pause", "one", "--reason", "look at layer 2")
    assert (done.code, done.err) == (
        0,
        (
            "run-1 on one is paused; go on: farmctl resume run-1; "
            "to let nothing start there afterwards: farmctl hold one\n"
        ),
    )
    assert phases(state_of(folder)) == {"run-1": "paused"}
    assert type_in(folder, "resume", "run-1").code == 0
    assert phases(state_of(folder)) == {"run-1": "printing"}
    done = type_in(folder, "abort", "one", "--reason", "spaghetti")
    assert (done.code, done.err) == (
        0,
        "run-1 on one is aborted; take the parts off, then: farmctl clear one\n",
    )
    assert phases(state_of(folder)) == {"run-1": "aborted"}


def test_without_a_loop_the_command_takes_the_controls(printing: Path) -> None:
    steer_there_and_back(printing)
    assert not facts_in(printing, "run.queued")[1:]


def test_beside_a_loop_the_loop_does_it(printing: Path) -> None:
    with loop_beside(printing):
        steer_there_and_back(printing)


class Unaware(Farm):
    """A farm whose loop began just after somebody asked whether one runs."""

    def is_controlled(self) -> bool:
        return False


def test_beside_a_loop_that_began_just_now_it_does_it_too(printing: Path) -> None:
    farm = Unaware(printing, printing / ".farmctl")
    with loop_beside(printing):
        said = say(farm, lambda _: [PauseRequested(RunId("run-1"), "look")], ["one"])
    assert said.before.runs["run-1"].phase is RunPhase.PRINTING
    assert said.after.runs["run-1"].phase is RunPhase.PAUSED


def test_who_asked_and_why_is_recorded(printing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMCTL_ACTOR", "anna")
    type_in(printing, "abort", "one", "--reason", "spaghetti")
    asked = facts_in(printing, "run.abort_requested")[0]
    assert (asked["actor"]["id"], asked["data"]["reason"]) == ("anna", "spaghetti")
    assert "(anna: spaghetti)" in facts_in(printing, "run.aborted")[0]["data"]["evidence"]


def test_a_reason_is_needed_and_nothing_is_asked_without(printing: Path) -> None:
    done = type_in(printing, "abort", "one")
    assert (done.code, done.err.splitlines()[1]) == (2, "mend: say --reason TEXT")
    assert facts_in(printing, "run.abort_requested") == []


def test_what_is_not_paused_does_not_go_on(printing: Path) -> None:
    done = type_in(printing, "resume", "one")
    assert (done.code, done.err.splitlines()[0]) == (4, "error: run-1 is printing, not paused")


def test_what_is_over_is_not_aborted(printed: Path) -> None:
    done = type_in(printed, "abort", "run-1", "--reason", "late")
    assert done.code == 4
    assert "run-1 is over: completed" in done.err


def test_without_an_answer_the_request_stands(
    printing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farmctl.farm.acting.verbs.ANSWER_WITHIN_S", 0.5)
    type_in(printing, "sim", "fault", "one", "offline")
    done = type_in(printing, "abort", "one", "--reason", "smoke")
    assert done.code == 4
    assert "what you asked stands" in done.err
    type_in(printing, "sim", "fault", "one", "online")
    with loop_beside(printing):
        wait_until(printing, lambda state: phases(state) == {"run-1": "aborted"})


def test_with_a_damaged_journal_it_is_written_beside(printing: Path) -> None:
    segment = printing / ".farmctl/journal/00000001.jsonl"
    lines = segment.read_bytes().split(b"\n")
    lines[-3] = lines[-3].replace(b"run-1", b"run-9")
    segment.write_bytes(b"\n".join(lines))
    done = type_in(printing, "abort", "one", "--reason", "smoke")
    assert done.code == 3
    assert "written beside it" in done.err
    (aside,) = (printing / ".farmctl/journal").glob("aside-*.jsonl")
    assert b"abort_requested" in aside.read_bytes()


def test_a_word_that_met_another_is_answered_once_that_lets_go(printing: Path) -> None:
    """Two people type at once, with no loop: the first had the controls for another printer."""
    held = threading.Event()

    def hold() -> None:
        with controls(farm_at(printing)):
            held.set()
            wait_until(printing, lambda state: bool(state.runs["run-1"].asked))

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    done = type_in(printing, "pause", "one", "--reason", "look")
    other.join()
    assert done.code == 0
    assert phases(state_of(printing)) == {"run-1": "paused"}


def test_a_printer_that_cannot_leave_a_part_out_says_what_can_be_done(printing: Path) -> None:
    done = type_in(printing, "exclude", "one", "P02", "--reason", "adhesion")
    assert (done.code, done.out) == (4, "")
    assert "one cannot leave out one part: a `virtual` printer prints a file as it is" in done.err
    assert "farmctl abort one" in done.err
    assert "farmctl clear one --failed ITEM" in done.err
    assert facts_in(printing, "run.exclude_requested") == []
    for words, code, said in (
        (("exclude", "one", "P09"), 2, "has no part `P09`"),
        (("exclude", "one", "P01", "P02", "P03"), 4, "farmctl abort run-1"),
        (("exclude", "one", "P01", "--reason", "because"), 2, "there is no reason `because`"),
        (("exclude", "two", "P01"), 4, "two has no print"),
    ):
        done = type_in(printing, *words)
        assert (done.code, said in done.err) == (code, True), done.err
    assert phases(state_of(printing)) == {"run-1": "printing"}
