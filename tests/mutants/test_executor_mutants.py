"""Ways to break the executor: the soak catches each, within two thousand seeds.

The soak knows none of them: it plays as it always does, on a copy of the package.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from farmctl.soak.kinds import KINDS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SEEDS = 2000


class Mutant(NamedTuple):
    """A way to break the promise.

    Args:
        diff: What is changed.
        caught_by: Invariants that it breaks.
        kinds: The machines that it concerns.
    """

    diff: str
    caught_by: set[str]
    kinds: tuple[str, ...] = tuple(KINDS)


MUTANTS = {
    "act before intent": Mutant("act_before_recording", {"I2", "I5"}),
    "skip the conditional check": Mutant("executor/skip_the_conditional_check", {"I5"}),
    "retry in the client": Mutant("executor/retry_in_the_client", {"I1", "I11"}, ("moonraker",)),
    "fence by timer": Mutant("executor/fence_by_timer", {"I1", "I11"}),
    "adopt a foreign print": Mutant("executor/adopt_a_foreign_print", {"I4"}, ("moonraker",)),
    "trust a stale look": Mutant("executor/trust_a_stale_look", {"I6"}),
}
HUNT = """
import sys
from farmctl.soak.play import play

for seed in range(int(sys.argv[1])):
    violations = play(seed, peace_s=7200.0, kinds=sys.argv[2:]).violations
    if violations:
        print(seed, *sorted({each.invariant for each in violations}))
        break
"""


def hunt(folder: Path, seeds: int, kinds: Sequence[str] = tuple(KINDS)) -> str:
    """Play seeds on the package in a folder, and return the first that fails, with what it violates."""
    done = subprocess.run(
        [sys.executable, "-c", HUNT, str(seeds), *kinds],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The package, in a folder of its own."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "farmctl", tmp_path / "farmctl", ignore=ignored)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_the_soak_catches_it(name: str, copied: Path) -> None:
    mutant = MUTANTS[name]
    subprocess.run(["git", "apply", HERE / f"{mutant.diff}.diff"], cwd=copied, check=True)
    caught = hunt(copied, SEEDS, mutant.kinds)
    assert caught, f"{name} lived through {SEEDS} seeds"
    assert mutant.caught_by & set(caught.split()[1:]), caught


@pytest.mark.slow
def test_the_present_package_lives(copied: Path) -> None:
    assert hunt(copied, 10) == ""
