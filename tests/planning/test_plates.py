"""Wanted parts on plates: shared out over the printers that are free."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.model.desired import Desired
from farmctl.model.events import farm as said
from farmctl.model.events.orders import OrderAmended, ReprintAllowed
from farmctl.model.events.plates import PlateComposed, PlateVoided
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import ItemKey, PrinterName
from farmctl.model.observation import Loaded
from farmctl.planning.plates import PlateDraft
from tests.planning.composing import (
    MM,
    compose_now,
    plan_all,
    planned,
    put_on_plates,
    stale_now,
)
from tests.planning.made import (
    BRACKET,
    MESH,
    NOW,
    ORDER,
    Story,
    checked,
    composed,
    desired,
    item,
    order,
    printer_class,
    profile,
    sha,
)

pytestmark = pytest.mark.pure


def _numbers(draft: PlateDraft) -> list[int]:
    return sorted(int(each.instance.rsplit("#")[1]) for each in draft.placed)


def sizes_now(story: Story, wanted: Desired | None = None) -> list[int]:
    return [len(each.placed) for each in compose_now(story, wanted)]


def test_an_order_goes_on_one_plate_for_one_free_printer():
    (draft,) = compose_now(planned().printer("p-1"))
    assert draft.why == "2: shared out over 1 free printer"
    assert [each.label for each in draft.placed] == ["P01", "P02"]
    assert [each.instance for each in draft.placed] == ["ord-1/bracket#1", "ord-1/bracket#2"]
    assert {each.mesh for each in draft.placed} == {MESH}
    fact = draft.composed("plate-1")
    assert isinstance(fact, PlateComposed)
    assert (fact.printer_class, fact.profile, fact.nozzle_um) == (
        "cube-200@1.0.0",
        "petg@1.0.0",
        400,
    )
    assert (fact.filaments, fact.replaces) == (("PETG/black",), None)


def test_composing_twice_is_empty():
    story = put_on_plates(planned().printer("p-1"))
    assert story.state.items[BRACKET].need == 0
    assert compose_now(story) == ()
    assert stale_now(story) == ()


@pytest.mark.parametrize(
    ("count", "printers", "sizes"),
    [(6, 1, [6]), (6, 2, [3, 3]), (7, 3, [3, 2, 2]), (2, 5, [1, 1]), (20, 1, [16, 4]), (6, 0, [6])],
)
def test_parts_are_shared_out_over_the_free_printers(count, printers, sizes):
    story = planned(order(item(quantity=count)))
    for number in range(1, printers + 1):
        story.printer(f"p-{number}")
    assert sorted(sizes_now(story), reverse=True) == sizes


def test_printers_that_cannot_start_are_not_counted():
    story = planned(order(item(quantity=6))).printer("p-1").printer("p-2")
    story.printer("p-3", loaded=(Loaded("PLA", "white"),)).printer("p-4")
    story.tell(said.PrinterHeld(PrinterName("p-4"), "x", "tom"))
    assert sizes_now(story) == [3, 3]


def test_a_plate_that_waits_for_a_free_printer_speaks_for_it():
    story = put_on_plates(planned(order(item(quantity=2))).printer("p-1").printer("p-2"))
    story.tell(OrderAmended(ORDER, order(item(quantity=6), blob="x")))
    (draft,) = compose_now(story)
    assert len(draft.placed) == 4
    assert draft.why == "4: as many as fit, for the next free printer"


def test_compatible_parts_of_two_orders_share_a_plate_and_others_do_not():
    two = order(item("lid", quantity=1), order="ord-2")
    other = order(item("cap", quantity=1, filaments=("PETG/red",)), order="ord-3")
    fine = order(item("fin", quantity=1, quality="fine"), order="ord-4")
    profiles = {"petg": profile(), "petg-fine": profile("petg-fine", quality="fine")}
    wanted = desired(profiles=profiles)
    drafts = compose_now(planned(order(), two, other, fine, wanted=wanted).printer("p-1"), wanted)
    held = [sorted({each.instance.split("/")[0] for each in draft.placed}) for draft in drafts]
    assert held == [["ord-1", "ord-2"], ["ord-3"], ["ord-4"]]


def test_the_most_urgent_parts_come_on_the_first_plate():
    late = order(item(quantity=20), order="ord-1")
    soon = order(item(quantity=3), order="ord-2", due=NOW + timedelta(days=1))
    first, *_ = compose_now(planned(late, soon).printer("p-1"))
    assert sum(each.instance.startswith("ord-2") for each in first.placed) == 3


def test_equal_plates_of_different_orders_look_alike():
    one = planned(order(item(quantity=3), order="ord-7")).printer("p-1")
    two = planned(order(item("lid", quantity=3), order="ord-2")).printer("p-1")
    places = [
        [(each.label, each.mesh, each.x_um, each.y_um, each.rotate_mdeg) for each in draft.placed]
        for draft in (*compose_now(one), *compose_now(two))
    ]
    assert places[0] == places[1]


def test_a_part_turned_on_the_bed_says_so_beside_its_own_turn():
    wanted = desired(classes={"cube-200@1.0.0": printer_class(bed_mm=[100.0, 200.0])})
    story = planned(order(item(quantity=1)), wanted=wanted, size=(180 * MM, 20 * MM, 5 * MM))
    (draft,) = compose_now(story.printer("p-1"), wanted)
    assert draft.placed[0].rotate_mdeg == (0, 0, 90_000)


def test_turns_add_up_to_less_than_a_whole_one():
    wanted = desired(classes={"cube-200@1.0.0": printer_class(bed_mm=[100.0, 200.0])})
    story = planned(order(item(quantity=1)), wanted=wanted, size=(180 * MM, 20 * MM, 5 * MM))
    written = story.state.plans[BRACKET].written
    story.tell(replace(written, rotate_mdeg=(0, 0, 300_000))).printer("p-1")
    (draft,) = compose_now(story, wanted)
    assert draft.placed[0].rotate_mdeg == (0, 0, 30_000)


def test_free_parts_keep_their_numbers_and_new_ones_get_new_ones():
    story = put_on_plates(planned(order(item(quantity=3))).printer("p-1"))
    story.tell(PlateVoided("plate-1", "replaced", "x"))
    story.tell(OrderAmended(ORDER, order(item(quantity=5), blob="x")))
    (draft,) = compose_now(story)
    assert _numbers(draft) == [1, 2, 3, 4, 5]
    story.tell(OrderAmended(ORDER, order(item(quantity=2), blob="y")))
    (draft,) = compose_now(story)
    assert _numbers(draft) == [1, 2]


def test_failed_parts_wait_for_a_word_and_come_again_on_a_plate_of_their_own():
    story = (
        put_on_plates(planned(order(item(quantity=3))).printer("p-1"))
        .sliced(1)
        .fail(1, "p-1", "runout")
    )
    assert compose_now(story) == ()
    parts = [f"ord-1/bracket#{each}" for each in (1, 2, 3)]
    story.judge(1, "success", parts[0]).judge(1, "failed", *parts[1:], reason="runout")
    assert compose_now(story) == ()
    story.tell(ReprintAllowed(BRACKET, tuple(parts[1:]), "tom"))
    story.tell(OrderAmended(ORDER, order(item(quantity=5), blob="x")))
    found = {each.replaces: _numbers(each) for each in compose_now(story)}
    assert found == {"run-1": [2, 3], None: [4, 5]}


def test_nothing_is_composed_of_drafts_held_or_stopped_orders():
    story = planned().printer("p-1")
    assert len(compose_now(story)) == 1
    assert compose_now(story, desired(stopped={ORDER: ("x",)})) == ()
    draft = replace(story.state.plans[BRACKET].written, status="draft", approved_by=None)
    assert compose_now(planned().printer("p-1").tell(draft)) == ()
    assert compose_now(story.tell(said.OrderHeld(ORDER, "wait"))) == ()


def test_a_held_or_revoked_version_is_not_used_and_nothing_falls_back():
    story = planned().printer("p-1")
    story.tell(said.ProfileHeld("petg@1.0.0", "strings"))
    assert compose_now(story) == ()
    revoked = printer_class(versions={"1.0.0": {"sha256": "0" * 64, "state": "revoked"}})
    wanted = desired(classes={"cube-200@1.0.0": revoked})
    assert compose_now(planned().printer("p-1"), wanted) == ()


def test_while_the_documents_say_other_settings_the_plan_comes_first():
    story = planned().printer("p-1")
    newer = replace(printer_class(), settings=b"skirts = 2\n")
    assert compose_now(story, desired(classes={"cube-200@1.0.0": newer})) == ()
    assert compose_now(story, desired(slicers={})) == ()
    assert compose_now(story, desired(profiles={})) == ()
    assert compose_now(story, desired(classes={})) == ()


def test_known_times_divide_unequal_parts():
    long, short = item("long", quantity=1), item("short", quantity=5, model=sha("short"))
    story = Story().tell(checked(), checked(sha("short")))
    plan_all(story.open_order(order(long, short)), desired())
    story.printer("p-1").printer("p-2")
    assert sorted(sizes_now(story)) == [3, 3]
    long_way, short_way = (
        story.state.plans[ItemKey(f"ord-1/{name}")].written.variants[0].digest
        for name in ("long", "short")
    )
    story.open_order(order(item("old"), order="ord-0"))
    _printed_before(story, 1, long_way, time_ms=600_000)
    _printed_before(story, 2, short_way, time_ms=60_000)
    assert sorted(sizes_now(story)) == [1, 5]


def _printed_before(story: Story, number: int, variant: str, time_ms: int) -> None:
    fact = composed(number, f"ord-0/old#{number}")
    fact = replace(fact, placed=(replace(fact.placed[0], variant=variant),))
    story.tell(fact).sliced(number, time_ms).complete(number, f"p-{number}")
    story.tell(BedCleared(PrinterName(f"p-{number}"), "person", None))
