"""Generated histories are legal, hold everything, and are the same for the same numbers."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State, dump, load
from farmctl.model.events import data_of, event_types, payload_of
from farmctl.model.states import OrderPhase, PlatePhase, RunPhase
from farmctl.testing.histories import Happening, every_event, moves, walk

pytestmark = pytest.mark.pure

numbers = st.lists(st.integers(0, 2**80), max_size=80)


def folded(history: list[Happening]) -> State:
    """Fold the stored form of each fact, as the ledger does."""

    def after(state: State, each: Happening) -> State:
        payload = payload_of(each.fact.type, each.fact.data)
        return evolve(state, payload, at=each.at, seq=state.seq + 1, actor=each.actor.id)

    return reduce(after, history, State())


def test_a_history_of_everything_holds_every_event_type() -> None:
    assert {each.name for each in every_event()} == {row.name for row in event_types()}
    assert len(every_event()) > 50


def test_a_history_of_everything_is_legal() -> None:
    assert folded(list(every_event())) == every_event()[-1].state


def test_a_history_of_everything_comes_through_every_state() -> None:
    states = [each.state for each in every_event()]
    assert {run.phase for state in states for run in state.runs.values()} == set(RunPhase)
    remembered = set(PlatePhase) - {PlatePhase.VOID}
    assert {plate.phase for state in states for plate in state.plates.values()} == remembered
    assert {each.phase for state in states for each in state.orders.values()} == set(OrderPhase)


@given(numbers)
@settings(max_examples=60, deadline=None)
def test_any_numbers_are_a_legal_history(choices: list[int]) -> None:
    history = list(walk(choices))
    assert folded(history) == (history[-1].state if history else State())
    assert [each.at for each in history] == sorted({each.at for each in history})
    assert all(each.fact.data == data_of(each.payload) for each in history)


@given(numbers)
@settings(max_examples=30, deadline=None)
def test_the_same_numbers_are_the_same_history(choices: list[int]) -> None:
    assert list(walk(choices)) == list(walk(choices))


@given(numbers, numbers)
@settings(max_examples=30, deadline=None)
def test_a_history_goes_on_from_a_snapshot(first: list[int], more: list[int]) -> None:
    state = [State(), *(each.state for each in walk(first))][-1]
    assert list(walk(more, load(dump(state)))) == list(walk(more, state))


def test_every_move_of_a_state_is_legal() -> None:
    for happening in every_event()[::25]:
        for move in (move for room in moves(happening.state) for move in room):
            state = happening.state
            for payload in move:
                state = evolve(state, payload, at=happening.at, seq=state.seq + 1, actor="a")


def test_a_walk_starts_prints_and_ends_them() -> None:
    chance = Random(7)
    names = Counter(each.name for each in walk(chance.getrandbits(96) for _ in range(2000)))
    assert names["run.started"] >= 10
    assert names["run.completed"] >= 3
    assert names["run.failed"] >= 3
    assert len(names) > 70
