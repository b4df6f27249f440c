"""Compiled loops are kept for the next process, and work as well where they cannot be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.gcode.compiled import jit

pytestmark = pytest.mark.pure


def doubled(length: int) -> int:
    return 2 * length


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "kept"
    found.mkdir()
    monkeypatch.setattr(jit, "FOLDER", str(found))
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.nb*")}


def test_what_was_compiled_is_kept_and_found_again(folder: Path) -> None:
    assert jit.outer(doubled)(21) == 42
    kept = files(folder)
    assert {Path(name).suffix for name in kept} == {".nbi", ".nbc"}
    assert jit.outer(doubled)(4) == 8
    assert files(folder) == kept


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", [lambda _: b"", lambda raw: raw[:-9], lambda raw: b"\x80" + raw])
def test_what_is_damaged_is_compiled_again_and_mended(
    folder: Path, kind: str, damage: Callable[[bytes], bytes]
) -> None:
    jit.outer(doubled)(1)
    for path in folder.rglob(f"*.{kind}"):
        path.write_bytes(damage(path.read_bytes()))
    loop = jit.outer(doubled)
    assert (loop(21), loop(4)) == (42, 8)
    assert not folder.exists()
    assert jit.outer(doubled)(5) == 10
    assert {Path(name).suffix for name in files(folder)} == {".nbi", ".nbc"}


def test_a_folder_that_is_lost_meanwhile_costs_only_time(folder: Path) -> None:
    loop = jit.outer(doubled)
    for path in folder.iterdir():
        path.rmdir()
    folder.rmdir()
    folder.write_text("no folder any more")
    assert (loop(21), loop(4)) == (42, 8)


def test_a_mistake_in_the_call_is_not_hidden(folder: Path) -> None:
    loop = jit.outer(doubled)
    for _ in range(2):
        with pytest.raises(Exception, match="Cannot determine Numba type"):
            loop({})


def test_without_a_folder_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "FOLDER", None)
    assert jit.outer(doubled)(21) == 42
    assert files(folder) == {}


_MEASURE = """
from farmctl.gcode.limits import KlipperLimits
from farmctl.gcode.loops import PLAIN, compiled
from farmctl.gcode.summary import Filament
from farmctl.gcode.tally import tally

raw, limits = b"M83\\nG1 Z.2\\nG1 X9 E1\\nG2 X0 I3 E1\\n", KlipperLimits(300, 3000, 15, 200, 80, 800)
ours, theirs = (
    tally(loops.legs(raw, limits), [Filament(1.75, 1.24)], (), loops.flows)
    for loops in (compiled(), PLAIN)
)
assert ours == theirs and ours.layers == 1
"""


def test_a_machine_without_a_place_for_caches_measures_the_same_and_says_nothing() -> None:
    surroundings = {"XDG_CACHE_HOME": "/dev/null/none", "PYTHONPATH": ":".join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", _MEASURE], env=surroundings, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
