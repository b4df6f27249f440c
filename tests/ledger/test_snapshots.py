"""Snapshots and remembered verification: a fast start, and never the reason for a wrong one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.ledger.cache import read_cache, write_cache
from farmctl.ledger.damage import JournalDamaged
from farmctl.ledger.ledger import SAVE_EVERY
from farmctl.ledger.restore import forget_caches
from farmctl.model.codec import Undecodable
from tests.ledger.tally import ADA, TALLY, Bench, notes

pytestmark = pytest.mark.pure


class Counting:
    """How many events a reducer was asked to fold."""

    def __init__(self):
        self.folded = 0
        self.reducer = replace(TALLY, evolve=self._evolve)

    def _evolve(self, state, event):
        self.folded += 1
        return TALLY.evolve(state, event)


def saved(count: int = 5, segment_b: int = 8192) -> Bench:
    bench = Bench.begun(segment_b)
    ledger = bench.open()
    for number in range(1, count + 1):
        ledger.append(notes(1, number), ADA)
    ledger.save()
    return bench


def snapshots(bench: Bench) -> list[str]:
    return bench.disk.list(bench.folder.snapshots)


@pytest.mark.parametrize("way", ["open", "view"])
def test_a_start_folds_only_what_came_after_the_snapshot(way):
    bench = saved(5)
    bench.open().append(notes(2, 6), ADA)
    counting = Counting()
    again = getattr(bench, way)(counting.reducer)
    assert counting.folded == 2
    assert again.state == tuple(f"{n} p{n}" for n in range(1, 8))


def journal_reads(bench: Bench) -> list[tuple[str, int]]:
    return [(name, offset) for name, offset in bench.disk.reads if name.endswith(".jsonl")]


def test_an_acting_start_reads_only_the_open_segment():
    bench = saved(12, segment_b=1000)
    assert len(bench.folder.segments()) == 6
    bench.disk.reads.clear()
    bench.open()
    assert journal_reads(bench) == [("00000006.jsonl", 0)]


def test_saving_again_reads_only_the_open_segment():
    bench = saved(5, segment_b=1000)
    ledger = bench.open()
    for number in range(6, 12):
        ledger.append(notes(1, number), ADA)
    ledger.save()
    bench.disk.reads.clear()
    ledger.save()
    assert {name for name, _ in journal_reads(bench)} == {"00000006.jsonl"}


@pytest.mark.parametrize("segment_b", [1000, 1_000_000])
def test_what_was_flipped_since_it_was_read_is_not_taken_for_verified(segment_b):
    bench = saved(5, segment_b=segment_b)
    ledger = bench.open()
    ledger.append(notes(2, 6), ADA)
    path = bench.folder.segment(bench.folder.segments()[-1])
    bench.disk.flip(path, len(bench.disk.read(path)) // 2, 1, silently=True)
    with pytest.raises(JournalDamaged):
        ledger.save()
    with pytest.raises(JournalDamaged):
        bench.open()


def test_a_view_reads_only_what_came_after_the_snapshot():
    bench = saved(11, segment_b=1000)
    place = bench.open().place
    bench.disk.reads.clear()
    bench.view()
    assert journal_reads(bench) == []
    bench.open().append(notes(1, 12), ADA)
    bench.disk.reads.clear()
    assert len(bench.view().state) == 12
    assert journal_reads(bench) == [("00000006.jsonl", place.offset)]


def damages(raw: bytes):
    yield "gone", None
    yield "empty", b""
    yield "cut", raw[: len(raw) // 2]
    yield "rubbish", b"\x00\xff" * 50
    yield "another state", raw.replace(b"5 p5", b"5 px")
    yield "not an object", b'{"body":[],"sha256":""}'


@pytest.mark.parametrize("way", ["open", "view"])
@pytest.mark.parametrize("which", range(6))
def test_a_damaged_snapshot_is_rebuilt_equal(way, which):
    bench = saved(5)
    path = bench.folder.snapshots / "5.json"
    _, raw = list(damages(bench.disk.read(path)))[which]
    if raw is None:
        bench.disk.remove(path)
    else:
        bench.disk.put(path, raw)
    counting = Counting()
    again = getattr(bench, way)(counting.reducer)
    assert again.state == ("1 p1", "2 p2", "3 p3", "4 p4", "5 p5")
    assert counting.folded == 5


@pytest.mark.parametrize("way", ["open", "view"])
def test_a_snapshot_flipped_at_every_byte_is_rebuilt_equal(way):
    bench = saved(3)
    path = bench.folder.snapshots / "3.json"
    for offset in range(len(bench.disk.read(path))):
        other = bench.twin()
        other.disk.flip(path, offset, 1)
        assert getattr(other, way)().state == ("1 p1", "2 p2", "3 p3")


def test_remembered_verification_flipped_at_every_byte_changes_nothing():
    bench = saved(5, segment_b=1000)
    for offset in range(len(bench.disk.read(bench.folder.trust))):
        other = bench.twin()
        other.disk.flip(bench.folder.trust, offset, 1)
        assert len(other.open().state) == 5


@pytest.mark.parametrize("way", ["open", "view"])
def test_a_snapshot_of_another_reducer_is_not_used(way):
    bench = saved(5)
    newer = replace(TALLY, version=2, load=None)
    assert len(getattr(bench, way)(newer).state) == 5


@pytest.mark.parametrize("way", ["open", "view"])
def test_a_snapshot_that_its_own_reducer_cannot_load_is_not_used(way):
    def load(value):
        raise Undecodable("no such field")

    bench = saved(5)
    assert len(getattr(bench, way)(replace(TALLY, load=load)).state) == 5


@pytest.mark.parametrize("way", ["open", "view"])
def test_an_older_snapshot_is_used_when_the_newest_is_not(way):
    bench = saved(5)
    ledger = bench.open()
    ledger.append(notes(3, 6), ADA)
    ledger.save()
    assert snapshots(bench) == ["5.json", "8.json"]
    bench.disk.put(bench.folder.snapshots / "8.json", b"")
    assert len(getattr(bench, way)().state) == 8


def test_a_view_folds_from_the_older_snapshot_then():
    bench = saved(5)
    ledger = bench.open()
    ledger.append(notes(3, 6), ADA)
    ledger.save()
    bench.disk.remove(bench.folder.snapshots / "8.json")
    counting = Counting()
    bench.view(counting.reducer)
    assert counting.folded == 3


def test_a_snapshot_written_just_before_a_crash_is_left_aside_without_a_rebuild():
    bench = saved(5)
    remembered = bench.disk.read(bench.folder.trust)
    ledger = bench.open()
    ledger.append(notes(3, 6), ADA)
    ledger.save()
    bench.disk.put(bench.folder.trust, remembered)
    counting = Counting()
    assert len(bench.open(counting.reducer).state) == 8
    assert counting.folded == 3


@pytest.mark.parametrize("way", ["open", "view"])
def test_a_snapshot_newer_than_the_journal_is_rebuilt(way):
    bench = saved(5)
    newer = saved(9)
    for name in snapshots(newer):
        path = bench.folder.snapshots / name
        bench.disk.put(path, newer.disk.read(path))
    assert len(getattr(bench, way)().state) == 5


@pytest.mark.parametrize("way", ["open", "view"])
def test_a_snapshot_of_another_history_is_rebuilt(way):
    bench, other = saved(5), Bench.begun()
    ledger = other.open()
    ledger.append([*notes(4), *notes(1, 99)], ADA)
    ledger.save()
    path = bench.folder.snapshots / "5.json"
    bench.disk.put(path, other.disk.read(path))
    bench.open().append(notes(1, 6), ADA)
    assert getattr(bench, way)().state == tuple(f"{n} p{n}" for n in range(1, 7))


def test_a_snapshot_of_another_ledger_is_not_used():
    bench = saved(5)
    path = bench.folder.snapshots / "5.json"
    body = read_cache(bench.disk, path)
    write_cache(bench.disk, path, {**body, "ledger": "other", "state": ["wrong"]})
    assert len(bench.view().state) == 5


def test_at_most_two_snapshots_are_kept():
    bench = saved(2)
    ledger = bench.open()
    for number in range(3, 8):
        ledger.append(notes(1, number), ADA)
        ledger.save()
    assert snapshots(bench) == ["6.json", "7.json"]


def test_saving_is_due_after_so_many_events():
    bench = saved(1)
    ledger = bench.open()
    ledger.append(notes(SAVE_EVERY - 1, 2), ADA)
    assert not ledger.save_if_due()
    ledger.append(notes(1, SAVE_EVERY + 1), ADA)
    assert ledger.save_if_due()
    assert not ledger.save_if_due()
    assert f"{SAVE_EVERY + 1}.json" in snapshots(bench)


def test_opening_saves_when_it_had_much_to_read():
    bench = saved(1)
    bench.open().append(notes(SAVE_EVERY, 2), ADA)
    bench.open()
    counting = Counting()
    bench.open(counting.reducer)
    assert counting.folded == 0


def test_saving_anchors_the_head_once_the_journal_is_durable():
    bench = saved(1)
    ledger = bench.open()
    ledger.append(notes(2, 2), ADA)
    bench.disk.steps.clear()
    ledger.save()
    steps = bench.disk.steps
    assert steps.index("sync journal/00000001.jsonl") < steps.index("write .farmctl/head")
    assert steps.index("sync .farmctl/head") < steps.index("write state/3.json")


def test_snapshots_and_trust_are_not_synced():
    bench = saved(1)
    ledger = bench.open()
    bench.disk.steps.clear()
    ledger.save()
    assert [step for step in bench.disk.steps if step.startswith("sync")] == []


def test_forgetting_all_caches_folds_and_verifies_everything_again():
    bench = saved(5)
    forget_caches(bench.folder)
    assert snapshots(bench) == []
    counting = Counting()
    assert len(bench.open(counting.reducer).state) == 5
    assert counting.folded == 5
