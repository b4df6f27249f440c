"""Parts of a ledger come from another copy: yesterday's, another farm's, or one that went its own way.

What knows how far the journal must reach, and by which events, are two files beside it: the head,
and what was verified last. Where journal and witnesses are not of the same copy, acting stops.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.ledger.damage import JournalDamaged, TailLost
from farmctl.ledger.identity import Identity
from farmctl.ledger.opening import create
from farmctl.testing.ledger_damage import Part, files_of, put_back
from tests.ledger.damages import (
    ALL_SUBSETS,
    goes_on,
    names_of,
    refuses,
    stops,
    told,
    verifiers_agree,
)
from tests.ledger.tally import ADA, GARAGE, Bench, note, notes

pytestmark = pytest.mark.pure
JOURNAL, HEAD, TRUST = Part.JOURNAL, Part.HEAD, Part.TRUST
every_subset = pytest.mark.parametrize("parts", ALL_SUBSETS, ids=names_of)
WITNESSES = {  # which parts know of a day's events, by how the day went
    "facts": set(),
    "an intent": {HEAD},
    "an intent, saved": {HEAD, TRUST},
}
every_day = pytest.mark.parametrize("day", WITNESSES)


def yesterday() -> Bench:
    bench = Bench.begun(segment_b=1_000)
    ledger = bench.open()
    for number in range(1, 6):
        ledger.append(notes(1, number), ADA, intent=number % 2 == 0)
    ledger.save()
    return bench


def after(bench: Bench, day: str, text: str = "p") -> Bench:
    """The same ledger some events later: nobody opened it again."""
    later = bench.twin()
    ledger = later.open()
    ledger.append([note(f"{text}6")], ADA, intent=day != "facts")
    if day.endswith("saved"):
        ledger.save()
    for number in range(7, 10):
        ledger.append([note(f"{text}{number}")], ADA)
    return later


def mixed(bench: Bench, other: Bench, parts: frozenset[Part]) -> Bench:
    twin = bench.twin()
    put_back(twin.disk, twin.folder, other.folder, parts)
    return twin


def state_of(bench: Bench) -> tuple[str, ...]:
    return tuple(f"{event.seq} {event.data['text']}" for event in bench.events())


@every_day
@every_subset
def test_yesterdays_journal_is_found_where_a_witness_of_today_was_left(parts, day):
    """All else is harmless: an older head is rolled forward, an older cache is made anew.

    With both witnesses put back too, or when nothing was acted on today, nothing in the folder
    can tell: that takes an anchor outside it (a checkpoint in git), or the printers, that hold
    files of runs that the ledger does not know.
    """
    old = yesterday()
    today = after(old, day)
    bench = mixed(today, old, parts)
    if JOURNAL not in parts:
        goes_on(bench, state_of(today))
    elif WITNESSES[day] - parts:
        damage = stops(bench)
        assert isinstance(damage, TailLost)
        assert (damage.has, damage.needs) == (5, 6)
        verifiers_agree(bench, sound=True)
    else:
        goes_on(bench, state_of(old))


@every_day
def test_nothing_in_the_folder_tells_that_all_of_it_is_yesterdays(day):
    """Only who kept an event's hash elsewhere can tell."""
    old = yesterday()
    today = after(old, day)
    anchor = today.events()[-1]
    whole = mixed(today, old, frozenset(Part))
    assert all(each.hash != anchor.hash for each in whole.events())
    goes_on(whole, state_of(old))


def test_yesterdays_segments_laid_over_todays_are_found():
    """A backup that removes nothing: what was the open segment then no longer leads to the next."""
    old = yesterday()
    bench = after(old, "facts")
    for path in files_of(old.folder, JOURNAL):
        bench.disk.put(path, old.disk.read(path))
    damage = stops(bench)
    assert isinstance(damage, JournalDamaged)
    assert (damage.segment, damage.line) == (4, 1)
    verifiers_agree(bench, sound=False)


