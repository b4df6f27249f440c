"""Looking at a ledger: without locks, always with an answer, and following what others write."""

from __future__ import annotations

import pytest

from farmctl.ledger.damage import TailLost
from farmctl.ledger.locks import hold_journal
from farmctl.ledger.opening import create
from farmctl.ledger.restore import forget_caches
from farmctl.testing.disk import SimulatedDisk
from tests.ledger.tally import ADA, GARAGE, Bench, notes

pytestmark = pytest.mark.pure


def written(count: int = 4, segment_b: int = 8192) -> Bench:
    bench = Bench.begun(segment_b)
    ledger = bench.open()
    for number in range(1, count + 1):
        ledger.append(notes(1, number), ADA)
    return bench


def test_a_view_writes_nothing_and_takes_no_lock():
    bench = written()
    bench.disk.steps.clear()
    with hold_journal(bench.folder):
        view = bench.view()
    assert view.state == ("1 p1", "2 p2", "3 p3", "4 p4")
    assert bench.disk.steps == []


def test_there_is_a_view_without_a_ledger():
    view = Bench().view()
    assert (view.identity, view.state, view.damage) == (None, (), None)
    assert view.refresh() == ()


def test_a_view_knows_whose_ledger_it_is():
    assert written().view().identity == GARAGE


def test_a_view_follows_across_segments():
    bench = written(1, segment_b=1000)
    view, ledger = bench.view(), bench.open()
    seen = []
    for number in range(2, 12):
        ledger.append(notes(1, number), ADA)
        seen += view.refresh()
    assert [event.seq for event in seen] == list(range(2, 12))
    assert len(bench.folder.segments()) > 4
    assert view.state == ledger.state


def test_a_view_waits_for_change():
    bench = written()
    view = bench.view()
    before = bench.clock.monotonic()
    assert view.wait_for_change(bench.clock, timeout_s=10) is False
    assert 10 <= bench.clock.monotonic() - before < 11
    bench.open().append(notes(1, 5), ADA)
    assert view.wait_for_change(bench.clock, timeout_s=10) is True
    view.refresh()
    assert view.wait_for_change(bench.clock, timeout_s=0) is False


def test_a_view_sees_change_in_a_new_segment():
    bench = written(3, segment_b=1000)
    view = bench.view()
    assert view.wait_for_change(bench.clock, timeout_s=0) is False
    ledger = bench.open()
    while len(bench.folder.segments()) == 2:
        ledger.append(notes(1), ADA)
    assert view.wait_for_change(bench.clock, timeout_s=0) is True


def test_an_own_append_is_no_change():
    bench = written()
    ledger = bench.open()
    ledger.append(notes(1, 5), ADA)
    assert ledger.wait_for_change(timeout_s=0) is False
    bench.open().append(notes(1, 6), ADA)
    assert ledger.wait_for_change(timeout_s=0) is True


def test_an_unfinished_last_line_is_left_alone_and_said():
    bench = written()
    whole = bench.segment()
    bench.put_segment(whole + b'{"actor"')
    view = bench.view()
    assert (view.unfinished_b, view.damage, len(view.state)) == (8, None, 4)
    assert bench.segment() == whole + b'{"actor"'
    assert view.wait_for_change(bench.clock, timeout_s=0) is False
    bench.open().append(notes(1, 5), ADA)
    assert [event.seq for event in view.refresh()] == [5]
    assert view.unfinished_b == 0


def test_a_damaged_journal_shows_what_stands_before_the_damage():
    bench = written()
    lines = bench.segment().splitlines(keepends=True)
    lines[3] = lines[3].replace(b"p3", b"px")
    bench.put_segment(b"".join(lines))
    view = bench.view()
    assert view.state == ("1 p1", "2 p2")
    assert view.damage.message == "journal/00000001.jsonl:4: the hash is not that of the event"
    assert view.refresh() == ()


def test_every_flipped_byte_leaves_a_view_of_what_stands_before():
    bench = written()
    good = bench.segment()
    for offset in range(len(good)):
        bench.disk.flip(bench.folder.segment(1), offset, 0x20)
        view = bench.view()
        assert view.damage is not None or view.unfinished_b > 0
        line = good[:offset].count(b"\n") + 1
        assert len(view.state) == max(0, line - 2)
        bench.put_segment(good)


def test_damage_behind_a_snapshot_still_shows_the_snapshot():
    bench = written(4, segment_b=1000)
    bench.open().save()
    bench.disk.flip(bench.folder.segment(1), 300, 1)
    bench.put_segment(bench.segment(2) + b"rubbish\n", 2)
    view = bench.view()
    assert len(view.state) == 4
    assert "00000002.jsonl" in view.damage.message


def test_a_view_shows_a_lost_tail():
    bench = written(2)
    bench.open().append(notes(1, 3), ADA, intent=True)
    bench.put_segment(b"".join(bench.segment().splitlines(keepends=True)[:2]))
    assert "bytes it had" in bench.view().damage.message
    assert bench.view().state == ("1 p1", "2 p2"), "the snapshot knows more"
    forget_caches(bench.folder)
    view = bench.view()
    assert isinstance(view.damage, TailLost)
    assert view.state == ("1 p1",)


def test_a_view_shows_that_a_segment_is_missing():
    bench = written(6, segment_b=1000)
    bench.disk.remove(bench.folder.segment(2))
    view = bench.view()
    assert view.damage.message.startswith("journal/00000002.jsonl:1: the segment is missing")
    assert view.state == ("1 p1", "2 p2")


def test_a_view_of_a_journal_that_nobody_can_name():
    bench = written()
    bench.disk.remove(bench.folder.head)
    bench.disk.flip(bench.folder.segment(1), 2, 1)
    view = bench.view()
    assert view.identity is None
    assert "00000001.jsonl:1" in view.damage.message
    assert view.state == ()


def test_a_view_that_runs_while_the_journal_is_replaced_says_so():
    bench = written()
    view = bench.view()
    bench.disk.replace(bench.folder.segment(1), bench.segment())
    view.refresh()
    assert "replaced while it was in use" in view.damage.message


class InterruptedDisk(SimulatedDisk):
    """Calls somebody right after the ledger's head was read."""

    def __init__(self):
        super().__init__()
        self.then = lambda: None

    def read_from(self, path, offset):
        raw = super().read_from(path, offset)
        if path.name == "head":
            then, self.then = self.then, lambda: None
            then()
        return raw


def test_a_writer_that_gets_ahead_of_the_view_is_no_damage():
    bench = Bench(InterruptedDisk())
    create(bench.folder, GARAGE)
    ledger = bench.open()
    for number in range(1, 4):
        bench.disk.then = lambda number=number: ledger.append(notes(1, number), ADA, intent=True)
        view = bench.view()
        assert (view.damage, len(view.state)) == (None, number)
