"""An order's way from its file to its end, and back."""

from __future__ import annotations

import pytest

from farmctl.ledger.state import dump, load
from farmctl.model.events import orders as said
from farmctl.model.events.printers import BedCleared
from farmctl.model.events.run_life import RunAborted
from farmctl.model.ids import RunId
from farmctl.model.states import OrderPhase
from farmctl.planning.order_life import order_facts, order_problems
from tests.planning.made import BRACKET, NOW, ORDER, Story, desired, item, order, plan, sha

pytestmark = pytest.mark.pure

ONE, TWO = "ord-1/bracket#1", "ord-1/bracket#2"


def _next(story: Story, *texts: said.OrderText, **changes) -> list[object]:
    return list(order_facts(story.state, desired(*texts, **changes)))


def _run_on(story: Story, *texts: said.OrderText, **changes) -> list[str]:
    """Record facts until nothing follows; return their names."""
    names: list[str] = []
    while facts := _next(story, *texts, **changes):
        story.tell(*facts)
        names += [type(each).__name__ for each in facts]
        assert len(names) < 20
    return names


def _made(story: Story) -> Story:
    return story.printer("p-1").plan().plate(1, ONE, TWO).sliced(1).complete(1, "p-1")


def test_a_new_order_is_accepted_whole_and_opened():
    story = Story()
    assert _next(story, order()) == [said.OrderAccepted(ORDER, order())]
    assert _run_on(story, order()) == ["OrderAccepted", "OrderOpened"]
    assert story.state.items[BRACKET].need == 2


def test_an_unpaid_order_waits_for_its_payment():
    story = Story()
    pending = order(payment="pending")
    assert _run_on(story, pending) == ["OrderAccepted", "OrderAwaitsPayment"]
    paid = order(payment="paid", blob="other")
    assert _run_on(story, paid) == ["OrderAmended", "OrderOpened"]


def test_a_moment_finer_than_the_ledger_keeps_is_no_amendment():
    fine = order(due=NOW.replace(microsecond=123_456))
    story = Story()
    _run_on(story, fine)
    story.state = load(dump(story.state))
    assert story.state.orders[ORDER].text.due != fine.due
    assert _next(story, fine) == []


def test_a_refunded_order_is_no_longer_made():
    story = Story().open_order()
    refunded = order(payment="refunded", blob="other")
    assert _run_on(story, refunded) == ["OrderAmended", "OrderAwaitsPayment"]


def test_it_is_fulfilled_only_when_every_verdict_is_known():
    story = _made(Story().open_order())
    assert _next(story, order()) == []
    story.judge(1, "success", ONE)
    assert _next(story, order()) == []
    story.judge(1, "success", TWO)
    assert _next(story, order()) == [said.OrderFulfilled(ORDER, 2)]


def test_an_unknown_part_too_many_keeps_it_open():
    story = _made(Story().open_order()).judge(1, "success", ONE)
    assert _run_on(story, order(item(quantity=1), blob="other")) == ["OrderAmended"]
    assert story.state.orders[ORDER].phase is OrderPhase.OPEN


def test_a_raised_quantity_opens_it_again_and_made_parts_count():
    story = _made(Story().open_order()).judge(1, "success", ONE, TWO)
    _run_on(story, order())
    raised = order(item(quantity=5), blob="other")
    assert _run_on(story, raised) == ["OrderAmended", "OrderReopened"]
    assert story.state.items[BRACKET].need == 3


def test_a_closed_order_comes_back_with_what_was_made():
    story = _made(Story().open_order()).judge(1, "success", ONE, TWO)
    _run_on(story, order())
    story.tell(_cleared())
    assert story.state.closed_blob(ORDER) == "blob-ord-1"
    assert _next(story, order()) == []
    raised = order(item(quantity=3), blob="other")
    assert _run_on(story, raised) == ["OrderAmended", "OrderReopened"]
    assert (story.state.items[BRACKET].need, story.state.items[BRACKET].highest) == (1, 2)


def test_a_changed_verdict_opens_it_again():
    story = _made(Story().open_order()).judge(1, "success", ONE, TWO)
    _run_on(story, order())
    story.judge(1, "failed", TWO, reason="adhesion")
    assert _run_on(story, order()) == ["OrderReopened"]


def test_a_canceled_order_is_closed_and_can_be_wanted_again():
    story = Story().open_order()
    canceled = order(canceled="fraud", blob="other")
    assert _run_on(story, canceled) == ["OrderAmended", "OrderCanceled"]
    assert story.state.closed_order(ORDER).phase is OrderPhase.CANCELED
    assert _next(story, canceled) == []
    assert _run_on(story, order()) == ["OrderAmended", "OrderReopened"]


