"""No printer twice, none with a reason against it, always the same, and fast."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.model.events import farm as said
from farmctl.model.events import printers
from farmctl.model.ids import PrinterName
from farmctl.model.observation import Loaded
from farmctl.planning.assign import assign
from farmctl.planning.machines import Around
from farmctl.planning.reasons import LACKS, Code
from farmctl.planning.waiting import swaps, waits
from tests.planning.assigning import PLATE, story_of
from tests.planning.made import (
    NOW,
    Story,
    composed,
    desired,
    farm,
    item,
    looks,
    order,
    row,
)

pytestmark = pytest.mark.pure

filaments = st.sampled_from(["PETG/black", "PLA/white", "PLA/red"])


@st.composite
def _farms(draw) -> Story:
    story = story_of(quantity=30)
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
    said = sum(len(assignment.not_chosen(plate)) for plate in many)
    spent = time.process_time() - began
    assert len(assignment.chosen) == 750
    assert len(found[0]) == 250
    assert said == 1_000_000 - 750
    assert spent < 1.0
