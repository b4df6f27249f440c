"""None twice, none too many, always the same: whatever happens in between."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.model.events.orders import OrderAmended, ReprintAllowed
from farmctl.model.events.plates import PlateVoided
from farmctl.model.ids import ItemKey, OrderId, PlateId
from farmctl.planning.machines import Around
from farmctl.planning.plates import PlateDraft, compose
from farmctl.planning.stale import stale_plates
from tests.planning.composing import (
    compose_now,
    planned,
    put_on_plates,
    stale_now,
)
from tests.planning.made import (
    BRACKET,
    NOW,
    ORDER,
    Story,
    desired,
    item,
    looks,
    order,
)

pytestmark = pytest.mark.pure

quantities = st.lists(st.integers(1, 9), min_size=1, max_size=3)


steps = st.lists(
    st.tuples(
        st.sampled_from(["compose", "void", "make", "print", "fail", "judge", "allow", "quantity"]),
        st.integers(0, 9),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(quantities, st.integers(0, 3), steps, st.randoms(use_true_random=False))
def test_new_plates_never_make_more_than_is_wanted(counts, printers, acts, shuffle):
    items = [item(f"part-{row}", quantity=count) for row, count in enumerate(counts)]
    story = planned(order(*items))
    for number in range(1, printers + 1):
        story.printer(f"p-{number}")
    for act, number in acts:
        _act(story, act, number, items)
        drafts = compose_now(story)
        placed = [each.instance for draft in drafts for each in draft.placed]
        assert len(placed) == len(set(placed))
        for key, record in story.state.items.items():
            new = sum(each.startswith(f"{key}#") for each in placed)
            assert new == record.need
            known = record.good + record.in_flight + record.closed
            assert not new or known + new <= record.quantity
            assert not any(
                record.instances[each].is_in_flight or record.instances[each].is_good
                for each in placed
                if each in record.instances
            )
        _same_when_shuffled(story, drafts, shuffle)


def _act(story: Story, act: str, number: int, items: list) -> None:
    """Let something happen that could: anything else is passed over."""
    state = story.state
    open_plates = [each for each, record in state.plates.items() if record.phase == "composed"]
    closed = [
        (key, part)
        for key, record in state.items.items()
        for part, each in record.instances.items()
        if each.is_closed
    ]
    printed = [run for run, each in state.runs.items() if each.phase.is_over]
    match act:
        case "compose":
            put_on_plates(story)
        case "make" if "p-1" in state.printers:
            put_on_plates(story)
            for each in [each for each, at in story.state.plates.items() if at.phase == "composed"]:
                _make(story, each)
        case "void" if open_plates:
            story.tell(PlateVoided(open_plates[number % len(open_plates)], "replaced", "x"))
        case "print" | "fail" if open_plates and "p-1" in state.printers:
            plate = int(open_plates[0].split("-")[1])
            story.sliced(plate)
            story.complete(plate, "p-1") if act == "print" else story.fail(plate, "p-1", "runout")
        case "judge" if printed:
            run = printed[number % len(printed)]
            parts = [
                each.instance for each in state.plates[state.runs[run].queued.plate].composed.placed
            ]
            verdict = ("success", "failed", "unknown", "skipped")[number % 4]
            story.judge(
                int(run.split("-")[1]), verdict, *parts, reason="runout" if number % 2 else None
            )
        case "allow" if closed:
            key, part = closed[number % len(closed)]
            story.tell(ReprintAllowed(key, (part,), "tom"))
        case "quantity":
            row_of = number % len(items)
            items[row_of] = replace(items[row_of], quantity=number)
            story.tell(OrderAmended(ORDER, order(*items, blob=f"q{number}")))


def _make(story: Story, plate: PlateId) -> None:
    """A plate is printed and all its parts are good: what happens all day."""
    number = int(plate.split("-")[1])
    story.sliced(number)
    story.complete(number, "p-1")
    placed = story.state.plates[plate].composed.placed
    story.judge(number, "success", *(each.instance for each in placed))


def _same_when_shuffled(story: Story, drafts: tuple[PlateDraft, ...], shuffle) -> None:
    def turned(table):
        rows = list(table.items())
        shuffle.shuffle(rows)
        return dict(rows)

    state = story.state
    other = replace(
        state,
        items={
            key: replace(each, instances=turned(each.instances))
            for key, each in turned(state.items).items()
        },
        plates=turned(state.plates),
        plans=turned(state.plans),
        printers=turned(state.printers),
        runs=turned(state.runs),
    )
    around = Around(other, desired(), turned(looks(*state.printers)), NOW)
    assert compose(around) == drafts
    assert stale_plates(around) == stale_now(story)


def test_a_thousand_orders_are_composed_in_seconds():
    texts = [order(order=f"ord-{number}") for number in range(1000)]
    story = planned(order())
    one = story.state
    many = replace(
        one,
        orders={each.order: replace(one.orders[ORDER], text=each) for each in texts},
        items={
            ItemKey(f"{each.order}/bracket"): replace(
                one.items[BRACKET], item=ItemKey(f"{each.order}/bracket")
            )
            for each in texts
        },
        plans={
            ItemKey(f"{each.order}/bracket"): replace(
                one.plans[BRACKET],
                written=replace(one.plans[BRACKET].written, item=ItemKey(f"{each.order}/bracket")),
            )
            for each in texts
        },
    )
    began = time.process_time()
    drafts = compose(Around(many, desired(), {}, NOW))
    assert sum(len(each.placed) for each in drafts) == 2000
    assert time.process_time() - began < 5.0
    assert OrderId("ord-0") in many.orders