def test_a_file_that_goes_and_comes_back_is_canceled_archived_and_opened_again():
    story = Story().open_order()
    assert _next(story) == [said.OrderCanceled(ORDER, "file_deleted")]
    assert _run_on(story) == ["OrderCanceled", "OrderArchived"]
    assert _run_on(story, order()) == ["OrderAmended", "OrderReopened"]


def test_a_deleted_file_in_mid_print_cancels_and_the_same_file_opens_again():
    story = Story().open_order().printer("p-1").plan().plate(1, ONE, TWO).sliced(1)
    story.print_it(1, "p-1")
    assert _run_on(story) == ["OrderCanceled"]
    assert _run_on(story, order()) == ["OrderReopened"]


def test_a_closed_order_whose_file_was_deleted_is_archived_once():
    story = _made(Story().open_order()).judge(1, "success", ONE, TWO)
    _run_on(story, order())
    story.tell(_cleared())
    assert _run_on(story) == ["OrderArchived"]
    assert story.state.closed_order(ORDER).made[0].good == 2


def test_a_file_with_diagnostics_is_not_a_deleted_file():
    story = Story().open_order()
    blobs = {ORDER: "half-saved"}
    assert _next(story, order_blobs=blobs, stopped={ORDER: ("orders/ord-1.yaml:3:1",)}) == []
    assert _next(story, order_blobs=blobs) == []


def test_a_closed_order_that_was_not_parsed_is_left_alone():
    story = Story().tell(said.OrderAccepted(ORDER, order()))
    _run_on(story, order(canceled="fraud", blob="other"))
    assert _next(story, order_blobs={ORDER: "other"}) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (item(model=sha("another")), "its model"),
        (item(filaments=("PLA/white",)), "its material"),
        (item(name="braket"), "its name (braket)"),
    ],
)
def test_an_approved_plan_locks_name_model_and_material(changed, what):
    story = Story().open_order().plan()
    after = order(changed, blob="other")
    (problem,) = order_problems(story.state, desired(after))
    assert what in problem.message
    assert problem.mend.startswith("put bracket back")
    assert _next(story, after) == []


def test_a_draft_locks_nothing():
    story = Story().open_order().tell(plan(status="draft", approved_by=None))
    after = order(item(model=sha("another")), blob="other")
    assert list(order_problems(story.state, desired(after))) == []
    assert _next(story, after) == [said.OrderAmended(ORDER, after)]


def test_quantity_may_change_under_an_approved_plan():
    story = Story().open_order().plan()
    after = order(item(quantity=9), blob="other")
    assert _next(story, after) == [said.OrderAmended(ORDER, after)]


def test_another_item_beside_a_locked_one_is_no_problem():
    story = Story().open_order().plan()
    after = order(item(), item("lid", model=sha("lid")), blob="other")
    assert list(order_problems(story.state, desired(after))) == []


def test_an_id_used_again_for_other_items_is_a_problem():
    story = Story().open_order()
    _run_on(story, order(canceled="fraud", blob="other"))
    again = order(item("lid"), blob="third")
    (problem,) = order_problems(story.state, desired(again))
    assert problem.message == "ord-1 was an order of bracket; it cannot become another one"
    assert _next(story, again) == []


def test_orders_are_walked_by_id_whatever_the_order_of_the_files():
    texts = [order(order=f"ord-{n}") for n in (3, 1, 2)]
    story = Story()
    ids = [each.order for each in _next(story, *texts)]
    assert (
        ids
        == [each.order for each in _next(story, *reversed(texts))]
        == ["ord-1", "ord-2", "ord-3"]
    )


def test_good_parts_are_not_forgotten_by_another_print_of_them():
    story = _made(Story().open_order()).judge(1, "failed", ONE, TWO, reason="adhesion")
    story.tell(said.ReprintAllowed(BRACKET, (ONE,), "tom"), _cleared())
    story.plate(2, ONE).sliced(2).print_it(2, "p-1")
    story.judge(1, "success", ONE)
    story.tell(RunAborted(RunId("run-2"), "operator_abort", "history"))
    assert story.state.items[BRACKET].good == 1


def test_a_word_about_an_older_try_forgets_no_good_part():
    story = _made(Story().open_order()).judge(1, "failed", ONE, TWO, reason="adhesion")
    story.tell(said.ReprintAllowed(BRACKET, (ONE,), "tom"), _cleared())
    story.plate(2, ONE).sliced(2).complete(2, "p-1").judge(2, "success", ONE)
    story.judge(1, "failed", ONE, reason="adhesion")
    assert story.state.items[BRACKET].good == 1


def _cleared():
    return BedCleared("p-1", "person", None)
