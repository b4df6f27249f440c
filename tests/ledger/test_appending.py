"""Appending: durable before it returns, in order, and only when the guard agrees."""

from __future__ import annotations

import errno
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.errors import FarmctlError, LedgerDamaged, Refused
from farmctl.ledger.head import SLOT_B, SLOT_OFFSETS, Head, read_head, reset_head
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import Declined, open_ledger
from farmctl.ledger.lines import START
from farmctl.ledger.opening import create
from farmctl.ledger.shape import BadLine
from farmctl.model.canonical import NotCanonical
from farmctl.model.envelope import Fact
from farmctl.system.disk import Busy, OpenFile
from farmctl.testing.disk import SimulatedDisk
from tests.ledger.tally import ADA, GARAGE, NOTED, START_OF_DAY, TALLY, Bench, note, notes

pytestmark = pytest.mark.pure


def steps_of(bench, act):
    bench.disk.steps.clear()
    act()
    return list(bench.disk.steps)


def test_the_envelope_is_filled_in():
    bench = Bench.begun()
    happened = START_OF_DAY - timedelta(minutes=3)
    fact = Fact(NOTED, "part/clip", {"text": "clip"}, happened, "ord-7", "0a1b2c3d/0")
    (event,) = bench.open().append([fact], ADA)
    assert (event.seq, event.id, event.source) == (1, "0a1b2c3d/1", "farmctl://7f3a9c2e")
    assert (event.time, event.recorded) == (happened, START_OF_DAY)
    assert (event.actor, event.correlation, event.causation) == (ADA, "ord-7", "0a1b2c3d/0")
    assert (event.epoch, event.prev, event.specversion) == (1, "0" * 64, "1.0")
    assert bench.events() == [event]


def test_a_fact_is_one_write_and_one_sync():
    bench = Bench.begun()
    ledger = bench.open()
    assert steps_of(bench, lambda: ledger.append([note("clip")], ADA)) == [
        "write journal/00000001.jsonl",
        "sync journal/00000001.jsonl",
    ]


def test_several_facts_are_one_write_and_one_sync_too():
    bench = Bench.begun()
    ledger = bench.open()
    steps = steps_of(bench, lambda: ledger.append(notes(20), ADA))
    assert steps == ["write journal/00000001.jsonl", "sync journal/00000001.jsonl"]
    assert len(ledger.state) == 20


def test_an_intent_moves_the_head_after_the_journal_is_durable():
    bench = Bench.begun()
    ledger = bench.open()
    assert steps_of(bench, lambda: ledger.append([note("start")], ADA, intent=True)) == [
        "write journal/00000001.jsonl",
        "sync journal/00000001.jsonl",
        "write .farmctl/head",
        "sync .farmctl/head",
    ]
    head = read_head(bench.folder)
    assert head is not None
    assert (head.seq, head.hash) == (1, ledger.place.hash)


def test_intents_of_two_processes_leave_the_newest_two_heads():
    bench = Bench.begun()
    first, second = bench.open(), bench.open()
    for number, ledger in enumerate([first, first, second, first, second, second, first], start=1):
        ledger.append(notes(1, number), ADA, intent=True)
        assert read_head(bench.folder).hash == ledger.place.hash
        bench.disk.flip(bench.folder.head, SLOT_OFFSETS[number % 2], 1)
        assert read_head(bench.folder).seq in (number, number - 1)
        bench.disk.flip(bench.folder.head, SLOT_OFFSETS[number % 2], 1)


def test_a_head_that_was_removed_under_a_running_process_is_made_again():
    bench = Bench.begun()
    ledger = bench.open()
    ledger.append(notes(1), ADA, intent=True)
    bench.disk.remove(bench.folder.head)
    ledger.append(notes(1, 2), ADA, intent=True)
    assert read_head(bench.folder).seq == 2
    assert len(bench.open().state) == 2


def test_no_facts_are_no_write():
    bench = Bench.begun()
    ledger = bench.open()
    assert steps_of(bench, lambda: ledger.append([], ADA, intent=True)) == []


def test_a_guard_that_declines_writes_nothing():
    bench = Bench.begun()
    ledger = bench.open()
    before = bench.segment()
    answer = ledger.append_if(lambda state: "held", notes(1), ADA, intent=True)
    assert answer == Declined("held")
    assert bench.segment() == before
    assert ledger.state == ()


def test_a_guard_sees_what_others_wrote_in_the_meantime():
    bench = Bench.begun()
    controller, person = bench.open(), bench.open()
    person.append([note("hold")], ADA)
    assert controller.state == ()
    answer = controller.append_if(
        lambda state: "held" if state else None, [note("start")], ADA, intent=True
    )
    assert answer == Declined("held")
    assert controller.state == ("1 hold",)


def test_a_guard_that_agrees_lets_the_facts_through():
    bench = Bench.begun()
    ledger = bench.open()
    events = ledger.append_if(lambda state: None, [note("start")], ADA)
    assert not isinstance(events, Declined)
    assert [event.seq for event in events] == [1]


