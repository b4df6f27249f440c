"""Each way to break the promise, as a diff: the property and state-machine suites find it.

Those suites know none of the mutants: they are run as they are, on a copy of the package.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MUTANTS = sorted(each.stem for each in HERE.glob("*.diff"))
SUITES = ("tests/control/test_dispatch_machine.py", "tests/planning/test_plates_properties.py")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The package and its tests, in a folder of their own."""
    for name in ("farmctl", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run_suites(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the suites on the package beside them: generated anew, always the same, not shrunk."""
    argv = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--hypothesis-profile=mutant"]
    return subprocess.run(
        [sys.executable, *argv, *SUITES],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_five_are_here() -> None:
    assert MUTANTS == [
        "accept_a_stale_look",
        "act_before_recording",
        "forget_made_parts",
        "ignore_the_bed",
        "resend_after_unknown",
    ]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_killed(mutant: str, copied: Path) -> None:
    diff = HERE / f"{mutant}.diff"
    subprocess.run(["git", "apply", "--verbose", diff], cwd=copied, check=True)
    done = run_suites(copied)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "\n1 failed" in done.stdout, done.stdout
    assert "AssertionError" in done.stdout, done.stdout
    assert "Failing test case" in done.stdout, done.stdout


def test_the_present_package_lives(copied: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "import farmctl; print(farmctl.__file__)"],
        cwd=copied,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(shown.stdout.strip()) == copied / "farmctl/__init__.py"
    done = run_suites(copied)
    assert done.returncode == 0, done.stdout
