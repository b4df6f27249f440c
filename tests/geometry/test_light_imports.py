"""What `farmctl status`, planning and slicing import does not pull in numpy or trimesh."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

HEAVY = ("numpy", "trimesh", "scipy", "lxml")
LIGHT = ["report", "findings", "fit", "archive", "package", "clean_mesh", "footprint", "overlap"]


def imported(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(ended.stdout.split())


def test_the_light_half_of_the_room_needs_the_standard_library_alone() -> None:
    modules = ", ".join(f"farmctl.geometry.{name}" for name in [*LIGHT, "threemf"])
    assert (
        imported(f"import farmctl.artifacts.store, farmctl.artifacts.lineage, {modules}") == set()
    )


def test_preflight_of_an_stl_needs_no_trimesh() -> None:
    code = "from farmctl.geometry.preflight import preflight\n"
    code += "from farmctl.testing.parts import box\npreflight(box(), 'box.stl')"
    assert imported(code) == {"numpy"}