def test_numbers_are_given_under_the_lock():
    bench = Bench.begun()
    ledgers = [bench.open(), bench.open()]
    for _ in range(3):
        for ledger in ledgers:
            ledger.append_from(lambda state: [note(f"run-{len(state) + 1}")], ADA)
    ledgers[0].refresh()
    assert ledgers[0].state == ledgers[1].state
    assert ledgers[0].state == tuple(f"{n} run-{n}" for n in range(1, 7))


def test_a_proposal_may_be_declined():
    ledger = Bench.begun().open()
    assert ledger.append_from(lambda state: Declined(len(state)), ADA) == Declined(0)


def test_refresh_returns_what_others_wrote_and_only_once():
    bench = Bench.begun()
    reader, writer = bench.open(), bench.open()
    written = writer.append(notes(3), ADA)
    assert reader.refresh() == written
    assert reader.refresh() == ()
    assert reader.state == writer.state


def test_an_event_type_that_nobody_knows_is_not_written():
    bench = Bench.begun()
    before = bench.segment()
    with pytest.raises(FarmctlError, match=r"dev\.farmctl\.moon\.landed\.v1 is not an event"):
        bench.open().append([Fact("dev.farmctl.moon.landed.v1", "moon", {})], ADA)
    assert bench.segment() == before


def test_a_fact_that_cannot_follow_is_not_written():
    bench = Bench.begun()
    ledger = bench.open()
    before = bench.segment()
    with pytest.raises(ValueError, match="only 1 notes"):
        ledger.append([note("a"), note("b", needs=9)], ADA)
    assert bench.segment() == before
    assert ledger.state == ()
    assert len(ledger.append(notes(1), ADA)) == 1


@pytest.mark.parametrize("value", [0.5, 2**53 + 1, b"x", {1: 2}, float("nan"), object()])
def test_what_has_no_canonical_form_is_not_written(value):
    bench = Bench.begun()
    before = bench.segment()
    with pytest.raises(NotCanonical):
        bench.open().append([note("clip", weight=value)], ADA)
    assert bench.segment() == before


def test_an_envelope_of_the_wrong_types_is_not_written():
    bench = Bench.begun()
    before = bench.segment()
    with pytest.raises(BadLine, match="7 stands where text must"):
        bench.open().append([replace(note("clip"), subject=7)], ADA)  # type: ignore[arg-type]
    assert bench.segment() == before


def test_text_is_stored_in_one_form_and_folded_in_that_form():
    bench = Bench.begun()
    ledger = bench.open()
    ledger.append([note("re\u0301sume\u0301")], ADA)
    assert ledger.state == ("1 r\u00e9sum\u00e9",)
    assert bench.open().state == ledger.state


def test_times_are_folded_as_they_are_stored():
    bench = Bench.begun()
    bench.clock.move(0.0004567)
    (event,) = bench.open().append(notes(1), ADA)
    assert bench.events() == [event]


def test_a_full_disk_keeps_nothing_of_the_fact_and_the_next_one_fits():
    bench = Bench.begun()
    ledger = bench.open()
    ledger.append(notes(2), ADA)
    before = bench.segment()
    bench.disk.room_b = 100
    with pytest.raises(FarmctlError, match="No space left") as failure:
        ledger.append(notes(1, 3), ADA)
    assert "room" in failure.value.mend
    assert bench.segment() == before
    assert len(ledger.state) == 2
    bench.disk.room_b = None
    ledger.append(notes(1, 3), ADA)
    assert bench.open().state == ("1 p1", "2 p2", "3 p3")


def test_a_full_disk_leaves_no_stump_of_a_new_segment():
    bench = Bench.begun(segment_b=500)
    ledger = bench.open()
    ledger.append(notes(1), ADA)
    bench.disk.room_b = 50
    with pytest.raises(FarmctlError, match="No space left"):
        ledger.append(notes(1, 2), ADA)
    assert bench.folder.segments() == [1]
    bench.disk.room_b = None
    ledger.append(notes(1, 2), ADA)
    assert bench.folder.segments() == [1, 2]


def test_a_full_disk_that_keeps_no_cache_is_no_bug():
    bench = Bench.begun()
    ledger = bench.open()
    ledger.append(notes(2), ADA)
    bench.disk.room_b = 10
    with pytest.raises(FarmctlError, match=r"ledger cannot be written: .*No space left") as failure:
        ledger.save()
    assert "room" in failure.value.mend
    bench.disk.room_b = None
    assert bench.open().state == ("1 p1", "2 p2")


class NeverInPlace(SimulatedDisk):
    """A disk whose file system writes anew what is overwritten: when it is full, not even that."""

    def opened(self, path: Path) -> OpenFile:
        if path.name == "head" and self.room_b is not None:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().opened(path)


def test_a_full_disk_that_takes_no_head_is_no_bug_and_the_head_follows_later():
    bench = Bench(NeverInPlace())
    create(bench.folder, GARAGE)
    bench.open().append(notes(1), ADA)
    bench.disk.room_b = 10
    with pytest.raises(FarmctlError, match=r"ledger cannot be written: .*No space left") as failure:
        bench.open()
    assert "room" in failure.value.mend
    bench.disk.room_b = None
    assert bench.open().state == ("1 p1",)
    assert read_head(bench.folder).seq == 1


