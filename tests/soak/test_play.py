"""A farm in a box: nothing starts twice or onto a part, no end is lost, and the work gets done."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from farmctl.printers.driver import Answer, PrinterDriver
from farmctl.soak.asked import Seed
from farmctl.soak.faults import FAULTS
from farmctl.soak.faults_at_machines import NEVER_ON
from farmctl.soak.kinds import KINDS
from farmctl.soak.outcome import Handed, Outcome
from farmctl.soak.play import play
from farmctl.soak.stage import Stage
from tests.soak.bad_protocols import Around, NaiveRetry, NeverStarting, Reverting, Unanswered

SEEDS = 6
ON_THE_LINE = ("request lost", "reply lost", "request late")


def failed(outcome: Outcome, kinds: Sequence[str]) -> str:
    """Say how to see it again."""
    return Seed(outcome.seed, kinds=tuple(kinds)).command


@pytest.mark.parametrize("kinds", [(kind,) for kind in KINDS] + [tuple(KINDS)], ids="-".join)
def test_with_every_fault_nothing_is_violated_and_all_is_made(kinds: Sequence[str]) -> None:
    for seed in range(SEEDS):
        outcome = play(seed, kinds=kinds)
        assert outcome.violations == (), failed(outcome, kinds)
        assert outcome.detected == outcome.doubled, failed(outcome, kinds)
        assert outcome.fulfilled == outcome.orders, failed(outcome, kinds)


def test_nothing_of_a_play_stays_in_memory() -> None:
    """Thousands of seeds are played one after another."""
    before = _stages()
    play(0, ON_THE_LINE, kinds=("moonraker",))
    assert _stages() == before


def _stages() -> int:
    gc.collect()
    return sum(isinstance(each, Stage) for each in gc.get_objects())


def test_every_start_that_a_transport_doubled_is_seen() -> None:
    outcomes = [play(seed, ("request doubled",), kinds=("bambu",)) for seed in range(3)]
    assert sum(each.doubled for each in outcomes) > 0
    assert [each.detected for each in outcomes] == [each.doubled for each in outcomes]
    assert all(each.violations == () for each in outcomes)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"bambu"}))
def test_a_machine_with_a_guard_begins_nothing_twice(kind: str) -> None:
    outcome = play(0, ("request doubled",), kinds=(kind,))
    assert (outcome.doubled, outcome.violations) == (0, ())
    assert outcome.starts > 0


def test_what_a_kind_cannot_meet_never_strikes_it() -> None:
    for fault, kind in NEVER_ON:
        assert fault in FAULTS
        assert play(0, (fault,), kinds=(kind,), peace_s=0.0).strikes == ()


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_quiet_day_nobody_is_asked_anything(kind: str) -> None:
    for seed in range(2):
        outcome = play(seed, faults=(), kinds=(kind,))
        assert (outcome.violations, outcome.strikes, outcome.handed) == ((), (), Handed())
        assert outcome.print_ms < outcome.made_ms < 1.3 * outcome.print_ms
        assert outcome.fulfilled == outcome.orders
        assert outcome.starts > 0


def test_a_seed_is_the_same_play_whatever_the_hash_seed() -> None:
    code = "from farmctl.soak.play import play; print(play(7).trace)"
    traces = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert traces == {play(7).trace + "\n"}
    assert play(8).trace not in traces


def test_all_faults_come_up() -> None:
    struck = {each.fault for seed in range(8) for each in play(seed).strikes}
    assert struck <= set(FAULTS)
    assert len(struck) > len(FAULTS) // 2


@pytest.mark.parametrize(
    ("bad", "caught"), [(NaiveRetry, {"I1"}), (Reverting, {"I11"})], ids=["retry", "revert"]
)
def test_a_bad_protocol_is_caught(bad: type[Around], caught: set[str]) -> None:
    for seed in range(100):
        seen = {each.invariant for each in play(seed, ON_THE_LINE, bad).violations}
        if seen & caught:
            return
    pytest.fail(f"{bad.__name__} was not caught within 100 seeds")


def test_a_farm_that_never_starts_is_safe_and_useless() -> None:
    outcome = play(0, (), NeverStarting, peace_s=600.0)
    assert outcome.violations == ()
    assert outcome.fulfilled == 0


def test_a_call_that_is_never_answered_holds_up_its_own_printer_alone() -> None:
    drivers: list[PrinterDriver] = []

    def first_is_mute(driver: PrinterDriver) -> PrinterDriver:
        drivers.append(driver)
        return Unanswered(driver) if len(drivers) == 1 else driver

    outcome = play(7, (), first_is_mute, peace_s=3600.0)
    assert len(drivers) > 1
    assert outcome.violations == ()
    assert outcome.fulfilled == outcome.orders - 1


def test_every_effect_meets_its_fate() -> None:
    """A fate met by uploads alone would prove nothing of starts."""
    heard: set[str] = set()

    class Listening(Around):
        async def start(self, file: str) -> Answer:
            answer = await self.driver.start(file)
            heard.add(type(answer).__name__)
            return answer

        async def delete(self, file: str) -> Answer:
            answer = await self.driver.delete(file)
            heard.add(f"{type(answer).__name__} of a delete")
            return answer

    for seed in range(4):
        play(seed, ON_THE_LINE, Listening)
    assert {"Accepted", "Unknown", "Unknown of a delete"} <= heard
