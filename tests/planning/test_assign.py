"""Which printer gets which plate, and what is said of the others."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.model.desired import Desired
from farmctl.model.events import farm as said
from farmctl.model.events import printers
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.observation import DeviceState, Job, Loaded
from farmctl.planning.assign import Assignment, assign
from farmctl.planning.machines import Around
from farmctl.planning.reasons import LACKS, Code
from farmctl.planning.waiting import For, Swap, swaps, waits
from tests.planning.made import (
    NOW,
    Story,
    composed,
    desired,
    farm,
    item,
    look,
    looks,
    order,
    printer_class,
    profile,
    row,
)

pytestmark = pytest.mark.pure

PLATE = PlateId("plate-1")
WHITE = (Loaded("PLA", "white"),)


def _story(*names: str, quantity: int = 9) -> Story:
    story = Story().open_order(order(item(quantity=quantity))).plan()
    for name in names:
        story.printer(name)
    return story


def _assign(story: Story, *plates: int, wanted: Desired | None = None, **changed) -> Assignment:
    seen = {**looks(*story.state.printers), **{PrinterName(k): v for k, v in changed.items()}}
    around = Around(story.state, wanted or desired(), seen, NOW)
    return assign(around, [PlateId(f"plate-{each}") for each in plates or (1,)])


def _why(assignment: Assignment, plate: PlateId = PLATE) -> dict[str, str]:
    clock = "{:%H:%M}".format
    return {each.printer: each.reason.said(clock) for each in assignment.not_chosen(plate)}


def test_a_free_printer_that_has_everything_gets_the_plate():
    assignment = _assign(_story("p-1", "p-2").plate(1, "ord-1/bracket#1").sliced(1))
    assert assignment.chosen == {PLATE: "p-1"}
    assert _why(assignment) == {"p-2": "kept for others, another one does"}


LACKING = {
    Code.CLASS: ({"printer_class": "ender-220@1.0.0"}, "class ender-220@1.0.0"),
    Code.NOZZLE: ({"nozzle_um": 600}, "has a 0.6 mm nozzle"),
    Code.FILAMENT: ({"loaded": WHITE}, "has PLA/white"),
}


@pytest.mark.parametrize("code", list(LACKING))
def test_a_printer_that_lacks_something_gets_nothing(code):
    changes, text = LACKING[code]
    story = _story().printer("p-1", **changes).plate(1, "ord-1/bracket#1").sliced(1)
    assignment = _assign(story)
    assert assignment.chosen == {}
    assert _why(assignment) == {"p-1": text}
    assert assignment.not_chosen(PLATE)[0].reason.code is code


def test_tags_may_be_the_printers_own_or_its_class_s():
    story = _story().printer("p-1").printer("p-2", tags=("enclosure",))
    story.plate(1, "ord-1/bracket#1", tags=("enclosure",)).sliced(1)
    assignment = _assign(story)
    assert assignment.chosen == {PLATE: "p-2"}
    assert _why(assignment) == {"p-1": "has no enclosure"}
    warm = desired(classes={"cube-200@1.0.0": printer_class(capabilities=["enclosure"])})
    assert _assign(story, wanted=warm).chosen == {PLATE: "p-1"}


def test_what_the_device_sees_loaded_wins_over_what_was_said():
    story = _story("p-1").plate(1, "ord-1/bracket#1").sliced(1)
    assert _assign(story, **{"p-1": look("p-1", loaded=WHITE)}).chosen == {}
    story.tell(printers.SpoolLoaded(PrinterName("p-1"), WHITE))
    assert _assign(story).chosen == {}
    black = (Loaded("PETG", "black"),)
    assert _assign(story, **{"p-1": look("p-1", loaded=black)}).chosen == {PLATE: "p-1"}


def test_every_slot_must_hold_its_filament():
    two = ("PETG/black", "PLA/white")
    story = _story("p-1").plate(1, "ord-1/bracket#1", filaments=two).sliced(1)
    story.printer("p-2", loaded=(Loaded("PETG", "black"), Loaded("PLA", "white", slot=1)))
    assignment = _assign(story)
    assert assignment.chosen == {PLATE: "p-2"}
    assert _why(assignment)["p-1"] == "has PETG/black"


def _printing(story: Story) -> Story:
    return story.plate(7, "ord-1/bracket#7").sliced(7, time_ms=7_200_000).print_it(7, "p-1")


def _waiting_plate() -> Story:
    return _story("p-1").plate(1, "ord-1/bracket#1").sliced(1)


def test_a_printing_printer_says_till_when():
    story = _printing(_waiting_plate())
    until = story.state.runs[RunId("run-7")].start_at + timedelta(hours=2)
    assert _why(_assign(story)) == {"p-1": f"printing till {until:%H:%M}"}


def test_a_print_that_is_late_says_no_time():
    story = _waiting_plate().plate(7, "ord-1/bracket#7").sliced(7, 1000).print_it(7, "p-1")
    assert _why(_assign(story)) == {"p-1": "printing"}


BUSY = {
    "held by tom: nozzle clogged": lambda s: s.tell(
        said.PrinterHeld("p-1", "nozzle clogged", "tom")
    ),
    "the farm is held: fire drill": lambda s: s.tell(said.FarmHeld("f", "fire drill")),
    "bed not known to be clear": lambda s: s.tell(printers.BedDoubted("p-1", "x")),
    "bed not clear": lambda s: s.plate(7, "ord-1/bracket#7").sliced(7).complete(7, "p-1"),
    "run-7 may still print": lambda s: _printing(s).tell(_out_of_sight()),
    "run-7 is paused": lambda s: _printing(s).tell(_paused()),
}


def _out_of_sight():
    from farmctl.model.events.run_life import RunOutOfSight

    return RunOutOfSight(RunId("run-7"), "no answer")


def _paused():
    from farmctl.model.events.run_life import RunPaused

    return RunPaused(RunId("run-7"))


@pytest.mark.parametrize("text", list(BUSY))
def test_a_printer_that_may_not_start_gets_nothing(text):
    story = BUSY[text](_waiting_plate())
    assignment = _assign(story)
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
    "has a 0.6 mm nozzle, farm.yaml says 0.4": look("p-1", nozzle_um=600),
    "bed not known to be clear: job 9 on the printer is not known here": look(
        "p-1", history_head="9"
    ),
}


@pytest.mark.parametrize("text", list(SEEN))
def test_a_look_that_speaks_against_a_start_is_heeded(text):
    assignment = _assign(_waiting_plate(), **{"p-1": SEEN[text]})
    assert assignment.chosen == {}
    assert _why(assignment) == {"p-1": text}


def test_a_look_older_than_our_last_effect_is_no_look():
    story = _waiting_plate()
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
    story = _waiting_plate()
    assert assign(Around(story.state, desired(), {}, NOW), [PLATE]).chosen == {}
    gone = _assign(story, wanted=desired(farm=farm(row("p-2"))))
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
        assignment = _assign(story, 1, 2, 3, 4, 5)
        first = ["plate-4", "plate-3", "plate-2", "plate-1", "plate-5"][:count]
        assert sorted(assignment.chosen) == sorted(first)


def test_plain_printers_are_given_away_before_special_ones():
    story = _story().printer("p-1", tags=("enclosure",)).printer("p-2")
    story.plate(1, "ord-1/bracket#1").sliced(1)
    story.plate(2, "ord-1/bracket#2", tags=("enclosure",)).sliced(2)
    assert _assign(story, 1, 2).chosen == {PLATE: "p-2", PlateId("plate-2"): "p-1"}


def test_the_best_of_the_others_come_first():
    story = _printing(_story("p-1", "p-2").printer("p-3", loaded=WHITE))
    story.printer("p-4", printer_class="ender-220@1.0.0").printer("p-5")
    story.plate(1, "ord-1/bracket#1").sliced(1).plate(2, "ord-1/bracket#2").sliced(2)
    story.tell(said.PrinterHeld(PrinterName("p-5"), "cleaning", "tom"))
    assignment = _assign(story, 1, 2)
    assert assignment.chosen == {PLATE: "p-2"}
    order_shown = [each.printer for each in assignment.not_chosen(PlateId("plate-2"))]
    assert order_shown == ["p-2", "p-1", "p-3", "p-5", "p-4"]
    assert _why(assignment, PlateId("plate-2"))["p-2"] == "gets plate-1"


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
    story = _story("p-1", "p-2").plate(1, "ord-1/bracket#1", profile="petg@1.1.0").sliced(1)
    assignment = _assign(story, wanted=wanted)
    assert assignment.chosen == {PLATE: "p-2"}
    assert _why(assignment) == {"p-1": "the profile is tried on other printers"}


def test_a_plate_waits_for_the_printer_that_is_free_soonest():
    assignment = _assign(_printing(_waiting_plate()))
    (found,) = waits(assignment).values()
    assert (found.what, found.text) == (For.PRINTER, "a PETG/black bed")
    assert (found.best.printer, found.best.reason.code) == ("p-1", Code.PRINTING)


def test_a_plate_waits_for_a_spool_or_for_nothing_there_is():
    story = _story().printer("p-1", loaded=WHITE).plate(1, "ord-1/bracket#1").sliced(1)
    story.plate(2, "ord-1/bracket#2", nozzle_um=600).sliced(2)
    found = waits(_assign(story, 1, 2))
    assert (found[PLATE].what, found[PLATE].text) == (
        For.SPOOL,
        "PETG/black in a cube-200@1.0.0 printer",
    )
    assert found[PlateId("plate-2")].what is For.NOTHING
    assert found[PlateId("plate-2")].text == "a cube-200@1.0.0 printer with a 0.6 mm nozzle"


def test_one_spool_is_changed_for_all_that_want_it_where_nobody_wants_the_old_one():
    story = _story()
    story.printer("p-1", loaded=(Loaded("PLA", "red"),)).printer("p-2", loaded=WHITE)
    story.plate(1, "ord-1/bracket#1").sliced(1).plate(2, "ord-1/bracket#2").sliced(2)
    story.plate(3, "ord-1/bracket#3", filaments=("PLA/white",)).sliced(3)
    story.plate(4, "ord-1/bracket#4", filaments=("PLA/white",)).sliced(4)
    plates = (PLATE, PlateId("plate-2"))
    assert swaps(_assign(story, 1, 2, 3, 4)) == (
        Swap(PrinterName("p-1"), ("PLA/red",), ("PETG/black",), plates),
    )


def _due_in(hours: float) -> Story:
    text = order(item(quantity=9), due=NOW + timedelta(hours=hours))
    story = Story().open_order(text).plan().printer("p-1").printer("p-2", loaded=WHITE)
    return _printing(story.plate(1, "ord-1/bracket#1").sliced(1))


def test_a_spool_is_changed_for_a_plate_that_would_be_late_and_for_no_other():
    assert swaps(_assign(_due_in(9))) == ()
    (swap,) = swaps(_assign(_due_in(1)))
    assert (swap.printer, swap.wants) == ("p-2", ("PETG/black",))


def test_nobody_is_sent_to_a_held_printer_to_change_its_spool():
    story = _story().printer("p-1", loaded=WHITE).plate(1, "ord-1/bracket#1").sliced(1)
    story.tell(said.PrinterHeld(PrinterName("p-1"), "cleaning", "tom"))
    assert swaps(_assign(story)) == ()


filaments = st.sampled_from(["PETG/black", "PLA/white", "PLA/red"])


@st.composite
def _farms(draw) -> Story:
    story = _story(quantity=30)
    for number in range(1, draw(st.integers(1, 6)) + 1):
        material, color = draw(filaments).split("/")
        story.printer(
            f"p-{number}",
            loaded=(Loaded(material, color),),
            nozzle_um=draw(st.sampled_from([400, 400, 600])),
            tags=draw(st.sampled_from([(), ("enclosure",)])),
        )
        busy = draw(st.sampled_from(["", "", "", "held", "bed"]))
        if busy == "held":
            story.tell(said.PrinterHeld(PrinterName(f"p-{number}"), "x", "tom"))
        if busy == "bed":
            story.tell(printers.BedDoubted(PrinterName(f"p-{number}"), "x"))
    for number in range(1, draw(st.integers(1, 6)) + 1):
        changes = {
            "filaments": (draw(filaments),),
            "tags": draw(st.sampled_from([(), (), ("enclosure",)])),
        }
        story.plate(number, f"ord-1/bracket#{number}", **changes).sliced(number)
    return story


@settings(max_examples=80, deadline=None)
@given(_farms(), st.randoms(use_true_random=False))
def test_no_printer_gets_two_plates_nor_one_with_any_reason_against_it(story, shuffle):
    plates = list(story.state.plates)
    seen = looks(*story.state.printers)
    around = Around(
        story.state, desired(farm=farm(*(row(f"p-{n}") for n in range(1, 7)))), seen, NOW
    )
    assignment = assign(around, plates)
    assert len(set(assignment.chosen.values())) == len(assignment.chosen)
    assert {*assignment.chosen, *assignment.waiting} == set(plates)
    everybody = set(story.state.printers)
    for plate in plates:
        others = assignment.not_chosen(plate)
        assert {each.printer for each in others} | {assignment.chosen.get(plate)} >= everybody
        assert len(others) == len({each.printer for each in others})
        against = {
            each.printer: each.reason.code
            for each in assignment.rejected(assignment.demands[plate])
        }
        if plate in assignment.chosen:
            assert against[assignment.chosen[plate]] is Code.TAKEN
        else:  # nobody who could is left
            assert all(against[each.name] in LACKS for each in assignment.left)
    shuffle.shuffle(plates)
    shuffled = {name: seen[name] for name in sorted(seen, reverse=True)}
    turned = replace(story.state, plates=dict(reversed(story.state.plates.items())))
    again = assign(replace(around, state=turned, looks=shuffled), plates)
    assert again.chosen == assignment.chosen
    assert list(again.demands) == list(assignment.demands)
    assert swaps(again) == swaps(assignment)
    assert waits(again) == waits(assignment)


def test_a_thousand_printers_and_plates_are_assigned_in_a_moment():
    story = Story().open_order(order(item(quantity=2000))).plan()
    for number in range(1000):
        loaded = (Loaded("PETG", "black" if number % 4 else "white"),)
        story.printer(f"p-{number}", loaded=loaded)
    plates = {}
    for number in range(1, 1001):
        fact = composed(number, f"ord-1/bracket#{number}")
        plates[fact.plate] = fact
    state = story.plate(1, "ord-1/bracket#1").sliced(1).state
    one = state.plates[PLATE]
    many = {name: replace(one, composed=fact) for name, fact in plates.items()}
    rows = [row(f"p-{number}") for number in range(1000)]
    around = Around(
        replace(state, plates=many), desired(farm=farm(*rows)), looks(*state.printers), NOW
    )
    began = time.process_time()
    assignment = assign(around, list(many))
    found = waits(assignment), swaps(assignment)
    spent = time.process_time() - began
    assert len(assignment.chosen) == 750
    assert len(found[0]) == 250
    assert spent < 1.0