def test_segments_are_sealed_by_size_and_chained():
    bench = Bench.begun(segment_b=1500)
    ledger = bench.open()
    for number in range(1, 9):
        ledger.append([note(f"p{number}")], ADA)
    assert len(bench.folder.segments()) == 3
    first, second = (bench.segment(number).split(b"\n") for number in (1, 2))
    assert b'"first_seq":1,"journal":1' in first[0]
    last_of_first = first[-2]
    assert b'"first_seq":4,"journal":1' in second[0]
    assert second[0].split(b'"prev":"')[1][:64] == last_of_first.split(b'"hash":"')[1][:64]
    assert [event.seq for event in bench.events()] == list(range(1, 9))
    assert bench.open().state == ledger.state


def test_a_new_segment_syncs_its_folder_and_first_the_segment_before():
    bench = Bench.begun(segment_b=100)
    ledger = bench.open()
    ledger.append(notes(1), ADA)
    assert steps_of(bench, lambda: ledger.append(notes(1, 2), ADA)) == [
        "sync journal/00000001.jsonl",
        "sync .farmctl/journal",
        "write journal/00000002.jsonl",
        "sync journal/00000002.jsonl",
    ]


def test_whoever_follows_into_a_new_segment_syncs_its_folder_before_writing():
    bench = Bench.begun(segment_b=100)
    first, second = bench.open(), bench.open()
    first.append(notes(1), ADA)
    first.append(notes(1, 2), ADA)
    steps = steps_of(bench, lambda: second.append(notes(1, 3), ADA))
    assert steps[0] == "sync .farmctl/journal"


def test_one_append_at_a_time():
    bench = Bench.begun()
    ledger = bench.open()
    with bench.disk_lock(), pytest.raises(Busy):
        ledger.append(notes(1), ADA)
    assert len(ledger.append(notes(1), ADA)) == 1


def test_the_lock_is_free_after_a_failure():
    bench = Bench.begun()
    ledger = bench.open()
    with pytest.raises(NotCanonical):
        ledger.append([note("clip", weight=0.5)], ADA)
    assert len(ledger.append(notes(1), ADA)) == 1


def test_what_a_dead_writer_left_is_cut_before_the_next_line():
    bench = Bench.begun()
    ledger = bench.open()
    ledger.append(notes(1), ADA)
    whole = bench.segment()
    bench.put_segment(whole + b'{"actor":{"id":"a')
    ledger.append(notes(1, 2), ADA)
    assert ledger.mended == ("journal/00000001.jsonl:3: cut 17 torn bytes",)
    assert bench.segment().startswith(whole + b'{"actor":{"id":"ada')
    assert len(bench.events()) == 2


def test_a_journal_that_was_replaced_under_a_running_process_is_not_written():
    bench = Bench.begun()
    ledger = bench.open()
    ledger.append(notes(2), ADA)
    bench.disk.replace(bench.folder.segment(1), bench.segment())
    with pytest.raises(LedgerDamaged, match="replaced while it was in use"):
        ledger.append(notes(1, 3), ADA)


def test_a_journal_that_got_shorter_under_a_running_process_is_not_written():
    bench = Bench.begun()
    ledger = bench.open()
    ledger.append(notes(2), ADA)
    bench.put_segment(bench.segment()[:-10])
    with pytest.raises(LedgerDamaged, match="bytes it had"):
        ledger.append(notes(1, 3), ADA)


def test_a_ledger_begins_only_once():
    bench = Bench.begun()
    with pytest.raises(Refused, match="already holds a ledger"):
        create(bench.folder, Identity("f", "l", 1))


def test_an_id_that_does_not_fit_the_head_is_refused():
    bench = Bench()
    with pytest.raises(FarmctlError, match="too long"):
        create(bench.folder, Identity("f" * 400, "l", 1))


def test_the_head_slots_take_turns():
    bench = Bench.begun()
    ledger = bench.open()
    heads = []
    for number in range(1, 5):
        ledger.append(notes(1, number), ADA, intent=True)
        raw = bench.disk.read(bench.folder.head)
        heads.append((raw[:512], raw[4096:]))
    assert [a[0] == b[0] for a, b in pairwise(heads)] == [True, False, True]
    assert [a[1] == b[1] for a, b in pairwise(heads)] == [False, True, False]


def test_open_needs_the_claim_that_the_ledger_has():
    bench = Bench.begun()
    assert open_ledger(bench.folder, TALLY, bench.clock, GARAGE).identity == GARAGE


def test_beginning_on_a_full_disk_says_so() -> None:
    bench = Bench.begun()
    bench.open().append(notes(1, 1), ADA)
    bench.disk.remove(bench.folder.head)
    reset_head(bench.folder, Head(GARAGE, 0, START.hash))
    bench.disk.put(bench.folder.head, bench.disk.read(bench.folder.head)[:SLOT_B])
    bench.disk.room_b = 0
    with pytest.raises(FarmctlError, match=r"the ledger cannot be written: .*No space left"):
        bench.open()
