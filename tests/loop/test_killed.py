"""The controller dies at any moment: nothing starts twice, nothing onto a part, all is made."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.floor.small_farm import facts_in
from tests.loop.deadly import SIDES, STEPS
from tests.loop.shell import PATIENCE_S, Typed, run_until_idle, running, shell, type_in

pytestmark = [pytest.mark.slicer, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
KILLED = -9


def starts_of(folder: Path) -> list[str]:
    """The files that the printer itself wrote down each time it began to move."""
    log = folder / ".farmctl/virtual/one.starts"
    return [line.split()[-1] for line in log.read_text().splitlines()] if log.exists() else []


def made(folder: Path) -> dict[str, int]:
    """How many parts of each fulfilled order are good."""
    said = [each["data"] for each in facts_in(folder, "order.fulfilled")]
    return {each["order"]: each["good"] for each in said}


def goes_on_to_the_end(folder: Path) -> None:
    """With a controller that lives, both orders are made: a part each time the bed is clear."""
    first = run_until_idle(folder)
    assert first.code == 4, first
    assert len(starts_of(folder)) == 1, "nothing starts until the first part is taken off"
    assert len(made(folder)) == 1
    assert type_in(folder, "clear", "one").code == 0
    assert run_until_idle(folder).code == 4
    starts = starts_of(folder)
    assert len(starts) == len(set(starts)) == 2
    assert made(folder) == {"ord-1": 3, "ord-2": 1}
    assert len(facts_in(folder, "run.completed")) == 2


def die(folder: Path, step: str, side: str) -> Typed:
    with shell([sys.executable, "-m", "tests.loop.deadly", folder, step, side]) as here:
        out, err = here.process.communicate(timeout=PATIENCE_S)
        here.ended = Typed(here.process.returncode, out, err)
    return here.ended


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(step: str, side: str, sliced: Path, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    died = die(sliced, step, side)
    assert died.code == KILLED, died
    goes_on_to_the_end(sliced)


@pytest.mark.parametrize("seed", range(10))
def test_killed_from_outside(seed: int, sliced: Path) -> None:
    after_s = random.Random(seed).uniform(0.0, 0.8)  # a whole print takes about as long
    with running(sliced) as here:
        with pytest.raises(subprocess.TimeoutExpired):
            here.process.wait(after_s)
        assert here.kill().code == KILLED
    goes_on_to_the_end(sliced)
