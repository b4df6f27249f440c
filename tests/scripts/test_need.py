"""The scripts themselves, on a PATH that has only what a test puts there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

ROOT = Path(__file__).parents[2]


def need(module: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"scripts.{module}"],
        cwd=ROOT,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_a_slicer_that_is_there_is_enough(tmp_path: Path) -> None:
    program(tmp_path, "prusa-slicer", "exit 0")
    assert need("need_slicer", tmp_path).returncode == 0


def test_without_apt_it_says_what_is_missing(tmp_path: Path) -> None:
    ended = need("need_slicer", tmp_path)
    assert ended.returncode == 1
    assert "error: PrusaSlicer is missing" in ended.stderr
    assert "mend: install what your system calls prusa-slicer" in ended.stderr


def test_with_apt_it_is_installed_or_the_command_is_said(tmp_path: Path) -> None:
    program(tmp_path, "sudo", 'shift; exec "$@"')
    program(tmp_path, "true", "exit 0")
    program(tmp_path, "apt-get", f'[ "$1" = update ] || : > {tmp_path}/asked; exit 1')
    ended = need("need_slicer", tmp_path)
    assert ended.returncode == 1
    assert (tmp_path / "asked").exists()
    assert "apt-get install -y prusa-slicer\n" in ended.stderr

    fake = f"{tmp_path}/prusa-slicer"
    program(tmp_path, "apt-get", f"printf '#!/bin/sh\\n' > {fake}; /bin/chmod +x {fake}")
    assert need("need_slicer", tmp_path).returncode == 0


def test_a_missing_compiler_is_named(tmp_path: Path) -> None:
    ended = need("need_servers", tmp_path)
    assert ended.returncode == 1
    assert "gcc" in ended.stderr.partition("mend: ")[2]
