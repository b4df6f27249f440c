"""What is true of a plan, a plate or a failed part, from the state alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.model.events.orders import ReprintAllowed
from farmctl.model.events.plans import ApprovalGiven
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import InstanceId, PlateId
from farmctl.model.states import PrinterPhase
from farmctl.policy.context import (
    binds_of,
    is_approved,
    plan_context,
    plate_context,
    reprint_context,
)
from tests.planning.made import BRACKET, NOW, Story, checked, item, order, pin, sha, sliced

pytestmark = pytest.mark.pure

ONE, TWO = InstanceId("ord-1/bracket#1"), InstanceId("ord-1/bracket#2")
LID = InstanceId("ord-2/lid#1")
LATER = NOW + timedelta(minutes=1)


def _story() -> Story:
    story = Story().open_order().printer("p-1").plan()
    lid = item("lid", model=sha("lid"), quality="fine", use="cosmetic")
    story.open_order(order(lid, order="ord-2")).plan("ord-2/lid")
    return story.tell(checked(), checked(sha("lid"), verdict="warn"))


def _plate(story: Story, number: int):
    return story.state.plates[PlateId(f"plate-{number}")]


def test_a_plan_is_judged_by_its_item_and_model():
    story = _story()
    wanted = item(
        "lid", model=sha("lid"), quality="fine", constraints=("watertight", "cosmetic_face")
    )
    context = plan_context(story.state, wanted, [pin()])
    assert context.preflight == ("warn",)
    assert (context.material, context.quality, context.use) == (
        ("PETG",),
        ("fine",),
        ("functional",),
    )
    assert context.constraints == ("cosmetic_face", "watertight")
    assert context.profile_is_new is True
    assert context.slice_warnings is None


def test_a_plate_has_the_values_of_all_its_parts():
    story = _story().plate(1, ONE, LID)
    context = plate_context(story.state, _plate(story, 1), NOW)
    assert context.preflight == ("pass", "warn")
    assert context.quality == ("fine", "standard")
    assert context.use == ("cosmetic", "functional")
    assert context.slice_warnings is None
    assert context.printer_state is None


def test_warnings_and_the_printer_are_known_once_it_is_sliced():
    story = _story().plate(1, ONE).tell(replace(sliced(1), warnings=("loose", "empty")))
    context = plate_context(story.state, _plate(story, 1), NOW, PrinterPhase.READY)
    assert context.slice_warnings == ("empty", "loose")
    assert context.printer_state == ("ready",)


def test_a_profile_is_new_on_a_class_until_a_part_of_it_is_good():
    story = _story().plate(1, ONE).sliced(1).complete(1, "p-1")
    assert plate_context(story.state, _plate(story, 1), NOW).profile_is_new is True
    story.judge(1, "success", ONE)
    assert plate_context(story.state, _plate(story, 1), NOW).profile_is_new is False
    newer = [pin(), pin(profile="petg@1.1.0")]
    assert plan_context(story.state, item(), newer).profile_is_new is True
    assert plan_context(story.state, item(), newer[:1]).profile_is_new is False


def test_tries_are_counted_over_a_day():
    story = _story().plate(1, ONE).sliced(1).fail(1, "p-1", "runout")
    story.tell(ReprintAllowed(BRACKET, (ONE,), "tom"), BedCleared("p-1", "person", None))
    story.judge(1, "failed", ONE, reason="runout")
    story.plate(2, ONE, TWO).sliced(2).fail(2, "p-1", "runout")
    assert plate_context(story.state, _plate(story, 2), NOW).tries_24h == 2
    assert reprint_context(story.state, TWO, NOW).tries_24h == 1
    assert reprint_context(story.state, ONE, NOW + timedelta(hours=25)).tries_24h == 0


def test_a_failed_part_is_judged_by_its_reason_and_its_tries():
    story = _story().plate(1, ONE).sliced(1).fail(1, "p-1", "printer_error")
    assert reprint_context(story.state, ONE, NOW).failed_for == ("none given",)
    story.judge(1, "failed", ONE, reason="first_layer")
    context = reprint_context(story.state, ONE, NOW)
    assert (context.failed_for, context.tries) == (("first_layer",), 1)
    assert (context.material, context.quality, context.use) == (
        ("PETG",),
        ("standard",),
        ("functional",),
    )
    assert context.preflight == ("pass",)


def test_an_approval_binds_bytes_and_class_and_an_equal_plate_inherits_it():
    story = _story().plate(1, ONE).sliced(1).plate(2, TWO).sliced(2)
    story.plate(3, LID, printer_class="ender-220@1.0.0").sliced(3)
    assert not is_approved(story.state, _plate(story, 1))
    binds = binds_of(_plate(story, 1))
    assert binds == (sha("gcode"), "cube-200@1.0.0")
    story.tell(ApprovalGiven("plate/plate-1", binds, "tom"))
    assert is_approved(story.state, _plate(story, 1))
    assert plate_context(story.state, _plate(story, 2), NOW).approved_by == "a person"
    assert not is_approved(story.state, _plate(story, 3))


def test_an_approval_before_slicing_does_not_cover_the_bytes():
    story = _story().plate(1, ONE)
    story.tell(ApprovalGiven("plate/plate-1", binds_of(_plate(story, 1)), "tom"))
    assert is_approved(story.state, _plate(story, 1))
    story.sliced(1)
    assert not is_approved(story.state, _plate(story, 1))


def test_an_order_that_is_gone_leaves_no_trace_in_the_context():
    story = Story().open_order().plan().printer("p-1").plate(1, ONE, LID)
    context = plate_context(story.state, _plate(story, 1), NOW)
    assert context.quality == ("standard",)