@every_day
@pytest.mark.parametrize("their_day", WITNESSES)
@every_subset
def test_a_copy_that_went_its_own_way_is_found_by_every_witness(parts, day, their_day):
    """Two hosts acted: the journal of one and a witness of the other do not go together."""
    common = yesterday()
    ours, theirs = after(common, day), after(common, their_day, "q")
    bench = mixed(ours, theirs, parts)
    foreign = [each for each in WITNESSES[day] - parts if JOURNAL in parts]
    foreign += [each for each in WITNESSES[their_day] & parts if JOURNAL not in parts]
    if foreign:
        assert "history was changed" in stops(bench).message
        verifiers_agree(bench, sound=True)
    else:
        goes_on(bench, state_of(theirs if JOURNAL in parts else ours))


OTHERS = {
    "another farm's": Identity("ffffffff", "99999999", 1),
    "the farm's former ledger": replace(GARAGE, ledger="99999999"),
}
every_other = pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)


def ledger_of(identity: Identity) -> Bench:
    bench = Bench(segment_b=1_000)
    create(bench.folder, identity)
    ledger = bench.open(claim=identity)
    for number in range(1, 8):
        ledger.append([note(f"q{number}")], ADA, intent=number % 2 == 0)
        if number == 5:
            ledger.save()
    return bench


@every_other
@every_subset
def test_another_ledgers_head_is_refused_its_journal_is_damage_its_caches_are_made_anew(
    parts, other
):
    ours = after(yesterday(), "an intent, saved")
    bench = mixed(ours, ledger_of(other), parts)
    if HEAD in parts:
        refuses(bench, GARAGE)
    elif JOURNAL in parts:
        damage = stops(bench)
        assert isinstance(damage, JournalDamaged)
        assert f"belongs to ledger 99999999 of farm {other.farm}" in damage.message
    else:
        goes_on(bench, state_of(ours))


@every_other
def test_two_ledgers_that_changed_places_are_both_refused(other):
    ours, theirs = yesterday(), ledger_of(other)
    refused = refuses(mixed(ours, theirs, frozenset(Part)), GARAGE)
    assert (other.farm if other.farm != GARAGE.farm else other.ledger) in refused.message
    assert "farmctl ledger restore" in refused.mend
    refuses(mixed(theirs, ours, frozenset(Part)), other)


@every_other
@pytest.mark.parametrize("saved", [False, True], ids=["unsaved", "saved"])
def test_a_segment_of_another_ledger_among_ours_is_damage(saved, other):
    ours, theirs = after(yesterday(), "an intent"), ledger_of(other)
    if saved:
        ours.open().save()
    last = ours.folder.segments()[-1]
    cases = [(here, there) for here in range(1, last + 3) for there in theirs.folder.segments()]
    for here, there in cases:
        with told(f"their segment {there} as our {here}"):
            bench = ours.twin()
            bench.put_segment(theirs.segment(there), here)
            assert isinstance(stops(bench), JournalDamaged)
            if here <= last + 1:
                verifiers_agree(bench, sound=False)


@pytest.mark.parametrize("saved", [False, True], ids=["unsaved", "saved"])
def test_our_own_segments_in_other_places_are_damage(saved):
    ours = after(yesterday(), "an intent")
    if saved:
        ours.open().save()
    last = ours.folder.segments()[-1]
    for here in range(1, last + 2):
        for there in set(range(1, last + 1)) - {here}:
            with told(f"segment {there} as segment {here}"):
                bench = ours.twin()
                bench.put_segment(ours.segment(there), here)
                assert isinstance(stops(bench), JournalDamaged)
                verifiers_agree(bench, sound=False)


@pytest.mark.parametrize("tail", ["a line again", "a torn line", "zeros"])
def test_a_sealed_segment_that_has_grown_is_damage(tail):
    """What was verified says how long it was, even where its first bytes are what they were."""
    ours = after(yesterday(), "an intent, saved")
    ours.open().save()
    line = ours.segment(1).splitlines(keepends=True)[-1]
    more = {"a line again": line, "a torn line": line[:50], "zeros": bytes(50)}[tail]
    ours.put_segment(ours.segment(1) + more, 1)
    assert isinstance(stops(ours), JournalDamaged)
    verifiers_agree(ours, sound=False)
