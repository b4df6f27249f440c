"""Which printer gets which plate, and what is said of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.model.events import farm as said
from farmctl.model.events import printers
from farmctl.model.events.run_life import RunOutOfSight, RunPaused
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.observation import DeviceState, Job, Loaded
from farmctl.planning.assign import Assignment, assign
from farmctl.planning.machines import Around
from farmctl.planning.reasons import Code
from tests.planning.assigning import PLATE, WHITE, assigned, printing, story_of, waiting_plate
from tests.planning.made import (
    NOW,
    Story,
    desired,
    farm,
    look,
    order,
    printer_class,
    profile,
    row,
)

pytestmark = pytest.mark.pure


def _why(assignment: Assignment, plate: PlateId = PLATE) -> dict[str, str]:
    clock = "{:%H:%M}".format
    return {each.printer: each.reason.said(clock) for each in assignment.not_chosen(plate)}


def test_a_free_printer_that_has_everything_gets_the_plate():
    assignment = assigned(story_of("p-1", "p-2").plate(1, "ord-1/bracket#1").sliced(1))
    assert assignment.chosen == {PLATE: "p-1"}
    assert _why(assignment) == {"p-2": "free too"}


LACKING = {
    Code.CLASS: ({"printer_class": "ender-220@1.0.0"}, "class ender-220@1.0.0"),
    Code.NOZZLE: ({"nozzle_um": 600}, "has a 0.6 mm nozzle"),
    Code.FILAMENT: ({"loaded": WHITE}, "has PLA/white"),
}


@pytest.mark.parametrize("code", list(LACKING))
def test_a_printer_that_lacks_something_gets_nothing(code):
    changes, text = LACKING[code]
    story = story_of().printer("p-1", **changes).plate(1, "ord-1/bracket#1").sliced(1)
    assignment = assigned(story)
    assert assignment.chosen == {}
    assert _why(assignment) == {"p-1": text}
    assert assignment.not_chosen(PLATE)[0].reason.code is code


def test_tags_may_be_the_printers_own_or_its_class_s():
    story = story_of().printer("p-1").printer("p-2", tags=("enclosure",))
    story.plate(1, "ord-1/bracket#1", tags=("enclosure",)).sliced(1)
    assignment = assigned(story)
    assert assignment.chosen == {PLATE: "p-2"}
    assert _why(assignment) == {"p-1": "has no enclosure"}
    warm = desired(classes={"cube-200@1.0.0": printer_class(capabilities=["enclosure"])})
    assert assigned(story, wanted=warm).chosen == {PLATE: "p-1"}


def test_what_the_device_sees_loaded_wins_over_what_was_said():
    story = story_of("p-1").plate(1, "ord-1/bracket#1").sliced(1)
    assert assigned(story, **{"p-1": look("p-1", loaded=WHITE)}).chosen == {}
    story.tell(printers.SpoolLoaded(PrinterName("p-1"), WHITE))
    assert assigned(story).chosen == {}
    black = (Loaded("PETG", "black"),)
    assert assigned(story, **{"p-1": look("p-1", loaded=black)}).chosen == {PLATE: "p-1"}


def test_every_slot_must_hold_its_filament():
    two = ("PETG/black", "PLA/white")
    story = story_of("p-1").plate(1, "ord-1/bracket#1", filaments=two).sliced(1)
    story.printer("p-2", loaded=(Loaded("PETG", "black"), Loaded("PLA", "white", slot=1)))
    assignment = assigned(story)
    assert assignment.chosen == {PLATE: "p-2"}
    assert _why(assignment)["p-1"] == "has PETG/black"


def test_a_printing_printer_says_till_when():
    story = printing(waiting_plate())
    until = story.state.runs[RunId("run-7")].start_at + timedelta(hours=2)
    assert _why(assigned(story)) == {"p-1": f"printing till {until:%H:%M}"}


def test_a_print_that_is_late_says_no_time():
    story = waiting_plate().plate(7, "ord-1/bracket#7").sliced(7, 1000).print_it(7, "p-1")
    assert _why(assigned(story)) == {"p-1": "printing"}


BUSY = {
    "held by tom: nozzle clogged": lambda s: s.tell(
        said.PrinterHeld("p-1", "nozzle clogged", "tom")
    ),
    "the farm is held: fire drill": lambda s: s.tell(said.FarmHeld("f", "fire drill")),
    "bed not known to be clear": lambda s: s.tell(printers.BedDoubted("p-1", "x")),
    "bed not clear": lambda s: s.plate(7, "ord-1/bracket#7").sliced(7).complete(7, "p-1"),
    "run-7 may still print": lambda s: printing(s).tell(_out_of_sight()),
    "run-7 is paused": lambda s: printing(s).tell(_paused()),
}


def _out_of_sight():
    return RunOutOfSight(RunId("run-7"), "no answer")


def _paused():
    return RunPaused(RunId("run-7"))


@pytest.mark.parametrize("text", list(BUSY))
def test_a_printer_that_may_not_start_gets_nothing(text):
    story = BUSY[text](waiting_plate())
    assignment = assigned(story)
    assert assignment.chosen == {}
    assert _why(assignment) == {"p-1": text}


SEEN = {
    "offline": look("p-1", DeviceState.OFFLINE),
    "fault: MCU shutdown": look("p-1", DeviceState.FAULT, message="MCU shutdown"),
    "printing benchy.gcode, started at the printer": look(
        "p-1", DeviceState.PRINTING, job=Job("benchy.gcode")
    ),
    "does not say what it is doing": look("p-1", DeviceState.UNKNOWN),
    "another machine answers at its address": look("p-1", identity="id-other"),
    "waits for a fresh look": look("p-1", seen_at=NOW - timedelta(seconds=16)),
    "has a 0.6 mm nozzle, farm.yaml says 0.4 mm": look("p-1", nozzle_um=600),
    "bed not known to be clear: job 9 on the printer is not known here": look(
        "p-1", history_head="9"
    ),
}


@pytest.mark.parametrize("text", list(SEEN))
def test_a_look_that_speaks_against_a_start_is_heeded(text):
    assignment = assigned(waiting_plate(), **{"p-1": SEEN[text]})
    assert assignment.chosen == {}
    assert _why(assignment) == {"p-1": text}


def test_a_look_older_than_our_last_effect_is_no_look():
    story = waiting_plate()
    story.plate(7, "ord-1/bracket#7").sliced(7).complete(7, "p-1")
    story.tell(printers.BedCleared(PrinterName("p-1"), "person", None))
    answered = story.state.printers[PrinterName("p-1")].effect_at
    stale = look("p-1", seen_at=answered)
    around = Around(story.state, desired(), {PrinterName("p-1"): stale}, answered)
    assignment = assign(around, [PLATE])
    assert assignment.chosen == {}
    fresh = {PrinterName("p-1"): look("p-1", seen_at=answered + timedelta(milliseconds=1))}
    assert assign(replace(around, looks=fresh), [PLATE]).chosen == {PLATE: "p-1"}


def test_a_printer_never_looked_at_or_no_longer_in_the_farm_gets_nothing():
    story = waiting_plate()
    assert assign(Around(story.state, desired(), {}, NOW), [PLATE]).chosen == {}
    gone = assigned(story, wanted=desired(farm=farm(row("p-2"))))
    assert _why(gone) == {"p-1": "no longer in the farm"}


def test_earliest_due_comes_first_then_priority_then_the_first_composed():
    story = Story()
    for number, changes in enumerate(
        (
            {},
            {"priority": "urgent"},
            {"due": NOW + timedelta(days=2)},
            {"due": NOW + timedelta(days=1), "priority": "low"},
            {},
        ),
        1,
    ):
        story.open_order(order(order=f"ord-{number}", **changes)).plan(f"ord-{number}/bracket")
        story.plate(number, f"ord-{number}/bracket#1").sliced(number)
    for count in range(1, 6):
        story.printer(f"p-{count}")
        assignment = assigned(story, 1, 2, 3, 4, 5)
        first = ["plate-4", "plate-3", "plate-2", "plate-1", "plate-5"][:count]
        assert sorted(assignment.chosen) == sorted(first)


def test_plain_printers_are_given_away_before_special_ones():
    story = story_of().printer("p-1", tags=("enclosure",)).printer("p-2")
    story.plate(1, "ord-1/bracket#1").sliced(1)
    story.plate(2, "ord-1/bracket#2", tags=("enclosure",)).sliced(2)
    assert assigned(story, 1, 2).chosen == {PLATE: "p-2", PlateId("plate-2"): "p-1"}


def test_the_best_of_the_others_come_first():
    story = printing(story_of("p-1", "p-2").printer("p-3", loaded=WHITE))
    story.printer("p-4", printer_class="ender-220@1.0.0").printer("p-5")
    story.plate(1, "ord-1/bracket#1").sliced(1).plate(2, "ord-1/bracket#2").sliced(2)
    story.tell(said.PrinterHeld(PrinterName("p-5"), "cleaning", "tom"))
    assignment = assigned(story, 1, 2)
    assert assignment.chosen == {PLATE: "p-2"}
    order_shown = [each.printer for each in assignment.not_chosen(PlateId("plate-2"))]
    assert order_shown == ["p-2", "p-1", "p-3", "p-5", "p-4"]
    assert _why(assignment, PlateId("plate-2"))["p-2"] == "gets bracket ×1"


def test_a_version_on_trial_goes_only_where_it_is_tried():
    canary = {
        "versions": {
            "1.0.0": {"sha256": "0" * 64, "state": "released"},
            "1.1.0": {"sha256": "0" * 64, "state": "released"},
        },
        "channels": {
            "production": {"version": "1.0.0"},
            "canary": {"version": "1.1.0", "printers": ["p-2"]},
        },
    }
    wanted = desired(profiles={"petg": profile(**canary)})
    story = story_of("p-1", "p-2").plate(1, "ord-1/bracket#1", profile="petg@1.1.0").sliced(1)
    assignment = assigned(story, wanted=wanted)
    assert assignment.chosen == {PLATE: "p-2"}
    assert _why(assignment) == {"p-1": "the profile is tried on other printers"}
