"""`demo`: a farm of two classes from orders to parts, from the source tree and from a wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from farmctl.errors import Exit
from tests.floor.small_farm import facts_in, state_of, type_in

pytestmark = pytest.mark.slicer

ROOT = Path(__file__).parents[2]
WITHIN_S = 90
TABLE = [
    "ORDER  ITEM     MADE    STATE",
    "ord-1  bracket  4 of 4  fulfilled",
    "ord-1  gear     2 of 2  fulfilled",
    "ord-2  clip     6 of 6  fulfilled",
    "ord-2  guide    2 of 2  fulfilled",
]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], list[str]]:
    """A demo that was run to its end: its folder, what it shows and what it says."""
    folder = tmp_path_factory.mktemp("demo") / "farm"
    done = type_in(folder.parent, "demo", "--at", str(folder))
    assert done.code == 0, done.err
    return folder, done.out.splitlines(), done.err.splitlines()


Played = tuple[Path, list[str], list[str]]


def test_it_ends_with_a_table_of_what_was_made(played: Played) -> None:
    _, shown, _ = played
    assert [line for line in shown if line][:5] == TABLE
    (sums,) = (line for line in shown if " parts, in " in line)
    assert " prints on 3 virtual printers, 14 parts, in " in sums
    assert int(sums.split()[-2]) < WITHIN_S


def test_it_says_what_to_try_next(played: Played) -> None:
    folder, shown, _ = played
    tries = [line.strip().partition("  ")[0] for line in shown if line.startswith("  ")]
    assert tries[0] == f"cd {folder}"
    for line in tries[1:]:
        command = line.split()[1]
        assert type_in(folder, command, "--help").code == 0
    assert shown[-1] == "Your own next: farmctl init ~/farm"


def test_progress_is_told_from_plan_to_end(played: Played) -> None:
    folder, _, said = played
    assert said[0].startswith(f"made {folder}: 3 virtual printers, 2 orders")
    for item in ("ord-1/bracket", "ord-1/gear", "ord-2/clip", "ord-2/guide"):
        assert f"build plan {item}@1: approved" in said
    assert [line for line in said if line.endswith(": completed")]
    assert {line for line in said if line.endswith("is fulfilled")} == {
        "ord-1 is fulfilled",
        "ord-2 is fulfilled",
    }


def test_printers_of_two_classes_print_and_one_bed_waits_for_a_person(played: Played) -> None:
    folder, _, said = played
    state = state_of(folder)
    classes = {each["data"]["printer_class"] for each in facts_in(folder, "plate.composed")}
    assert classes == {"generic-250@1.0.0", "voron-350@1.0.0"}
    assert {each["data"]["printer"] for each in facts_in(folder, "run.queued")} >= {
        "sim-1",
        "sim-3",
    }
    assert "(somebody clears sim-3: farmctl clear sim-3)" in said
    waited = said.index("(somebody clears sim-3: farmctl clear sim-3)")
    assert any(line.endswith("farmctl clear sim-3") for line in said[2:waited])
    cleared = [each["data"] for each in facts_in(folder, "bed.cleared")]
    assert {"person", "ejector"} == {each["by"] for each in cleared}
    assert len(state.closed) == 2


def test_it_does_not_run_over_a_farm_that_is_there(played: Played) -> None:
    folder, _, _ = played
    done = type_in(folder, "demo", "--at", str(folder))
    assert done.code == Exit.FAILED
    assert "is a farm already" in done.err


def bare(folder: Path) -> Path:
    """A new virtual environment that has farmctl's dependencies, and no farmctl."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = (folder / "lib").glob("python3.*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    missing = subprocess.run(
        [str(folder / "bin/python"), "-c", "import typer, numpy, duckdb; import farmctl.cli"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No module named 'farmctl" in missing.stderr
    return folder / "bin/python"


@pytest.mark.slow
def test_the_demo_runs_from_a_wheel_without_the_source_tree(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "wheel", *offline, "--no-build-isolation", "-w", str(tmp_path), str(ROOT)],
        check=True,
    )
    (wheel,) = tmp_path.glob("farmctl-*.whl")
    python = bare(tmp_path / "venv")
    subprocess.run([*pip, "--python", str(python), "install", *offline, str(wheel)], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def run(*argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            cwd=elsewhere,
            env={"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"]},
            capture_output=True,
            text=True,
            timeout=3 * WITHIN_S,
            check=False,
        )

    where = run(str(python), "-c", "import farmctl; print(farmctl.__file__)").stdout.strip()
    assert Path(where).is_relative_to(tmp_path / "venv")
    done = run(str(python.with_name("farmctl")), "demo", "--at", str(elsewhere / "farm"))
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line][:5] == TABLE
    assert str(ROOT) not in (elsewhere / "farm/farm.yaml").read_text()
