"""The journal is cut at every byte of its last three records: the head decides what that is.

A cut that leaves every event up to the head's is a torn last line, or an end between two lines:
nobody acted on what is gone. It is cut, reported when there was a torn line, and work goes on.
A cut that takes an event that the head knows is a lost tail: acting stops, and nothing is changed.
"""

from __future__ import annotations

from itertools import product

import pytest

from farmctl.ledger.damage import TailLost
from farmctl.ledger.head import read_head
from farmctl.testing.ledger_damage import cut_tail, tail_cuts
from tests.ledger.damages import goes_on, stops, told, verifiers_agree
from tests.ledger.tally import ADA, Bench, notes

pytestmark = pytest.mark.slow
FACTS_AND_INTENTS = list(product((False, True), repeat=3))
LAYOUTS = {"unsaved": (8192, False), "a segment each, saved": (100, True)}


def with_tail(intents: tuple[bool, ...], layout: str) -> Bench:
    """Two events, perhaps saved, and then one for each of `intents`."""
    segment_b, saved = LAYOUTS[layout]
    bench = Bench.begun(segment_b)
    ledger = bench.open()
    ledger.append(notes(2), ADA, intent=True)
    if saved:
        ledger.save()
    for number, intent in enumerate(intents, start=3):
        ledger.append(notes(1, number), ADA, intent=intent)
    return bench


def events_in(bench: Bench) -> int:
    """How many whole events the journal has."""
    counts = (bench.segment(number).count(b"\n") - 1 for number in bench.folder.segments())
    return sum(max(0, count) for count in counts)


def what_is_torn(bench: Bench) -> tuple[str, ...]:
    """What is to be said of the bytes behind the last whole line, if there are any."""
    number = bench.folder.segments()[-1]
    *lines, torn = bench.segment(number).split(b"\n")
    return (f"journal/{number:08}.jsonl:{len(lines) + 1}: cut {len(torn)} torn bytes",) * bool(torn)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "intents",
    FACTS_AND_INTENTS,
    ids=lambda intents: "-".join("intent" if each else "fact" for each in intents),
)
def test_what_was_acted_on_stops_acting_and_what_was_not_is_cut(intents, layout, record_property):
    bench = with_tail(intents, layout)
    truth, needed = tuple(f"{n} p{n}" for n in range(1, 6)), read_head(bench.folder).seq
    assert needed == max([2, *(n for n, intent in enumerate(intents, start=3) if intent)])
    cuts = list(tail_cuts(bench.folder, 3))
    record_property("cases", len(cuts))
    for segment, size in cuts:
        with told(f"{size} bytes of segment {segment}"):
            cut = bench.twin()
            cut_tail(cut.disk, cut.folder, segment, size)
            kept, torn = events_in(cut), what_is_torn(cut)
            if kept < needed:
                damage = stops(cut)
                assert isinstance(damage, TailLost)
                assert (damage.has, damage.needs) == (kept, needed)
            else:
                assert goes_on(cut, truth[:kept]) == torn


@pytest.mark.parametrize("layout", LAYOUTS)
def test_to_both_verifiers_every_cut_is_a_shorter_journal(layout, record_property):
    """Without the head nobody can tell: a journal that lost its tail is a valid shorter one."""
    bench = with_tail((True, True, True), layout)
    cuts = list(tail_cuts(bench.folder, 3))
    record_property("cases", len(cuts))
    for segment, size in cuts:
        with told(f"{size} bytes of segment {segment}"):
            cut = bench.twin()
            cut_tail(cut.disk, cut.folder, segment, size)
            verifiers_agree(cut, sound=True)


@pytest.mark.parametrize("intent", [False, True], ids=["fact", "intent"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_running_process_misses_what_another_acted_on(layout, intent, record_property):
    """A torn line is only cut where the head says that nobody acted on it.

    Where nothing is left of what the other wrote, a running process sees nothing that has grown:
    the first cut of a segment that it knows is left to the next start.
    """
    bench = with_tail((), layout)
    bench.open().append(notes(1, 3), ADA)
    cuts = list(tail_cuts(bench.folder, 1))[1:]
    record_property("cases", len(cuts))
    for segment, size in cuts:
        with told(f"{size} bytes of segment {segment}"):
            cut = with_tail((), layout)
            running = cut.open()
            cut.open().append(notes(1, 3), ADA, intent=intent)
            cut_tail(cut.disk, cut.folder, segment, size)
            torn = what_is_torn(cut)
            if intent:
                with pytest.raises(TailLost):
                    running.append(notes(1, 4), ADA)
                assert what_is_torn(cut) == torn, "nothing is cut"
            else:
                running.append(notes(1, 4), ADA)
                assert running.mended == torn
                assert cut.open().state == ("1 p1", "2 p2", "3 p4")
