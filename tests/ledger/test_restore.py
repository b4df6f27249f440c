"""Restoring: what is sound comes back as a new epoch, and nothing of what was there is thrown away."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.errors import FarmctlError, LedgerDamaged, Refused
from farmctl.ledger.aside import Aside, Said, read_aside
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.head import read_head
from farmctl.ledger.identity import Identity
from farmctl.ledger.locks import take_control
from farmctl.ledger.opening import create
from farmctl.ledger.restore import Onward, best_source, discard_history, raised, restore, survey
from farmctl.model.envelope import Fact
from farmctl.system.disk import Busy
from farmctl.testing.disk import PowerCut, SimulatedDisk
from tests.ledger.tally import ADA, GARAGE, NOTED, ROOT, Bench, note, notes

pytestmark = pytest.mark.pure
SECOND = replace(GARAGE, epoch=2)
RESTORED = Said(note("restored"), ADA)


def written(count_: int = 5, segment_b: int = 8192) -> Bench:
    bench = Bench.begun(segment_b)
    ledger = bench.open()
    for number in range(1, count_ + 1):
        ledger.append(notes(1, number), ADA, intent=True)
    return bench


def texts(bench: Bench, claim: Identity = SECOND) -> list[str]:
    return [line.split()[1] for line in bench.open(claim=claim).state]


def backup_of(bench: Bench) -> LedgerFolder:
    """A copy of the ledger in a folder beside it."""
    place = Path("/backup")
    for path in [bench.folder.head, *(bench.folder.segment(n) for n in bench.folder.segments())]:
        bench.disk.put(place / path.relative_to(ROOT), bench.disk.read(path))
    return LedgerFolder(bench.disk, place)


def restored_here(bench: Bench, *opening: Said):
    source = survey(bench.folder)
    return restore(
        bench.folder, bench.clock, source, raised(bench.folder, source, GARAGE), Onward(opening)
    )


def place_of_line(bench: Bench, line: int) -> tuple[int, int, int]:
    """The segment and line there of the n-th line of the journal, and the events before it."""
    events = 0
    for number in bench.folder.segments():
        count_ = bench.segment(number).count(b"\n")
        if line <= count_:
            return number, line, events + max(0, line - 2)
        line, events = line - count_, events + count_ - 1
    raise AssertionError("no such line")


@pytest.mark.parametrize("line", range(1, 7))
@pytest.mark.parametrize("segment_b", [8192, 1000])
def test_the_sound_prefix_comes_back_and_the_epoch_rises(line, segment_b):
    bench = written(5, segment_b)
    number, at, seq = place_of_line(bench, line)
    lines = bench.segment(number).splitlines(keepends=True)
    lines[at - 1] = lines[at - 1].replace(b'"', b"'", 1)
    bench.put_segment(b"".join(lines), number)
    with pytest.raises(LedgerDamaged):
        bench.open()
    done = restored_here(bench, RESTORED)
    assert done.identity == SECOND
    assert done.source.place.seq == seq
    assert texts(bench) == [f"p{n}" for n in range(1, seq + 1)] + ["restored"]
    assert [event.epoch for event in bench.events()] == [1] * seq + [2]


def test_what_was_replaced_is_kept():
    bench = written(5, segment_b=1000)
    bench.disk.flip(bench.folder.segment(2), 300, 1)
    damaged = {number: bench.segment(number) for number in (2, 3)}
    done = restored_here(bench)
    assert done.kept == ROOT / "damaged-20261121T100000.000Z"
    for number, raw in damaged.items():
        assert bench.disk.read(done.kept / f"0000000{number}.jsonl") == raw


def test_a_whole_ledger_may_be_restored_too_and_nothing_is_kept_aside():
    bench = written(3)
    done = restored_here(bench)
    assert done.kept is None
    assert texts(bench) == ["p1", "p2", "p3"]


def test_the_old_claim_is_refused_afterwards():
    bench = written(3)
    restored_here(bench)
    with pytest.raises(Refused, match="restored as epoch 2"):
        bench.open(claim=GARAGE)


def test_a_process_that_was_running_may_not_write_in_the_new_epoch():
    bench = written(3)
    running = bench.open()
    restored_here(bench, RESTORED)
    with pytest.raises(Refused, match="restored as epoch 2 while this ran"):
        running.append(notes(1, 4), ADA)


def test_a_copy_of_before_is_refused_with_the_new_claim():
    bench = written(3)
    copy = bench.twin()
    restored_here(bench)
    with pytest.raises(Refused, match="restored elsewhere"):
        copy.open(claim=SECOND)


def test_an_older_journal_in_place_of_the_restored_one_is_found():
    bench = written(3)
    old = bench.segment()
    restored_here(bench)
    bench.disk.remove(bench.folder.segment(2))
    bench.put_segment(old)
    with pytest.raises(LedgerDamaged, match="a restore was not finished"):
        bench.open(claim=SECOND)


def test_a_backup_replaces_what_is_damaged():
    bench = written(5, segment_b=1000)
    backup = backup_of(bench)
    bench.disk.flip(bench.folder.segment(1), 300, 1)
    source = best_source(bench.folder, backup)
    assert source.folder == backup
    restore(
        bench.folder, bench.clock, source, raised(bench.folder, source, GARAGE), Onward([RESTORED])
    )
    assert texts(bench) == ["p1", "p2", "p3", "p4", "p5", "restored"]


def test_what_is_here_is_preferred_when_it_goes_on_from_the_backup():
    bench = written(3)
    backup = backup_of(bench)
    bench.open().append(notes(2, 4), ADA)
    bench.put_segment(bench.segment() + b"rubbish\n")
    source = best_source(bench.folder, backup)
    assert source.folder == bench.folder
    assert source.place.seq == 5


def test_a_longer_but_different_history_is_not_preferred():
    bench = written(3)
    backup = backup_of(bench)
    bench.open().append(notes(1, 4), ADA)
    bench.rewrite_history(2, "forged")
    assert best_source(bench.folder, backup).folder == backup


def test_a_lost_ledger_comes_back_from_a_backup_in_a_fresh_clone():
    bench = written(3)
    clone = Bench(SimulatedDisk())
    source = survey(bench.folder)
    identity = raised(clone.folder, source, replace(GARAGE, epoch=4))
    assert identity.epoch == 5
    restore(clone.folder, clone.clock, source, identity, Onward([RESTORED]))
    assert texts(clone, identity) == ["p1", "p2", "p3", "restored"]


def test_a_backup_of_the_journal_alone_is_enough():
    bench = written(3)
    backup = backup_of(bench)
    bench.disk.remove(backup.head)
    clone = Bench(SimulatedDisk())
    for number in backup.segments():
        clone.disk.put(Path("/backup/journal") / f"0000000{number}.jsonl", bench.segment(number))
    source = survey(LedgerFolder(clone.disk, Path("/backup")))
    assert "head" in source.damage.message
    restore(clone.folder, clone.clock, source, raised(clone.folder, source, None))
    assert texts(clone) == ["p1", "p2", "p3"]


def test_a_backup_of_another_ledger_is_refused():
    bench, other = written(3), Bench(SimulatedDisk())
    create(other.folder, Identity("7f3a9c2e", "ffffffff", 1))
    with pytest.raises(Refused, match="the backup is of ledger ffffffff, here is 0a1b2c3d"):
        best_source(bench.folder, other.folder)
    with pytest.raises(Refused, match="the farm's is 0a1b2c3d"):
        raised(bench.folder, survey(other.folder), GARAGE)


def test_nothing_cannot_be_restored():
    with pytest.raises(Refused, match="there is no ledger in /farm"):
        survey(Bench().folder)


def test_an_epoch_that_was_heard_of_is_refused():
    bench = written(3)
    with pytest.raises(Refused, match="epoch 1 is not a new one"):
        restore(bench.folder, bench.clock, survey(bench.folder), GARAGE)


def test_nobody_restores_while_somebody_acts():
    bench = written(3)
    control = take_control(bench.folder)
    with pytest.raises(Busy):
        restored_here(bench)
    with pytest.raises(Busy):
        discard_history(bench.folder, bench.clock)
    control.release()
    restored_here(bench)


def test_only_one_process_takes_control():
    bench = Bench.begun()
    control = take_control(bench.folder)
    with pytest.raises(Busy):
        take_control(bench.folder)
    control.release()
    take_control(bench.folder).release()


def test_what_was_said_aside_becomes_events_in_order_with_its_time_and_actor():
    bench = written(3)
    bench.disk.flip(bench.folder.segment(1), 300, 1)
    aside = Aside(bench.folder, bench.clock)
    aside.append([note("abort")], ADA)
    bench.clock.move(60)
    aside.append([note("pause")], ADA)
    bench.clock.move(3600)
    done = restored_here(bench, RESTORED)
    assert (done.taken_in, done.left_out) == (2, ())
    abort, pause = bench.events()[-2:]
    assert [event.data["text"] for event in (abort, pause)] == ["abort", "pause"]
    assert (pause.time - abort.time).total_seconds() == 60
    assert (abort.recorded - abort.time).total_seconds() == 3660
    assert abort.actor == ADA
    assert abort.causation.startswith("aside-")
    assert abort.causation != pause.causation
    assert bench.folder.asides() == []
    assert bench.disk.stat(done.kept / aside.path.name)


def test_what_was_said_aside_is_taken_in_only_once():
    bench = written(3)
    aside = Aside(bench.folder, bench.clock)
    aside.append([note("abort")], ADA)
    raw = bench.disk.read(aside.path)
    restored_here(bench)
    bench.disk.put(aside.path, raw)
    source = survey(bench.folder)
    done = restore(bench.folder, bench.clock, source, raised(bench.folder, source, SECOND))
    assert done.taken_in == 0
    assert texts(bench, done.identity) == ["p1", "p2", "p3", "abort"]


def test_damage_in_what_was_said_aside_is_told_and_the_rest_taken_in():
    bench = written(1)
    aside = Aside(bench.folder, bench.clock)
    aside.append([note("abort"), note("pause"), note("hold")], ADA)
    raw = bench.disk.read(aside.path)
    for offset in range(len(raw)):
        other = bench.twin()
        other.disk.flip(aside.path, offset, 1)
        said, unreadable = read_aside(other.folder, aside.path)
        assert len(said) in (1, 2)
        assert len(unreadable) in (1, 2)
        assert all(said_.fact.data["text"] in ("abort", "pause", "hold") for said_ in said)
    for size in range(len(raw)):
        other = bench.twin()
        other.disk.put(aside.path, raw[:size])
        said, unreadable = read_aside(other.folder, aside.path)
        assert len(said) == raw[:size].count(b"\n")
        assert len(unreadable) == (size > 0 and raw[size - 1 : size] != b"\n")


def test_what_was_said_aside_and_can_no_longer_follow_is_left_out_and_told():
    bench = written(1)
    Aside(bench.folder, bench.clock).append([note("pause"), note("abort"), note("hold")], ADA)
    source = survey(bench.folder)
    onward = Onward(follows=lambda event: "is over" if event.data["text"] == "abort" else None)
    done = restore(bench.folder, bench.clock, source, raised(bench.folder, source, GARAGE), onward)
    assert texts(bench, done.identity) == ["p1", "pause", "hold"]
    assert (done.taken_in, done.left_out) == (2, (f"{NOTED} of part/abort: is over",))


def test_an_aside_is_durable_before_it_returns():
    bench = written(1)
    aside = Aside(bench.folder, bench.clock)
    bench.disk.steps.clear()
    aside.append([note("abort")], ADA)
    assert [step.split()[0] for step in bench.disk.steps] == ["sync", "write", "sync"]


def test_a_journal_with_asides_beside_it_still_opens():
    bench = written(2)
    Aside(bench.folder, bench.clock).append([note("abort")], ADA)
    assert len(bench.open().state) == 2
    assert len(bench.folder.asides()) == 1


def test_discarding_keeps_all_files_and_lets_a_new_ledger_begin():
    bench = written(3)
    raw = bench.segment()
    where = discard_history(bench.folder, bench.clock)
    assert bench.disk.read(where / "journal" / "00000001.jsonl") == raw
    assert read_head(bench.folder) is None
    fresh = Identity(GARAGE.farm, "11111111", 1)
    create(bench.folder, fresh)
    assert bench.open(claim=fresh).state == ()


def test_discarding_nothing_is_fine():
    bench = Bench()
    assert discard_history(bench.folder, bench.clock) is None


CHOOSERS = [lambda n: 0, lambda n: n - 1] + [random.Random(seed).randrange for seed in range(8)]


@pytest.mark.parametrize("choose", CHOOSERS)
@pytest.mark.parametrize("segment_b", [8192, 1000])
def test_a_restore_that_is_cut_short_refuses_to_act_or_is_done_and_can_be_repeated(
    choose, segment_b
):
    bench = written(5, segment_b)
    last = bench.folder.segments()[-1]
    bench.put_segment(bench.segment(last)[:-30], last)
    Aside(bench.folder, bench.clock).append([note("abort")], ADA)
    expected = ["p1", "p2", "p3", "p4"]
    for step in count():
        twin = bench.twin(choose)
        twin.disk.fails_at = step
        try:
            restored_here(twin, RESTORED)
        except PowerCut:
            twin.disk.restore_power()
        else:
            assert step > 10
            break
        try:
            done = texts(twin)
        except (LedgerDamaged, Refused):
            pass
        else:
            assert done == [*expected, "restored", "abort"]
        source = survey(twin.folder)
        again = restore(
            twin.folder, twin.clock, source, raised(twin.folder, source, SECOND), Onward([RESTORED])
        )
        found = texts(twin, again.identity)
        assert found[:4] == expected
        assert found.count("abort") == 1
        assert set(found[4:]) == {"restored", "abort"}


def test_a_fact_said_aside_keeps_its_order_of_correlation():
    bench = written(1)
    fact = Fact(note("x").type, "run/run-17", {"text": "abort"}, correlation="ord-1042")
    aside = Aside(bench.folder, bench.clock)
    aside.append([fact], ADA)
    (said,), unreadable = read_aside(bench.folder, aside.path)
    assert unreadable == []
    assert said == Said(replace(fact, time=bench.clock.now(), causation=said.fact.causation), ADA)


def test_what_was_verified_before_a_restore_is_no_witness_after_it():
    """A power cut can bring back a cache that the restore removed."""
    bench = written(5)
    bench.open().save()
    remembered = bench.disk.read(bench.folder.trust)
    lines = bench.segment().splitlines(keepends=True)
    bench.put_segment(b"".join(lines[:3]))
    restored_here(bench, RESTORED)
    bench.disk.put(bench.folder.trust, remembered)
    assert texts(bench) == ["p1", "p2", "restored"]
    assert bench.view().damage is None


def test_a_restore_onto_a_full_disk_says_so_and_is_finished_by_doing_it_again() -> None:
    bench = written()
    bench.disk.put(bench.folder.segment(1), bench.segment(1)[:-60])
    bench.disk.room_b = 0
    with pytest.raises(
        FarmctlError, match=r"the ledger cannot be written: .*No space left"
    ) as full:
        restored_here(bench)
    assert "make room" in full.value.mend
    bench.disk.room_b = None
    restored_here(bench)
    assert survey(bench.folder).damage is None
