"""Plates are left alone until an input changes; then they are void, and only then."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.model.events.orders import OrderAmended, OrderAwaitsPayment, OrderCanceled
from farmctl.model.events.printers import BedDoubted, SpoolLoaded
from farmctl.model.ids import PrinterName
from farmctl.model.observation import Loaded
from farmctl.planning.plates import PlateDraft
from farmctl.planning.stale import stale_plates
from tests.planning.composing import (
    around_of,
    compose_now,
    plan_all,
    planned,
    put_on_plates,
    stale_now,
    two,
)
from tests.planning.made import (
    BRACKET,
    ORDER,
    Story,
    desired,
    item,
    order,
    printer_class,
)

pytestmark = pytest.mark.pure


def _numbers(draft: PlateDraft) -> list[int]:
    return sorted(int(each.instance.rsplit("#")[1]) for each in draft.placed)


def test_a_new_revision_voids_what_is_not_started_and_nothing_else():
    story = put_on_plates(planned(order(item(quantity=4))).printer("p-1").printer("p-2"))
    story.sliced(1).sliced(2).print_it(1, "p-1")
    assert stale_now(story) == ()
    newer = desired(classes={"cube-200@1.0.0": replace(printer_class(), settings=b"skirts = 2\n")})
    plan_all(story, newer)
    (void,) = stale_now(story, newer)
    assert (void.plate, void.reason, void.why) == (
        "plate-2",
        "replaced",
        "ord-1/bracket@2 is made another way",
    )
    story.tell(void)
    (draft,) = compose_now(story, newer)
    assert _numbers(draft) == [3, 4]


def test_a_plan_that_asks_for_other_printers_voids_what_is_not_started():
    story = put_on_plates(planned().printer("p-1"))
    story.tell(replace(story.state.plans[BRACKET].written, revision=2, tags=("enclosure",)))
    (void,) = stale_now(story)
    assert void.why == "ord-1/bracket@2 asks for other printers"


def test_a_canceled_order_voids_its_plates_and_a_withdrawn_plan_too():
    story = put_on_plates(planned().printer("p-1"))
    gone = replace(story.state, plans={})
    (void,) = stale_plates(replace(around_of(story), state=gone))
    assert (void.reason, void.why) == ("withdrawn", "ord-1/bracket has no build plan any more")
    waiting = put_on_plates(planned().printer("p-1")).tell(OrderAwaitsPayment(ORDER))
    assert stale_now(waiting)[0].why == "ord-1 is awaiting payment"
    (void,) = stale_now(story.tell(OrderCanceled(ORDER, "fraud")))
    assert (void.reason, void.why) == ("order_canceled", "ord-1 is canceled")


def _lowered(story: Story, quantity: int) -> Story:
    return story.tell(OrderAmended(ORDER, order(item(quantity=quantity), blob=f"q{quantity}")))


def test_a_lowered_quantity_voids_only_plates_that_hold_too_many():
    story = put_on_plates(
        planned(order(item(quantity=6))).printer("p-1").printer("p-2").printer("p-3")
    )
    assert len(story.state.plates) == 3
    _lowered(story, 5)
    (void,) = stale_now(story)
    assert (void.plate, void.why) == ("plate-3", "1 ord-1/bracket more than are wanted")
    story.tell(void)
    assert [len(each.placed) for each in compose_now(story)] == [1]


def test_what_is_least_done_is_voided_first():
    story = put_on_plates(
        planned(order(item(quantity=6))).printer("p-1").printer("p-2").printer("p-3")
    )
    story.sliced(3).sliced(2).print_it(2, "p-2")
    assert [each.plate for each in stale_now(_lowered(story, 4))] == ["plate-1"]
    assert [each.plate for each in stale_now(_lowered(story, 1))] == ["plate-1", "plate-3"]


def test_closed_parts_drop_before_any_plate_is_void():
    story = put_on_plates(planned(order(item(quantity=4))).printer("p-1").printer("p-2"))
    story.sliced(1).sliced(2).fail(1, "p-1", "runout")
    story.judge(1, "failed", "ord-1/bracket#1", "ord-1/bracket#2", reason="runout")
    assert stale_now(_lowered(story, 2)) == ()
    assert [each.plate for each in stale_now(_lowered(story, 1))] == ["plate-2"]


def test_a_plate_moves_to_another_class_only_when_that_can_start_now():
    story, wanted = two(quantity=2)
    put_on_plates(story.printer("p-1"), wanted)
    story.tell(BedDoubted(PrinterName("p-1"), "x"))
    assert stale_now(story, wanted) == ()
    story.printer("e-1", printer_class="ender-220@1.0.0")
    (void,) = stale_now(story, wanted)
    assert void.why == "e-1 is free and can make it, no cube-200@1.0.0 printer is"
    story.tell(void)
    assert [each.printer_class for each in compose_now(story, wanted)] == ["ender-220@1.0.0"]


def test_a_plate_stays_when_its_own_class_has_a_free_printer_or_the_other_lacks_the_spool():
    story, wanted = two(quantity=2)
    put_on_plates(story.printer("p-1"), wanted)
    story.printer("e-1", printer_class="ender-220@1.0.0")
    assert stale_now(story, wanted) == ()
    story.tell(BedDoubted(PrinterName("p-1"), "x"))
    white = (Loaded("PLA", "white"),)
    story.printer("e-1", printer_class="ender-220@1.0.0").tell(_loaded("e-1", white))
    assert stale_now(story, wanted) == ()


def _loaded(name, loaded):
    return SpoolLoaded(PrinterName(name), loaded)


def test_one_free_printer_takes_one_waiting_plate_not_all():
    story, wanted = two(quantity=40)
    put_on_plates(story.printer("p-1"), wanted)
    story.tell(BedDoubted(PrinterName("p-1"), "x"))
    story.printer("e-1", printer_class="ender-220@1.0.0")
    assert [each.plate for each in stale_now(story, wanted)] == ["plate-1"]
