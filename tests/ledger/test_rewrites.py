"""History is written again from some event on, with every hash right: what finds it, and what cannot.

A hash chain proves that nothing was changed in between, not that it is the chain that was written.
Inside the folder, two files say so as far as they reach: the head up to what was acted on last,
and what was verified last. Whoever rewrites them too, or what came after them, leaves a ledger that
nothing in the folder can tell from a true one. That takes an anchor outside of it: the number and
hash of an event, kept in git or by another person.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.errors import LedgerDamaged
from farmctl.ledger.head import head_at, read_head, reset_head
from farmctl.ledger.journal import Journal
from farmctl.ledger.restore import forget_caches
from farmctl.model.envelope import Event
from farmctl.testing.ledger_damage import Part, put_back, rewrite_history
from tests.ledger.damages import ALL_SUBSETS, goes_on, names_of, stops, verifiers_agree
from tests.ledger.tally import ADA, GARAGE, Bench, note, notes

pytestmark = pytest.mark.pure
LAST_ACT, LAST = 6, 8
WITNESSES = frozenset({Part.HEAD, Part.TRUST})
with_the_journal = pytest.mark.parametrize(
    "rewritten", [parts for parts in ALL_SUBSETS if Part.JOURNAL in parts], ids=names_of
)


def true_ledger() -> Bench:
    """Eight events: the sixth was acted on and saved, two facts came after."""
    bench = Bench.begun()
    ledger = bench.open()
    for number in range(1, LAST_ACT + 1):
        ledger.append(notes(1, number), ADA, intent=number in (3, LAST_ACT))
    ledger.save()
    ledger.append(notes(2, LAST_ACT + 1), ADA)
    assert read_head(bench.folder).seq == LAST_ACT
    return bench


def forged(seq: int, *, dropped: bool = False) -> Bench:
    """A ledger in which one event is another or missing, with head and caches to go with it."""

    def change(event: Event) -> Event | None:
        if event.seq != seq:
            return event
        return None if dropped else replace(event, data={"text": "forged"})

    bench = true_ledger()
    rewrite_history(bench.disk, bench.folder, GARAGE, change)
    reader = Journal(bench.folder, GARAGE)
    assert len(list(reader.read())) == LAST - dropped
    reset_head(bench.folder, head_at(GARAGE, reader.place))
    forget_caches(bench.folder)
    bench.open().save()
    return bench


@with_the_journal
@pytest.mark.parametrize("seq", range(1, LAST_ACT + 1))
def test_a_rewrite_of_what_was_acted_on_is_found_while_a_witness_is_left(seq, rewritten):
    """Head and verified places are each enough; a snapshot is never asked."""
    bench, other = true_ledger(), forged(seq)
    put_back(bench.disk, bench.folder, other.folder, rewritten)
    verifiers_agree(bench, sound=True)
    if WITNESSES - rewritten:
        assert "history was changed" in stops(bench).message
    else:
        goes_on(bench, other.open().state)


@pytest.mark.parametrize("seq", range(1, LAST_ACT + 1))
@pytest.mark.parametrize("dropped", [False, True], ids=["changed", "left out"])
def test_nothing_in_the_folder_finds_a_rewrite_that_takes_head_and_caches_along(dropped, seq):
    """Neither verifier does, nor an acting start. Who kept a hash of event 6 elsewhere can tell."""
    anchor = true_ledger().events()[LAST_ACT - 1]
    bench = forged(seq, dropped=dropped)
    verifiers_agree(bench, sound=True)
    assert bench.events()[LAST_ACT - 1].hash != anchor.hash
    texts = [f"p{number}" for number in range(1, LAST + 1)]
    texts[seq - 1 : seq] = [] if dropped else ["forged"]
    goes_on(bench, tuple(f"{at} {text}" for at, text in enumerate(texts, start=1)))


@pytest.mark.parametrize("seq", range(LAST_ACT + 1, LAST + 1))
@pytest.mark.parametrize("dropped", [False, True], ids=["changed", "left out"])
def test_nothing_in_the_folder_finds_a_rewrite_of_facts_behind_the_last_act(dropped, seq):
    """Head and caches need not even be touched: nobody acted on these facts, nothing vouches for them."""
    bench, other = true_ledger(), forged(seq, dropped=dropped)
    anchor = bench.events()[LAST_ACT - 1]
    put_back(bench.disk, bench.folder, other.folder, [Part.JOURNAL])
    verifiers_agree(bench, sound=True)
    assert bench.events()[LAST_ACT - 1] == anchor
    goes_on(bench, other.open().state)


@pytest.mark.parametrize("seq", range(1, LAST + 1))
def test_a_rewrite_that_loses_its_witnesses_with_the_caches_is_found_by_the_head_alone(seq):
    bench, other = true_ledger(), forged(seq)
    put_back(bench.disk, bench.folder, other.folder, [Part.JOURNAL])
    forget_caches(bench.folder)
    if seq <= LAST_ACT:
        stops(bench)
    else:
        goes_on(bench, other.open().state)


def test_a_rewrite_that_also_goes_on_is_found():
    bench, other = true_ledger(), forged(2)
    other.open().append(notes(5, LAST + 1), ADA, intent=True)
    put_back(bench.disk, bench.folder, other.folder, [Part.JOURNAL])
    assert "history was changed" in stops(bench).message


def test_a_running_process_finds_that_what_another_acted_on_is_another_now():
    bench, other = true_ledger(), true_ledger()
    running = bench.open()
    bench.open().append(notes(1, LAST + 1), ADA, intent=True)
    other.open().append([note("forged")], ADA)
    bench.put_segment(other.segment())
    with pytest.raises(LedgerDamaged, match="event 9 is not the one that was written"):
        running.append(notes(1, LAST + 2), ADA)
    assert bench.segment() == other.segment()
