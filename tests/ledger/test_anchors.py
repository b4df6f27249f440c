"""Checkpoints against the journal: what only something outside of it can show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.errors import FarmctlError, LedgerDamaged
from farmctl.ledger.anchors import (
    CutShort,
    Mark,
    Rewritten,
    Standing,
    damage_of,
    is_due,
    is_of,
    marks,
    standing,
)
from farmctl.ledger.head import Head, reset_head
from farmctl.ledger.lines import Place
from farmctl.ledger.restore import raised, restore, survey
from farmctl.model.checkpoint import Checkpoint, from_document, to_document
from tests.ledger.tally import ADA, GARAGE, START_OF_DAY, Bench, notes

pytestmark = pytest.mark.pure

A, B = "a" * 64, "b" * 64
LAST = Checkpoint(GARAGE.farm, GARAGE.ledger, 1, 100, A, START_OF_DAY)


def at(seq: int, epoch: int = 1) -> Place:
    return Place(seq=seq, hash=B, epoch=epoch)


def after(**more: float) -> object:
    return START_OF_DAY + timedelta(**more)


@pytest.mark.parametrize(
    ("seq", "minutes", "run_ended", "due"),
    [
        (100, 60, None, False),  # nothing was appended
        (101, 14.9, None, False),
        (101, 15, None, True),
        (355, 1, None, False),
        (356, 1, None, True),
        (101, 1, -1, False),  # the end of a run that is anchored already
        (101, 1, 0.5, True),
        (101, -1, None, True),  # a clock that was set back
    ],
)
def test_a_checkpoint_is_due_by_events_by_time_and_at_the_end_of_a_run(
    seq, minutes, run_ended, due
):
    ended = None if run_ended is None else after(minutes=run_ended)
    assert is_due(LAST, at(seq), ended, after(minutes=minutes)) is due


def test_the_first_one_and_the_first_of_an_epoch_are_due_at_once():
    assert is_due(None, at(1), None, START_OF_DAY)
    assert not is_due(None, at(0), None, START_OF_DAY)
    assert is_due(LAST, at(40, epoch=2), None, START_OF_DAY)


@pytest.mark.parametrize(
    ("mark", "epoch", "expected"),
    [
        (Mark(1, A, 100), 1, Standing.HELD),
        (Mark(1, A, 100), 3, Standing.HELD),
        (Mark(1, B, 100), 1, Standing.CHANGED),
        (Mark(1, B, 100), 2, Standing.CHANGED),  # of its own epoch, so no restore did that
        (Mark(2, B, 100), 2, Standing.LEFT_BEHIND),
        (None, 2, Standing.LEFT_BEHIND),
        (None, 1, Standing.LOST),
        (None, 0, Standing.LOST),
    ],
)
def test_what_became_of_an_anchored_event(mark, epoch, expected):
    assert standing(LAST, mark, epoch) is expected


def test_a_checkpoint_of_a_later_epoch_than_the_journal_is_lost():
    later = replace(LAST, epoch=2)
    assert standing(later, Mark(1, B, 100), 1) is Standing.CHANGED
    assert standing(later, None, 1) is Standing.LOST


def test_damage_names_the_event_and_the_mend():
    lost = damage_of(LAST, Standing.LOST, at(90))
    changed = damage_of(LAST, Standing.CHANGED, at(120))
    assert lost is not None
    assert changed is not None
    assert "ends at event 90, before event 100, which git anchored at 2026-11-21T10" in lost.message
    assert "does not hold event 100, which git anchored" in changed.message
    assert "ledger restore" in lost.mend
    assert (type(lost), type(changed)) == (CutShort, Rewritten)
    assert "BACKUP` with a copy that holds it" in changed.mend
    assert (lost.exit, changed.exit) == (3, 3)
    assert damage_of(LAST, Standing.HELD, at(120)) is None
    assert damage_of(LAST, Standing.LEFT_BEHIND, at(90, epoch=2)) is None


def test_a_checkpoint_is_of_one_ledger_at_any_epoch():
    assert is_of(LAST, replace(GARAGE, epoch=9))
    assert not is_of(LAST, replace(GARAGE, ledger="other"))
    assert not is_of(LAST, replace(GARAGE, farm="other"))


def written(count: int, segment_b: int = 8192) -> Bench:
    bench = Bench.begun(segment_b)
    ledger = bench.open()
    for number in range(1, count + 1):
        ledger.append(notes(1, number), ADA, intent=True)
    return bench


@pytest.mark.parametrize("segment_b", [8192, 1000])
def test_marks_are_found_wherever_they_lie(segment_b):
    bench = written(9, segment_b)
    assert (len(bench.folder.segments()) > 3) is (segment_b == 1000)
    expected = {event.seq: Mark(1, event.hash, event.seq) for event in bench.events()}
    assert marks(bench.folder, range(-2, 12)) == expected
    assert marks(bench.folder, [3, 9, 3]) == {seq: expected[seq] for seq in (3, 9)}
    assert marks(bench.folder, []) == {}


@pytest.mark.parametrize("rubbish", [b"{", b"", b"\xb4", b'{"seq":"\xb4"}', b"[" * 100_000])
def test_damaged_lines_and_headers_have_no_mark(rubbish):
    bench = written(3)
    lines = bench.segment().split(b"\n")
    bench.put_segment(b"\n".join([*lines[:2], rubbish, *lines[3:-2], lines[-2][:-9]]))
    assert marks(bench.folder, [1, 2, 3]).keys() == {1}
    bench.put_segment(b"\n".join([rubbish, *lines[1:]]))
    assert marks(bench.folder, [1, 2, 3]) == {}


def test_no_flipped_bit_ends_the_search_for_marks():
    bench = written(3)
    whole, known = bench.segment(), marks(bench.folder, [1, 2, 3])
    lost = 0
    for at in range(0, len(whole) * 8, 7):
        raw = bytearray(whole)
        raw[at // 8] ^= 1 << at % 8
        bench.put_segment(bytes(raw))
        found = marks(bench.folder, [1, 2, 3])
        assert found.keys() <= known.keys()
        lost += found != known
    assert lost > 100


def anchored(bench: Bench) -> Checkpoint:
    found = survey(bench.folder)
    place = found.place
    return Checkpoint(GARAGE.farm, GARAGE.ledger, place.epoch, place.seq, place.hash, START_OF_DAY)


def damage(bench: Bench, checkpoint: Checkpoint) -> LedgerDamaged | None:
    found = survey(bench.folder)
    assert found.damage is None
    mark = marks(bench.folder, [checkpoint.seq]).get(checkpoint.seq)
    return damage_of(checkpoint, standing(checkpoint, mark, found.place.epoch), found.place)


def test_a_full_rewrite_with_fresh_hashes_and_head_is_found_up_to_the_anchor():
    bench = written(5)
    checkpoint = anchored(bench)
    assert damage(bench, checkpoint) is None
    bench.rewrite_history(2, "nothing failed")
    last = bench.events()[-1]
    reset_head(bench.folder, Head(GARAGE, last.seq, last.hash))
    found = damage(bench, checkpoint)
    assert found is not None
    assert "does not hold event 5" in found.message


def test_yesterdays_copy_is_found():
    bench = written(3)
    yesterday = bench.twin()
    bench.open().append(notes(2, 4), ADA, intent=True)
    found = damage(yesterday, anchored(bench))
    assert found is not None
    assert "ends at event 3, before event 5" in found.message


def test_what_a_restore_left_behind_is_no_damage():
    bench = written(5)
    checkpoint = anchored(bench)
    lines = bench.segment().splitlines(keepends=True)
    bench.put_segment(b"".join([*lines[:4], lines[4].replace(b'"', b"'", 1), *lines[5:]]))
    source = survey(bench.folder)
    restore(bench.folder, bench.clock, source, raised(bench.folder, source, GARAGE))
    assert survey(bench.folder).place.seq == 3
    assert damage(bench, checkpoint) is None


def test_a_document_is_one_canonical_line_and_comes_back():
    raw = to_document(LAST)
    assert raw == (
        b'{"at":"2026-11-21T10:00:00.000Z","epoch":1,"farm":"7f3a9c2e","hash":"'
        + A.encode()
        + b'","ledger":"0a1b2c3d","seq":100}\n'
    )
    assert from_document(raw) == LAST


@pytest.mark.parametrize("raw", [b"", b"{}\n", b'{"farm": 1}\n', b"[]\n", b"\xff\n"])
def test_another_text_is_no_document(raw):
    with pytest.raises(FarmctlError):
        from_document(raw)
