"""A ledger through everything that happens to one, beside a list that says what must be in it."""

from __future__ import annotations

import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from msgspec.structs import replace

from farmctl.errors import FarmctlError, LedgerDamaged
from farmctl.ledger.aside import Aside
from farmctl.ledger.head import read_head
from farmctl.ledger.ledger import Declined, Ledger
from farmctl.ledger.opening import create
from farmctl.ledger.restore import best_source, forget_caches, raised, restore, survey
from farmctl.testing.disk import PowerCut, SimulatedDisk
from tests.ledger.tally import ADA, GARAGE, Bench, Notes, note

pytestmark = pytest.mark.pure
seeds = st.integers(0, 2**32)


class LedgerMachine(RuleBasedStateMachine):
    """Some processes have the ledger open; `self.texts` is what was acknowledged, in order."""

    processes = Bundle("processes")

    def __init__(self) -> None:
        super().__init__()
        self.chance = random.Random(0)
        self.bench = Bench(SimulatedDisk(self.chance.randrange), 1200)
        create(self.bench.folder, GARAGE)
        self.claim = GARAGE
        self.alive: set[int] = set()
        self.texts: list[str] = []
        self.written = 0

    def fresh(self, count: int) -> list[str]:
        self.written += count
        return [f"p{number}" for number in range(self.written - count, self.written)]

    def everybody_dies(self) -> None:
        self.alive.clear()

    def expected(self) -> Notes:
        return tuple(f"{seq} {text}" for seq, text in enumerate(self.texts, start=1))

    def open(self, bench: Bench | None = None) -> Ledger[Notes]:
        return (bench or self.bench).open(claim=self.claim)

    def settle(self, maybe: list[str]) -> None:
        """After a death, of what was not acknowledged a beginning may be there."""
        found = [line.split()[1] for line in self.open().state]
        assert found[: len(self.texts)] == self.texts
        assert found == (self.texts + maybe)[: len(found)]
        self.texts = found

    @rule(target=processes)
    def somebody_opens(self):
        ledger = self.open()
        assert ledger.state == self.expected()
        self.alive.add(id(ledger))
        return ledger

    @rule(ledger=consumes(processes))
    def somebody_leaves(self, ledger):
        self.alive.discard(id(ledger))

    @rule(ledger=processes, count=st.integers(0, 3), intent=st.booleans())
    def somebody_appends(self, ledger, count, intent):
        if id(ledger) not in self.alive:
            return
        texts = self.fresh(count)
        events = ledger.append([note(text) for text in texts], ADA, intent=intent)
        self.texts += texts
        assert [event.seq for event in events] == list(
            range(len(self.texts) - count + 1, len(self.texts) + 1)
        )
        if intent and count:
            assert read_head(self.bench.folder).hash == ledger.place.hash

    @rule(ledger=processes, most=st.integers(0, 20))
    def somebody_appends_unless_there_are_enough(self, ledger, most):
        if id(ledger) not in self.alive:
            return
        (text,) = self.fresh(1)
        answer = ledger.append_if(
            lambda state: "enough" if len(state) >= most else None, [note(text)], ADA, intent=True
        )
        if len(self.texts) >= most:
            assert answer == Declined("enough")
        else:
            self.texts.append(text)
        assert ledger.state == self.expected()

    @rule(ledger=processes)
    def somebody_refreshes(self, ledger):
        if id(ledger) in self.alive:
            ledger.refresh()
            assert ledger.state == self.expected()

    @rule(ledger=processes)
    def somebody_saves(self, ledger):
        if id(ledger) in self.alive:
            ledger.save()

    @rule(ledger=processes, room_b=st.integers(0, 900))
    def the_disk_is_full(self, ledger, room_b):
        if id(ledger) not in self.alive:
            return
        (text,) = self.fresh(1)
        self.bench.disk.room_b = room_b
        try:
            ledger.append([note(text)], ADA)
            self.texts.append(text)
        except FarmctlError:
            pass
        finally:
            self.bench.disk.room_b = None

    @rule(
        ledger=processes,
        step=st.integers(0, 9),
        seed=seeds,
        power=st.booleans(),
        save=st.booleans(),
    )
    def everything_stops_in_the_middle(self, ledger, step, seed, power, save):
        if id(ledger) not in self.alive:
            return
        self.chance.seed(seed)
        texts = self.fresh(2)
        self.bench.disk.fails_at = step
        try:
            ledger.append([note(text) for text in texts], ADA, intent=True)
            self.texts += texts
            texts = []
            if save:
                ledger.save()
        except PowerCut:
            if power:
                self.everybody_dies()
            else:
                self.alive.discard(id(ledger))
        if power and not self.alive:
            self.bench.disk.restore_power()
        else:
            self.bench.disk.kill_processes()
        self.settle(texts)

    @rule(days=st.integers(-1, 2))
    def time_passes(self, days):
        self.bench.clock.move(days * 86_400)

    @rule()
    def somebody_deletes_the_caches(self):
        forget_caches(self.bench.folder)

    @rule(seed=seeds)
    def a_byte_flips_and_is_found(self, seed):
        chance, twin = random.Random(seed), self.bench.twin()
        number = chance.choice(twin.folder.segments())
        raw = twin.segment(number)
        twin.disk.flip(
            twin.folder.segment(number), chance.randrange(len(raw)), 1 << chance.randrange(8)
        )
        with pytest.raises(LedgerDamaged):
            self.open(twin)
        view = twin.view()
        assert view.state == self.expected()[: len(view.state)]

    @rule(seed=seeds)
    def the_tail_is_cut(self, seed):
        twin = self.bench.twin()
        number = twin.folder.segments()[-1]
        raw = twin.segment(number)
        size = random.Random(seed).randrange(len(raw))
        twin.put_segment(raw[:size], number)
        needed = read_head(twin.folder).seq
        kept = sum(twin.segment(n).count(b"\n") - 1 for n in twin.folder.segments()[:-1])
        kept += max(0, raw[:size].count(b"\n") - 1)
        try:
            found = self.open(twin).state
        except LedgerDamaged:
            assert kept < needed or b"\n" not in raw[:size], "only what was needed is missed"
        else:
            assert kept >= needed
            assert found == self.expected()[:kept]

    @rule(seed=seeds, abort=st.booleans())
    def damage_is_restored(self, seed, abort):
        chance, folder = random.Random(seed), self.bench.folder
        backup = self.bench.twin()
        number = chance.choice(folder.segments())
        raw = self.bench.segment(number)
        self.bench.disk.flip(folder.segment(number), chance.randrange(len(raw)), 1)
        said = self.fresh(1) if abort else []
        if abort:
            Aside(folder, self.bench.clock).append([note(said[0])], ADA)
        source = best_source(folder, backup.folder) if chance.randrange(2) else survey(folder)
        self.claim = raised(folder, source, self.claim)
        restore(folder, self.bench.clock, source, self.claim)
        self.texts = self.texts[: source.place.seq] + said
        self.everybody_dies()

    @rule()
    def an_old_copy_stays_refused(self):
        older = replace(self.claim, epoch=self.claim.epoch + 1)
        with pytest.raises(FarmctlError, match="restored elsewhere"):
            self.bench.open(claim=older)

    @invariant()
    def a_view_shows_all_of_it(self):
        view = self.bench.view()
        assert view.damage is None
        assert view.state == self.expected()


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
