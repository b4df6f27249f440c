"""On which class, and with which version, parts are made."""

from __future__ import annotations

import pytest

from farmctl.model.desired import Desired
from farmctl.model.events import farm as said
from farmctl.model.events.orders import OrderAmended
from farmctl.model.events.printers import BedDoubted
from farmctl.model.ids import PrinterName
from farmctl.model.observation import Loaded
from tests.planning.composing import (
    compose_now,
    planned,
    put_on_plates,
    two,
)
from tests.planning.made import (
    BRACKET,
    ORDER,
    desired,
    item,
    order,
    profile,
)

pytestmark = pytest.mark.pure


def test_parts_go_to_the_classes_whose_printers_are_free():
    story, wanted = two()
    story.printer("p-1").printer("p-2").printer("e-1", printer_class="ender-220@1.0.0")
    found = sorted((each.printer_class, len(each.placed)) for each in compose_now(story, wanted))
    assert found == [("cube-200@1.0.0", 2), ("cube-200@1.0.0", 2), ("ender-220@1.0.0", 2)]
    story.tell(said.PrinterHeld(PrinterName("e-1"), "x", "tom"))
    assert {each.printer_class for each in compose_now(story, wanted)} == {"cube-200@1.0.0"}


def test_with_no_printer_free_everything_goes_where_most_printers_could():
    story, wanted = two()
    story.printer("p-1").printer("p-2", loaded=(Loaded("PLA", "white"),))
    story.printer("e-1", printer_class="ender-220@1.0.0")
    story.printer("e-2", printer_class="ender-220@1.0.0")
    story.tell(said.FarmHeld("f", "drill"))
    (draft,) = compose_now(story, wanted)
    assert draft.printer_class == "ender-220@1.0.0"


def _canary(**channel) -> Desired:
    versions = {each: {"sha256": "0" * 64, "state": "released"} for each in ("1.0.0", "1.1.0")}
    channels = {"production": {"version": "1.0.0"}, "canary": {"version": "1.1.0", **channel}}
    return desired(profiles={"petg": profile(versions=versions, channels=channels)})


def test_a_version_on_trial_is_made_on_its_printers_alone():
    wanted = _canary(printers=["p-1"])
    story = planned(order(item(quantity=6)), wanted=wanted)
    story.printer("p-1").printer("p-2").printer("p-3")
    found = sorted((each.profile, len(each.placed)) for each in compose_now(story, wanted))
    assert found == [("petg@1.0.0", 2), ("petg@1.0.0", 2), ("petg@1.1.0", 2)]


def test_a_version_on_trial_gets_so_many_plates_and_no_more():
    wanted = _canary(plates=1)
    story = planned(order(item(quantity=6)), wanted=wanted).printer("p-1").printer("p-2")
    put_on_plates(story, wanted)
    profiles = [each.composed.profile for each in story.state.plates.values()]
    assert sorted(profiles) == ["petg@1.0.0", "petg@1.1.0"]
    story.tell(OrderAmended(ORDER, order(item(quantity=40), blob="x")))
    story.printer("p-3").printer("p-4")
    put_on_plates(story, wanted)
    profiles = [each.composed.profile for each in story.state.plates.values()]
    assert profiles.count("petg@1.1.0") == 1
    assert story.state.items[BRACKET].need == 0


def test_no_trial_is_composed_while_its_printers_are_busy():
    wanted = _canary(printers=["p-1"])
    story = planned(wanted=wanted).printer("p-1").tell(BedDoubted(PrinterName("p-1"), "x"))
    assert [each.profile for each in compose_now(story, wanted)] == ["petg@1.0.0"]
