"""What people are told is total: every state that legal facts lead to can be shown and explained."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farmctl.cli.views.status import status_items, status_lines
from farmctl.control.explain import Why
from farmctl.control.glance import Glance, Moment, Seen
from farmctl.control.triage import sheet_of
from farmctl.farm.asking.glancing import Seeing, Signboard
from farmctl.farmrepo.standing import Standing
from farmctl.ledger.state import State
from farmctl.model.codec import decode, encode
from farmctl.model.sheet import Sheet
from farmctl.planning.machines import Around
from farmctl.testing.histories import BEGINNING, every_event, walk
from tests.planning.made import desired

pytestmark = pytest.mark.pure

ZONE = ZoneInfo("Europe/Berlin")
CHOICES = st.lists(st.integers(0, 2**96), max_size=60)
ENOUGH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def seeing(state: State, *, has_loop: bool) -> Seeing:
    now = BEGINNING + timedelta(days=2)
    seen = {name: Seen(now - timedelta(seconds=9), 250) for name in list(state.printers)[:2]}
    glance = Glance(sheet_of(state), seen, Moment(now, ZONE))
    return Seeing(Signboard("garage", ZONE), Standing("main", "3f9c2e1"), glance, has_loop)


def check_screen(state: State, *, has_loop: bool) -> None:
    found = seeing(state, has_loop=has_loop)
    lines = status_lines(found)
    assert max(map(len, lines)) <= 100
    assert not [line for line in lines if re.search(r"(?<!is )\bunknown\b", line)]
    for each in status_items(found):
        assert each["kind"] not in ("needs-you", "take-off", "held") or each["next_command"]


def explanations(state: State) -> list[str]:
    around = Around(state, desired(), {}, BEGINNING + timedelta(days=2))
    why = Why(around, ZONE)
    lines = [*why.farm()]
    for printer in state.printers:
        lines += why.printer(printer)
    for order in state.orders:
        lines += why.order(order)
    for plate in state.plates:
        lines += why.plate(plate)
    for run in state.runs:
        lines += why.run(run)
    return lines


@ENOUGH
@given(CHOICES, st.booleans())
def test_every_state_can_be_shown(choices: list[int], has_loop: bool) -> None:
    state = State()
    for happening in walk(choices):
        state = happening.state
    check_screen(state, has_loop=has_loop)
    assert decode(Sheet, encode(sheet_of(state))) == sheet_of(state)


@ENOUGH
@given(CHOICES)
def test_everything_in_every_state_can_be_explained(choices: list[int]) -> None:
    state = State()
    for happening in walk(choices):
        state = happening.state
    assert all(line.strip() for line in explanations(state))


def test_a_history_of_every_event_can_be_shown_and_explained_at_any_point() -> None:
    told = every_event()
    for happening in told[:: max(1, len(told) // 40)]:
        check_screen(happening.state, has_loop=False)
        assert explanations(happening.state)


def test_a_run_that_never_printed_can_be_explained_when_its_plate_is_gone() -> None:
    state, run = next(
        (each.state, run)
        for each in every_event()
        for run, record in each.state.runs.items()
        if record.queued.plate not in each.state.plates
    )
    plate = state.runs[run].queued.plate
    around = Around(state, desired(), {}, BEGINNING + timedelta(days=2))
    assert f", {plate}: void" in next(Why(around, ZONE).run(run))
