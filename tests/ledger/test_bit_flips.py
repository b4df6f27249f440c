"""A thousand random bit flips in each part: found before anything is done, or shown to do no harm.

A flip in the journal is damage. One that leaves size, mtime and inode of a sealed segment as they
were is found when a day is over, at the latest: until then the state comes from what was verified,
and is the true one. Head, snapshots and what was verified are there twice or made again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.errors import LedgerDamaged
from farmctl.ledger.damage import JournalDamaged
from farmctl.ledger.head import read_head
from farmctl.ledger.ledger import Ledger
from farmctl.ledger.trust import load_trust
from farmctl.testing.ledger_damage import Flip, Part, any_flip, files_of
from tests.ledger.damages import goes_on, stops, told, verifiers_agree
from tests.ledger.tally import ADA, GARAGE, Bench, Notes, notes

pytestmark = pytest.mark.pure
FLIPS = 1_000
LAST = 14
TRUTH = tuple(f"{n} p{n}" for n in range(1, LAST + 1))


@cache
def lived_in() -> Bench:
    """Facts and intents in several segments, two snapshots, and a tail that came after them."""
    bench = Bench.begun(segment_b=1_000)
    ledger = bench.open()
    for number in range(1, LAST + 1):
        ledger.append(notes(1, number), ADA, intent=number % 3 == 0)
        if number in (6, 10):
            ledger.save()
    return bench


@pytest.fixture(autouse=True)
def _counted(record_property) -> None:
    record_property("cases", FLIPS)


def strike(
    paths_of: Callable[[Bench], list[Path]], check: Callable[[Bench, Flip], object]
) -> Counter[object]:
    """Check a thousand twins of a ledger, each with one flip of its own in these files."""
    bench, came = lived_in(), Counter()
    for seed in range(FLIPS):
        twin = bench.twin()
        flip = any_flip(twin.folder, paths_of(twin), random.Random(seed).randrange)
        with told(f"seed {seed}: {flip}"):
            flip.strike(twin.disk)
            came[check(twin, flip)] += 1
    return came


def sealed(bench: Bench) -> list[Path]:
    return files_of(bench.folder, Part.JOURNAL)[:-1]


def the_open_one(bench: Bench) -> list[Path]:
    return files_of(bench.folder, Part.JOURNAL)[-1:]


def stops_at(bench: Bench, flip: Flip) -> None:
    """Both verifiers name the line, and acting stops."""
    sound = lived_in().disk.read(flip.path)
    damage = stops(bench)
    if isinstance(damage, JournalDamaged):
        assert bench.folder.segment(damage.segment) == flip.path
        assert damage.line == sound[: flip.offset].count(b"\n") + 1
    verifiers_agree(bench, sound=False)


def test_in_the_open_segment_each_stops_acting():
    assert strike(the_open_one, stops_at) == {None: FLIPS}


def test_in_a_sealed_segment_each_stops_acting_within_a_day():
    def check(bench: Bench, flip: Flip) -> str:
        if not flip.silently or flip.path not in verified:
            stops_at(bench, flip)
            return "at once"
        assert bench.open().state == TRUTH
        bench.clock.move(timedelta(days=1).total_seconds())
        stops_at(bench, flip)
        return "within a day"

    trust = load_trust(lived_in().folder, GARAGE)
    verified = [lived_in().folder.segment(each.place.segment) for each in trust.checked[:-1]]
    came = strike(sealed, check)
    assert came["at once"] > came["within a day"] > FLIPS / 10


def test_under_a_running_process_its_state_stays_true_and_the_next_start_finds_each():
    """What it has read it does not read again; what it has not, it reads before it appends."""

    came: Counter[str] = Counter()
    for seed in range(FLIPS):
        bench = lived_in().twin()
        running = bench.open()
        bench.open().append(notes(4, LAST + 1), ADA)
        paths = files_of(bench.folder, Part.JOURNAL)[-4:]
        flip = replace(any_flip(bench.folder, paths, random.Random(seed).randrange), silently=False)
        with told(f"seed {seed}: {flip}"):
            flip.strike(bench.disk)
            came["seen" if sees(running) else "left to the next start"] += 1
            stops(bench)
    assert min(came.values()) > FLIPS / 10
    assert len(came) == 2


def sees(running: Ledger[Notes]) -> bool:
    """Tell whether a process that wants to act found the damage; its state is true, or a part."""
    everything = tuple(f"{n} p{n}" for n in range(1, LAST + 6))
    try:
        running.append(notes(1, LAST + 5), ADA, intent=True)
    except LedgerDamaged:
        assert running.state == everything[: len(running.state)]
        return True
    assert running.state == everything
    return False


def test_in_the_head_the_other_slot_and_the_journal_hold():
    whole = read_head(lived_in().folder)

    def check(bench: Bench, flip: Flip) -> bool:
        lost = read_head(bench.folder) != whole
        bench.open()
        assert read_head(bench.folder).seq == LAST
        goes_on(bench, TRUTH)
        return lost

    assert strike(lambda bench: files_of(bench.folder, Part.HEAD), check)[True] > FLIPS / 100


@pytest.mark.parametrize("part", [Part.SNAPSHOTS, Part.TRUST])
def test_in_a_cache_each_is_as_if_the_cache_were_not_there(part):
    assert strike(
        lambda bench: files_of(bench.folder, part), lambda bench, flip: goes_on(bench, TRUTH)
    ) == {(): FLIPS}
