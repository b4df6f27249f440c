"""Damage is found before anything is done, with segment and line; a torn line is only cut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.errors import Exit, LedgerDamaged, Refused
from farmctl.ledger.damage import JournalDamaged, TailLost
from farmctl.ledger.head import SLOT_B, SLOT_OFFSETS, read_head
from farmctl.ledger.opening import create
from farmctl.ledger.reducer import UnknownEvent
from farmctl.ledger.restore import forget_caches
from tests.ledger.tally import ADA, GARAGE, NOTED, ROOT, TALLY, Bench, note, notes

pytestmark = pytest.mark.pure
FLIPS = (0x01, 0x20, 0x80)  # a digit for a digit, a letter's case, no character at all


def written(count: int = 4, segment_b: int = 8192) -> Bench:
    bench = Bench.begun(segment_b)
    ledger = bench.open()
    for number in range(1, count + 1):
        ledger.append(notes(1, number), ADA)
    return bench


def saved(count: int = 4, segment_b: int = 8192) -> Bench:
    bench = written(count, segment_b)
    bench.open().save()
    return bench


def line_of(data: bytes, offset: int) -> int:
    return data[:offset].count(b"\n") + 1


@pytest.mark.parametrize("mask", FLIPS)
@pytest.mark.parametrize("remembered", [False, True], ids=["unsaved", "saved"])
def test_every_flipped_byte_of_the_open_segment_stops_acting(mask, remembered):
    bench = saved() if remembered else written()
    good = bench.segment()
    for offset in range(len(good)):
        bench.disk.flip(bench.folder.segment(1), offset, mask, silently=True)
        with pytest.raises(LedgerDamaged) as found:
            bench.open()
        assert found.value.exit == Exit.INVALID
        if isinstance(found.value, JournalDamaged):
            assert (found.value.segment, found.value.line) == (1, line_of(good, offset))
        assert bench.segment() != good, "nothing is repaired by itself"
        bench.put_segment(good)
    assert bench.open().state == ("1 p1", "2 p2", "3 p3", "4 p4")


def test_every_value_of_the_last_newline_is_damage_but_zero_which_is_a_power_cut():
    good = written().segment()
    for value in set(range(256)) - {ord("\n")}:
        bench = written()
        bench.put_segment(good[:-1] + bytes([value]))
        if value == 0:
            assert bench.open().state == ("1 p1", "2 p2", "3 p3")
        else:
            with pytest.raises(JournalDamaged, match="jsonl:5"):
                bench.open()


@pytest.mark.parametrize("mask", FLIPS)
def test_every_flipped_byte_of_a_sealed_segment_stops_acting(mask):
    bench = saved(6, segment_b=1000)
    assert len(bench.folder.segments()) == 3
    good = bench.segment(1)
    for offset in range(len(good)):
        bench.disk.flip(bench.folder.segment(1), offset, mask)
        with pytest.raises(JournalDamaged) as found:
            bench.open()
        assert (found.value.segment, found.value.line) == (1, line_of(good, offset))
        bench.put_segment(good, 1)
    assert len(bench.open().state) == 6


def test_a_flip_that_keeps_size_and_mtime_is_found_within_a_day():
    bench = saved(6, segment_b=1000)
    bench.disk.flip(bench.folder.segment(1), 300, 1, silently=True)
    assert len(bench.open().state) == 6
    bench.clock.move(timedelta(days=1).total_seconds())
    with pytest.raises(JournalDamaged, match=r"00000001\.jsonl:2"):
        bench.open()


def test_the_daily_look_is_remembered():
    bench = saved(6, segment_b=1000)
    bench.clock.move(timedelta(days=1).total_seconds())
    bench.open()
    bench.disk.flip(bench.folder.segment(1), 300, 1, silently=True)
    assert len(bench.open().state) == 6


def test_a_clock_that_was_set_back_looks_at_everything():
    bench = saved(6, segment_b=1000)
    bench.disk.flip(bench.folder.segment(1), 300, 1, silently=True)
    bench.clock.move(-3600)
    with pytest.raises(JournalDamaged, match=r"00000001\.jsonl:2"):
        bench.open()


def test_a_touched_but_unchanged_segment_is_no_damage():
    bench = saved(6, segment_b=1000)
    bench.put_segment(bench.segment(1), 1)
    assert len(bench.open().state) == 6


@pytest.mark.parametrize("kept", [0, 1, 40, 400])
def test_zeros_behind_a_torn_line_are_cut_with_it(kept):
    bench = written(2)
    whole = bench.segment()
    start = whole[:-1].rfind(b"\n") + 1
    bench.put_segment(whole[: start + kept] + bytes(len(whole) - start - kept))
    ledger = bench.open()
    assert ledger.state == ("1 p1",)
    assert len(ledger.mended) == 1


def test_a_torn_header_of_a_new_segment_is_cut_at_every_byte():
    bench = written(4, segment_b=1000)
    ledger = bench.open()
    assert bench.folder.segments() == [1, 2]
    ledger.append(notes(1, 5), ADA)
    new = bench.segment(3)
    header = new.index(b"\n") + 1
    for size in range(header + 200):
        torn = bench.twin()
        torn.put_segment(new[:size], 3)
        again = torn.open()
        assert again.state == ledger.state[:4]
        again.append(notes(1, 5), ADA)
        assert torn.segment(3) == new
        assert torn.open().state == ledger.state


def test_a_torn_line_in_a_sealed_segment_is_damage():
    bench = written(5, segment_b=1000)
    bench.put_segment(bench.segment(1)[:-20], 1)
    with pytest.raises(JournalDamaged, match=r"00000001\.jsonl:3: the segment was never finished"):
        bench.open()


def test_an_emptied_sealed_segment_is_damage():
    bench = written(5, segment_b=1000)
    bench.put_segment(b"", 2)
    with pytest.raises(JournalDamaged, match=r"00000002\.jsonl:1: the segment was never finished"):
        bench.open()


@pytest.mark.parametrize("number", [1, 2])
def test_a_missing_segment_is_damage(number):
    bench = saved(5, segment_b=1000)
    bench.disk.remove(bench.folder.segment(number))
    with pytest.raises(LedgerDamaged):
        bench.open()
    forget_caches(bench.folder)
    with pytest.raises(JournalDamaged, match=f"0000000{number}.jsonl:1: the segment is missing"):
        bench.open()


def test_a_torn_intent_is_lost_tail_and_nothing_is_cut():
    bench = Bench.begun()
    bench.open().append(notes(2), ADA, intent=True)
    torn = bench.segment()[:-5]
    bench.put_segment(torn)
    with pytest.raises(TailLost, match="ends at event 1, but event 2 was written"):
        bench.open()
    assert bench.segment() == torn


def test_a_lost_journal_is_detected_by_the_head():
    bench = saved()
    bench.disk.remove(bench.folder.segment(1))
    with pytest.raises(LedgerDamaged):
        bench.open()


def test_a_new_ledger_whose_journal_is_lost_is_damage():
    bench = Bench.begun()
    bench.disk.remove(bench.folder.segment(1))
    with pytest.raises(LedgerDamaged, match="epoch"):
        bench.open()


def test_a_header_without_events_that_names_another_epoch_is_damage():
    bench = Bench.begun()
    good = bench.segment()
    for epoch in (0, 2, 9):
        bench.put_segment(good.replace(b'"epoch":1', b'"epoch":%d' % epoch))
        with pytest.raises(LedgerDamaged):
            bench.open()


def test_a_head_that_is_behind_is_rolled_forward_once_the_journal_is_durable():
    bench = written(3)
    assert read_head(bench.folder).seq == 0
    bench.disk.steps.clear()
    ledger = bench.open()
    head = read_head(bench.folder)
    assert (head.seq, head.hash) == (3, ledger.place.hash)
    steps = bench.disk.steps
    assert steps.index("sync journal/00000001.jsonl") < steps.index("write .farmctl/head")
    assert steps.index("sync .farmctl/journal") < steps.index("write .farmctl/head")


def test_a_head_slot_torn_or_flipped_at_every_byte_leaves_the_other():
    bench = Bench.begun()
    ledger = bench.open()
    for number in (1, 2, 3):
        ledger.append(notes(1, number), ADA, intent=True)
    whole = bench.disk.read(bench.folder.head)
    older = bytes(SLOT_B)
    for slot in SLOT_OFFSETS:
        for at in range(slot, slot + SLOT_B):
            flipped = bytearray(whole)
            flipped[at] ^= 1
            torn = whole[:at] + older[at - slot :] + whole[slot + SLOT_B :]
            for raw in (bytes(flipped), torn):
                other = bench.twin()
                other.disk.put(other.folder.head, raw)
                assert other.open().state == ledger.state
                assert read_head(other.folder).seq == 3, "rolled forward"


def test_a_head_file_cut_at_every_slot_boundary_leaves_the_other():
    bench = Bench.begun()
    bench.open().append(notes(2), ADA, intent=True)
    whole = bench.disk.read(bench.folder.head)
    for size in (SLOT_B, SLOT_B + 1, SLOT_OFFSETS[1], SLOT_OFFSETS[1] + 1, len(whole) - 1):
        other = bench.twin()
        other.disk.put(other.folder.head, whole[:size])
        assert len(other.open().state) == 2


@pytest.mark.parametrize("left", [b"", b"rubbish" * 1000])
def test_a_head_that_is_lost_altogether_stops_acting(left):
    bench = written()
    bench.disk.put(bench.folder.head, left)
    with pytest.raises(LedgerDamaged, match="both slots"):
        bench.open()


def test_a_ledger_whose_making_was_cut_before_the_head_is_used():
    bench = Bench.begun()
    bench.disk.remove(bench.folder.head)
    assert bench.open().state == ()
    assert read_head(bench.folder).identity == GARAGE


def test_lines_that_change_places_are_damage():
    bench = written()
    lines = bench.segment().splitlines(keepends=True)
    lines[2], lines[3] = lines[3], lines[2]
    bench.put_segment(b"".join(lines))
    with pytest.raises(JournalDamaged, match=r"jsonl:3: event 3 stands where 2 must"):
        bench.open()


@pytest.mark.parametrize(
    "change", [lambda lines: lines[:3] + lines[4:], lambda lines: lines + lines[-1:]]
)
def test_lines_that_are_missing_or_doubled_are_damage(change):
    bench = written()
    bench.put_segment(b"".join(change(bench.segment().splitlines(keepends=True))))
    with pytest.raises(LedgerDamaged):
        bench.open()


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        (replace(GARAGE, ledger="other"), "the farm's is other"),
        (replace(GARAGE, epoch=2), "restored elsewhere"),
    ],
)
def test_another_ledger_or_an_older_copy_is_refused(claim, says):
    with pytest.raises(Refused, match=says) as refused:
        written().open(claim=claim)
    assert "farmctl ledger restore" in refused.value.mend


def test_a_ledger_ahead_of_its_claim_is_refused():
    bench = Bench()
    create(bench.folder, replace(GARAGE, epoch=3))
    with pytest.raises(Refused, match="still names epoch 1"):
        bench.open()


def test_no_ledger_is_refused():
    with pytest.raises(Refused, match="not in this clone"):
        Bench().open()


def test_an_unknown_event_type_stops_acting_and_is_left_out_of_the_view():
    bench = Bench.begun()
    newer = replace(TALLY, known=lambda name: True, evolve=lambda state, event: state)
    fact = replace(note("ice"), type="dev.farmctl.part.frozen.v2")
    bench.open(newer).append([*notes(1), fact, *notes(1, 2)], ADA)
    with pytest.raises(UnknownEvent, match=r"event 2 is a dev\.farmctl\.part\.frozen\.v2"):
        bench.open()
    view = bench.view()
    assert view.unknown == {"dev.farmctl.part.frozen.v2"}
    assert view.state == ("1 p1", "3 p2")
    assert view.damage is None


def test_an_unknown_type_from_a_newer_process_stops_a_running_one():
    bench = Bench.begun()
    ledger = bench.open()
    newer = replace(TALLY, known=lambda name: True, evolve=lambda state, event: state)
    bench.open(newer).append([replace(note("ice"), type=NOTED + "2")], ADA)
    for _ in range(2):
        with pytest.raises(UnknownEvent):
            ledger.append(notes(1), ADA)
        with pytest.raises(UnknownEvent):
            ledger.refresh()
    assert len(bench.segment().splitlines()) == 2, "nothing was written"


def test_an_event_that_cannot_follow_is_damage_with_its_line():
    bench = Bench.begun()
    careless = replace(TALLY, evolve=lambda state, event: state)
    bench.open(careless).append([note("a"), note("b", needs=9)], ADA)
    with pytest.raises(
        JournalDamaged, match=r"jsonl:3: .* of part/b cannot follow \(only 1 notes\)"
    ):
        bench.open()


def test_a_first_header_that_cannot_be_read_is_named_when_the_head_is_lost_too():
    bench = written()
    bench.disk.remove(bench.folder.head)
    bench.disk.flip(bench.folder.segment(1), 3, 1)
    with pytest.raises(JournalDamaged, match=r"00000001\.jsonl:1"):
        bench.open()


def test_files_that_are_no_segments_are_left_alone():
    bench = written()
    bench.disk.put(ROOT / "journal" / "notes.txt", b"mine")
    assert len(bench.open().state) == 4
