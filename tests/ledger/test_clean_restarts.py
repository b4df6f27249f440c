"""Many thousand lives of a ledger in which nothing was damaged: never a false alarm.

In a life a process opens the ledger, sometimes beside another, writes facts and intents, saves,
and ends: by itself, killed in the middle of something, or in a power cut that keeps all that was
synced and any part of the rest. The next one must find what was acknowledged, and go on.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from farmctl.ledger.ledger import Declined, Ledger
from farmctl.ledger.opening import create
from farmctl.testing.disk import PowerCut, SimulatedDisk
from tests.ledger.damages import told, verifiers_agree
from tests.ledger.tally import ADA, GARAGE, Bench, Notes, note

LIVES_OF_A_FARM = 25
ENDS = ("leaves", "is killed", "is killed in mid-step", "power fails", "power fails in mid-step")


class Farm:
    """A ledger through its lives; `texts` is what was acknowledged, `maybe` what was begun."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.bench = Bench(
            SimulatedDisk(self.chance.randrange), self.chance.choice((100, 1_000, 9_000))
        )
        create(self.bench.folder, GARAGE)
        self.texts: list[str] = []
        self.maybe: list[str] = []
        self.came: Counter[str] = Counter()

    def live(self) -> None:
        """Open, do a few things, and end in one way or another."""
        self.bench.clock.move(timedelta(hours=self.chance.randrange(30)).total_seconds())
        processes = [self.opened() for _ in range(self.chance.choice((1, 1, 2)))]
        end = self.chance.choice(ENDS)
        try:
            for number in range(self.chance.randrange(1, 5)):
                if number and end.endswith("mid-step"):
                    self.bench.disk.fails_at = self.chance.randrange(6)
                self.act(self.chance.choice(processes))
        except PowerCut:
            self.came["died in mid-step"] += 1
        self.came[end] += 1
        self.bench.disk.kill_processes()
        if end.startswith("power"):
            self.bench.disk.restore_power()

    def opened(self) -> Ledger[Notes]:
        """Open the ledger and find all that was acknowledged, and no more than was begun."""
        assert self.bench.view().damage is None
        ledger = self.bench.open()
        found = [line.split()[1] for line in ledger.state]
        assert found[: len(self.texts)] == self.texts
        assert found == (self.texts + self.maybe)[: len(found)]
        if ledger.mended:
            self.came["torn line"] += 1
            assert self.maybe, "only a line that nobody acknowledged was torn"
        self.texts, self.maybe = found, []
        return ledger

    def act(self, ledger: Ledger[Notes]) -> None:
        """Do one thing that a process does."""
        act = self.chance.choice((self.append, self.append, self.append_if, self.save))
        self.came[act.__name__] += 1
        act(ledger)

    def append(self, ledger: Ledger[Notes]) -> None:
        self.maybe = [
            f"p{self.chance.randrange(10**6)}" for _ in range(self.chance.randrange(1, 4))
        ]
        facts = [note(text) for text in self.maybe]
        ledger.append(facts, ADA, intent=self.chance.random() < 0.5)
        self.texts, self.maybe = self.texts + self.maybe, []

    def append_if(self, ledger: Ledger[Notes]) -> None:
        self.maybe = [f"p{self.chance.randrange(10**6)}"]
        known = tuple(f"{seq} {text}" for seq, text in enumerate(self.texts, start=1))
        answer = ledger.append_if(
            lambda state: None if state == known else "another state", [note(self.maybe[0])], ADA
        )
        assert not isinstance(answer, Declined)
        self.texts, self.maybe = self.texts + self.maybe, []

    def save(self, ledger: Ledger[Notes]) -> None:
        ledger.save()


def check_lives(count: int) -> Counter[str]:
    came: Counter[str] = Counter()
    for seed in range(count // LIVES_OF_A_FARM):
        farm = Farm(seed)
        for life in range(LIVES_OF_A_FARM):
            with told(f"seed {seed}, life {life}"):
                farm.live()
        with told(f"seed {seed}, the end"):
            farm.opened()
            verifiers_agree(farm.bench, sound=True)
        came += farm.came
        came["segments"] += len(farm.bench.folder.segments())
    assert sum(came[end] for end in ENDS) == count
    assert all(came[end] > count / 10 for end in ENDS)
    assert came["torn line"] > count / 100
    assert came["segments"] > count / 10
    return came


@pytest.mark.pure
def test_a_thousand_clean_restarts_raise_no_alarm(record_property):
    record_property("cases", 1_000)
    check_lives(1_000)


@pytest.mark.slow
def test_ten_thousand_clean_restarts_raise_no_alarm(record_property):
    record_property("cases", 10_000)
    check_lives(10_000)
