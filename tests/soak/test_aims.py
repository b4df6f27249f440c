"""Strikes are aimed by the seed's number alone, and come when a run is where they are meant for."""

from __future__ import annotations

from collections import Counter

import pytest

from farmctl.soak.asked import Seed
from farmctl.soak.play import perform, play
from farmctl.soak.reach import why_never
from farmctl.soak.steps import MEANINGS, Step
from farmctl.soak.trace import struck_line, trace_lines

pytestmark = pytest.mark.pure


def test_few_seeds_come_to_every_step() -> None:
    steps = Counter(each.step for seed in range(6) for each in play(seed).strikes)
    assert set(steps) == set(Step) == set(MEANINGS)


def test_what_is_lost_on_the_line_is_counted_where_it_was_sent() -> None:
    outcomes = [play(seed, faults=("reply lost",)) for seed in range(3)]
    met = [each for outcome in outcomes for each in outcome.strikes]
    assert met
    stray = [each for each in met if why_never(each.fault, each.step, each.kind) is not None]
    assert len(stray) <= len(met) // 4  # a file of an earlier run is deleted beside a later one


def test_a_seed_in_whose_focus_the_fence_is_comes_to_it() -> None:
    steps = Counter(
        each.step
        for seed in range(0, 20, 5)
        for each in play(seed, faults=("request lost", "controller killed")).strikes
    )
    assert steps[Step.FENCE] >= 3


def test_a_trace_has_every_event_and_every_strike_in_order() -> None:
    outcome = perform(Seed(7), keeps_journal=True)
    lines = list(trace_lines(outcome, lambda event: f"{event.seq} {event.type}"))
    assert len(lines) == len(outcome.journal) + len(outcome.strikes)
    assert [each for each in lines if each.startswith("──")] == [
        struck_line(each) for each in outcome.strikes
    ]
    for each in outcome.strikes:
        after = lines[lines.index(struck_line(each)) :]
        seqs = [int(line.split()[0]) for line in after if not line.startswith("──")]
        assert all(seq > each.seq for seq in seqs)


def test_only_who_asks_for_the_journal_gets_it() -> None:
    assert perform(Seed(7)).journal == ()
    assert perform(Seed(7)).trace == perform(Seed(7), keeps_journal=True).trace
