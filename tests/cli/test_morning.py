"""The morning after: what `status` and `explain` say of what went wrong at night."""

from __future__ import annotations

import json
from typing import Any

import pytest

from farmctl.cli.views.status import status_lines
from farmctl.control.requests import resolve
from farmctl.control.verdicts import Word, clear_bed
from farmctl.farm.acting.verbs import say
from farmctl.farm.asking.glancing import see
from farmctl.model.ids import PlateId, RunId
from farmctl.model.states import Bed, RunPhase, Verdict
from farmctl.sim.faults import Fault
from tests.cli.night import ONE, OURS, TWO, Night, begin, night
from tests.floor.small_farm import phases, type_in

__all__ = ["night"]
pytestmark = pytest.mark.slicer

RUN = RunId("run-1")


@pytest.fixture
def printing(night: Night) -> Night:
    """run-1 prints on `one` and run-2 on `two`, since half past one."""
    begin(night)
    return night


def row(night: Night, kind: str, subject: str = ONE) -> dict[str, object]:
    return next(
        each for each in night.items() if (each["kind"], each["subject"]) == (kind, subject)
    )


def go_silent(night: Night) -> None:
    """At 61 % the printer is heard of for the last time."""
    night.pass_by(minutes=44, seconds=50)
    night.turn()
    night.strike(Fault.OFFLINE)
    night.pass_by(minutes=14)
    night.watch()


def test_the_first_layer_failed_at_two(printing: Night, golden: Any) -> None:
    printing.pass_by(minutes=30)
    printing.strike(Fault.FIRST_LAYER)
    printing.watch()
    golden("morning/first-layer-at-two.txt", printing.shown(ONE), OURS)
    assert row(printing, "printer", TWO)["state"] == "printing", "the others go on"
    printing.pass_by(minutes=300)
    printing.watch()
    golden("morning/first-layer-at-seven.txt", printing.shown(ONE, "ord-1"), OURS)
    assert phases(printing.state) == {"run-1": "aborted", "run-2": "completed"}
    assert printing.state.printers[ONE].bed is Bed.OCCUPIED
    assert len(printing.memory().physical_starts()) == 1, "nothing was started onto it"
    assert row(printing, "needs-you")["next_command"] == "farmctl clear one --failed"


def test_a_person_says_that_it_was_the_first_layer(printing: Night, golden: Any) -> None:
    printing.pass_by(minutes=30)
    printing.strike(Fault.FIRST_LAYER)
    printing.watch()
    word = Word(Verdict.FAILED, reason="first_layer")
    say(printing.farm, lambda state: clear_bed(state, ONE, word), [ONE])
    printing.watch()
    golden("morning/first-layer-cleared.txt", printing.shown(ONE), OURS)
    need = row(printing, "needs-you", "ord-1/bracket")
    assert need["next_command"] == "farmctl reprint ord-1/bracket"
    assert type_in(printing.folder, "reprint", "ord-1/bracket").code == 0


def test_a_printer_that_stopped_reporting(printing: Night, golden: Any) -> None:
    go_silent(printing)
    golden("morning/silent.txt", printing.shown(ONE), OURS)
    golden("morning/silent.json", json.dumps(printing.items(), ensure_ascii=False, indent=1))
    need = row(printing, "needs-you")
    assert need["reason"] == "last seen 14 min ago, at 61 %; may still print, not reprinted"
    assert (need["state"], need["next_command"]) == ("print-out-of-sight", "farmctl explain one")
    line = row(printing, "printer")
    assert line["state"] == "may still print"
    assert str(line["reason"]).startswith("bracket ×2  last seen 14 min ago, at 61 %  ")


def test_no_timer_ends_what_nobody_sees(printing: Night, golden: Any) -> None:
    go_silent(printing)
    printing.pass_by(minutes=300)
    printing.watch()
    golden("morning/silent-for-hours.txt", printing.shown(RUN), OURS)
    assert printing.state.runs[RUN].phase is RunPhase.UNKNOWN
    assert printing.state.plates[PlateId("plate-1")].run == RUN, "it is not printed again"
    say(printing.farm, lambda state: resolve(state, RUN, "failed", "power_loss"))
    printing.watch()
    golden("morning/resolved.txt", printing.shown(ONE, RUN), OURS)
    assert row(printing, "needs-you")["next_command"] == "farmctl clear one --failed"
    assert type_in(printing.folder, "resolve", "one", "completed").code == 4, "it is said already"
    assert type_in(printing.folder, "clear", "one", "--failed").code == 0


def test_a_printer_came_back_in_the_middle_of_its_print(printing: Night, golden: Any) -> None:
    go_silent(printing)
    printing.strike(Fault.ONLINE)
    printing.watch()
    golden("morning/back-and-printing.txt", printing.shown(ONE), OURS)
    assert phases(printing.state)["run-1"] == "printing"
    assert not [each for each in printing.items() if each["kind"] == "needs-you"]


def test_a_printer_came_back_when_its_print_was_over(printing: Night, golden: Any) -> None:
    go_silent(printing)
    printing.pass_by(minutes=60)
    printing.strike(Fault.ONLINE)
    printing.watch()
    golden("morning/back-and-done.txt", printing.shown(ONE), OURS)
    assert phases(printing.state)["run-1"] == "completed"
    assert row(printing, "take-off")["next_command"] == "farmctl clear one"


def test_a_printer_came_back_after_a_power_cut(printing: Night, golden: Any) -> None:
    go_silent(printing)
    printing.strike(Fault.POWER_LOSS, Fault.ONLINE)
    printing.watch()
    golden("morning/back-and-restarted.txt", printing.shown(ONE), OURS)
    assert phases(printing.state)["run-1"] == "failed"
    assert row(printing, "needs-you")["next_command"] == "farmctl clear one --failed"


def test_the_loop_died_and_a_print_with_it(printing: Night, golden: Any) -> None:
    printing.pass_by(minutes=10)
    printing.turn()
    printing.strike(Fault.FIRST_LAYER)
    printing.pass_by(minutes=300)
    lines = status_lines(see(printing.farm))
    told = ["$ farmctl status", *lines, "", "$ farmctl explain one", *printing.explain(ONE)]
    golden("morning/no-loop.txt", "\n".join(told), OURS)
    assert [line for line in lines if line.endswith("  run")] == [
        f"{' ! loop  not running since 01:40: prints go on, nothing new starts':<74}run"
    ]
    assert "  seen now: idle" in told


def test_parts_that_nobody_judged_are_asked_for(printing: Night, golden: Any) -> None:
    printing.pass_by(minutes=30)
    printing.strike(Fault.CANCELLED_AT_PANEL, Fault.STARTED_AT_PANEL)
    printing.watch()
    golden("morning/taken-off-by-hand.txt", printing.shown(ONE, RUN), OURS)
    assert row(printing, "needs-you", RUN)["next_command"] == "farmctl explain run-1"
    assert printing.explain(RUN)[-1] == (
        "    farmctl outcome run-1 --all success   once you looked; or: failed"
    )
    assert type_in(printing.folder, "outcome", "run-1", "--all", "failed").code == 0
    assert not [each for each in printing.items() if each["subject"] == RUN]
