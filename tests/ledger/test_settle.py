"""What is over costs a line: a long past does not make a start slow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import reduce
from itertools import pairwise

import pytest

from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State, dump
from farmctl.model.events.orders import OrderAccepted, OrderCanceled, OrderOpened
from farmctl.model.events.plans import ModelChecked, PolicyDecided
from farmctl.model.events.plates import PlateVoided
from farmctl.model.ids import DecisionId, OrderId, PlateId, instance_id, item_key
from farmctl.model.states import PlanStatus
from farmctl.testing.moves_orders import order_text, plan
from farmctl.testing.moves_plates import composed

pytestmark = pytest.mark.pure
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def after(state: State, *payloads: object) -> State:
    def fold(before: State, payload: object) -> State:
        return evolve(before, payload, at=NOW, seq=before.seq + 1, actor="ada")

    return reduce(fold, payloads, state)


def asked(number: int, gate: str, *subjects: str) -> PolicyDecided:
    return PolicyDecided(
        decision=DecisionId(f"dec-{number}"),
        policy="default@sha256:0",
        gate=gate,
        transition="",
        subjects=subjects,
        inputs={},
        outcome="allow",
        explanations=(),
    )


def begun(number: int) -> Iterator[object]:
    """An order with a checked model and an approved plan, on a plate that a policy was asked of."""
    order, plate = OrderId(f"ord-{number}"), PlateId(f"plate-{number}")
    item, text = item_key(order, "bracket"), order_text(order)
    yield OrderAccepted(order, text)
    yield OrderOpened(order)
    yield ModelChecked(text.items[0].model, "clean", "pass", (1, 1, 1), 1, 12, ())
    yield asked(3 * number, "approve_plan", f"{item}@1", "variant")
    yield asked(3 * number + 1, "reprint", instance_id(item, 1), "try 1")
    yield plan(item, 1, PlanStatus.APPROVED)
    yield composed(plate, (instance_id(item, 1),))
    yield asked(3 * number + 2, "dispatch", plate, "sim-1")


def ended(number: int) -> Iterator[object]:
    yield OrderCanceled(OrderId(f"ord-{number}"), "customer_request")
    yield PlateVoided(PlateId(f"plate-{number}"), "order_canceled", "nobody wants it")


def test_answers_about_what_is_gone_are_forgotten_and_others_kept() -> None:
    state = after(State(), *begun(1), *begun(2))
    assert len(state.answered) == 6
    state = after(state, *ended(1))
    assert sorted(state.answered) == [
        "approve_plan ord-2/bracket@1 variant",
        "dispatch plate-2 sim-1",
        "reprint ord-2/bracket#1 try 1",
    ]
    assert after(state, *ended(2)).answered == {}


def test_a_model_is_known_as_long_as_an_open_order_names_it() -> None:
    state = after(State(), *begun(1), *begun(2))
    model = order_text(OrderId("ord-1")).items[0].model
    assert set(after(state, *ended(1)).models) == {model}
    looked_at = ModelChecked("another", "clean", "pass", (1, 1, 1), 1, 12, ())
    assert set(after(state, looked_at, *ended(1), *ended(2)).models) == {"another"}


def test_a_closed_order_is_one_line_of_a_snapshot() -> None:
    state = State()
    sizes = []
    for number in range(10, 30):
        state = after(state, *begun(number), *ended(number))
        sizes.append(len(json.dumps(dump(state))))
    grown = {bigger - smaller for smaller, bigger in pairwise(sizes)}
    assert len(state.closed) == 20
    assert max(grown) < 300


def test_a_state_of_many_orders_is_not_written_out_by_who_shows_it() -> None:
    """asyncio makes a `repr` of what a task returned, whoever wants it or not."""
    assert len(repr(after(State(), *begun(1)))) < 100
