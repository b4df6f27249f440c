"""Power fails at every step of every operation: nothing acknowledged is lost, nothing blocks."""

from __future__ import annotations

import random
from itertools import count

import pytest

from farmctl.ledger.opening import create, identity_of
from farmctl.ledger.restore import discard_history
from farmctl.testing.disk import PowerCut, lose_everything
from tests.ledger.tally import ADA, GARAGE, Bench, notes

pytestmark = pytest.mark.pure


def keep_everything(choices: int) -> int:
    return choices - 1


CHOOSERS = [lose_everything, keep_everything] + [
    random.Random(seed).randrange for seed in range(12)
]


def cut_at_every_step(bench: Bench, choose, act):
    """Yield a bench after each way that `act` can be interrupted, with what it had acknowledged."""
    for step in count():
        twin = bench.twin(choose)
        twin.disk.fails_at = step
        try:
            act(twin)
        except PowerCut:
            twin.disk.restore_power()
            yield twin
        else:
            assert step > 0, "there were steps to fail in"
            return


def begun_with(count_: int, segment_b: int = 8192) -> Bench:
    bench = Bench.begun(segment_b)
    ledger = bench.open()
    for number in range(1, count_ + 1):
        ledger.append(notes(1, number), ADA, intent=number % 2 == 0)
    return bench


def check(bench: Bench, sure: list[str], maybe: list[str]) -> None:
    """What was acknowledged is there; of the rest a beginning may be; and work goes on."""
    assert bench.view().damage is None
    ledger = bench.open()
    state = list(ledger.state)
    assert state[: len(sure)] == sure
    assert state == (sure + maybe)[: len(state)]
    ledger.append(notes(1, 77), ADA, intent=True)
    assert bench.open().state == (*state, f"{len(state) + 1} p77")


@pytest.mark.parametrize("choose", CHOOSERS)
@pytest.mark.parametrize("intent", [False, True])
@pytest.mark.parametrize("segment_b", [8192, 100], ids=["same segment", "new segment"])
def test_power_fails_in_an_append(choose, intent, segment_b):
    bench = begun_with(3, segment_b)
    cuts = 0
    for cut in cut_at_every_step(
        bench, choose, lambda twin: twin.open().append(notes(3, 4), ADA, intent=intent)
    ):
        check(cut, ["1 p1", "2 p2", "3 p3"], ["4 p4", "5 p5", "6 p6"])
        cuts += 1
    assert cuts >= 4


@pytest.mark.parametrize("choose", CHOOSERS)
def test_power_fails_in_an_append_after_others_were_acknowledged(choose):
    bench = begun_with(1)

    def act(twin: Bench) -> None:
        ledger = twin.open()
        twin.acknowledged = ["1 p1"]
        for number in range(2, 6):
            ledger.append(notes(1, number), ADA, intent=number % 2 == 0)
            twin.acknowledged.append(f"{number} p{number}")

    for cut in cut_at_every_step(bench, choose, act):
        known = cut.acknowledged if hasattr(cut, "acknowledged") else ["1 p1"]
        check(cut, known, [f"{n} p{n}" for n in range(len(known) + 1, 6)])


@pytest.mark.parametrize("choose", CHOOSERS)
def test_power_fails_in_saving_and_in_opening(choose):
    bench = begun_with(5, segment_b=1000)
    sure = [f"{n} p{n}" for n in range(1, 6)]
    for act in (lambda twin: twin.open().save(), lambda twin: twin.open()):
        for cut in cut_at_every_step(bench, choose, act):
            check(cut, sure, [])


@pytest.mark.parametrize("choose", CHOOSERS)
def test_power_fails_while_a_torn_line_is_cut(choose):
    bench = begun_with(3)
    bench.put_segment(bench.segment() + b'{"actor":')
    for cut in cut_at_every_step(bench, choose, lambda twin: twin.open()):
        check(cut, ["1 p1", "2 p2", "3 p3"], [])


@pytest.mark.parametrize("choose", CHOOSERS)
def test_power_fails_while_a_torn_segment_is_removed(choose):
    bench = begun_with(3, segment_b=100)
    bench.put_segment(b'{"epoch":', 4)
    for cut in cut_at_every_step(bench, choose, lambda twin: twin.open()):
        check(cut, ["1 p1", "2 p2", "3 p3"], [])


def test_a_torn_segment_that_was_removed_does_not_come_back_with_the_power():
    bench = begun_with(4, segment_b=100)
    bench.put_segment(b'{"epoch":', 5)
    assert len(bench.open().mended) == 1
    bench.disk.restore_power()
    assert bench.folder.segments() == [1, 2, 3, 4]


@pytest.mark.parametrize("choose", CHOOSERS)
def test_power_fails_while_a_ledger_begins(choose):
    for cut in cut_at_every_step(Bench(), choose, lambda twin: create(twin.folder, GARAGE)):
        if identity_of(cut.folder) is None:
            create(cut.folder, GARAGE)
        check(cut, [], [])


@pytest.mark.parametrize("choose", CHOOSERS)
def test_power_fails_while_history_is_discarded(choose):
    bench = begun_with(3)
    for cut in cut_at_every_step(
        bench, choose, lambda twin: discard_history(twin.folder, twin.clock)
    ):
        discard_history(cut.folder, cut.clock)
        create(cut.folder, GARAGE)
        check(cut, [], [])
        kept = [name for name in cut.disk.list(cut.folder.root) if name.startswith("discarded-")]
        assert kept


@pytest.mark.parametrize("choose", CHOOSERS)
def test_a_process_dies_in_an_append_and_another_goes_on(choose):
    """The page cache stays: a killed process leaves a part of its line, and no lock."""
    bench = begun_with(2)
    for step in range(4):
        twin = bench.twin(choose)
        other, dying = twin.open(), twin.open()
        twin.disk.fails_at = step
        with pytest.raises(PowerCut):
            dying.append(notes(1, 3), ADA, intent=True)
        twin.disk.kill_processes()
        other.append(notes(1, 4), ADA, intent=True)
        texts = [line.split()[1] for line in twin.open().state]
        assert texts in (["p1", "p2", "p4"], ["p1", "p2", "p3", "p4"])


def test_a_power_cut_after_a_kill_loses_nothing_that_a_survivor_built_on():
    """What a killed writer left unsynced becomes durable with the survivor's own append."""
    bench = begun_with(1, segment_b=100)
    other, dying = bench.open(), bench.open()
    bench.disk.fails_at = 3  # after the write, before the sync
    with pytest.raises(PowerCut):
        dying.append(notes(1, 2), ADA)
    bench.disk.kill_processes()
    assert len(other.append_if(lambda state: None, notes(1, 3), ADA)) == 1
    bench.disk.restore_power()
    assert bench.open().state == ("1 p1", "2 p2", "3 p3")
