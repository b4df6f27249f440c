"""Lock files as git makes them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from farmctl.system.disk import Busy
from farmctl.system.lockfile import lock_file

MARKER = b"held by a test\n"


def test_the_file_is_there_while_it_is_held_and_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "index.lock"
    with lock_file(path, MARKER, wait_s=0):
        assert path.read_bytes() == MARKER
    assert not path.exists()


def test_it_is_gone_after_an_error_too(tmp_path: Path) -> None:
    path = tmp_path / "index.lock"
    with pytest.raises(ValueError, match="inside"), lock_file(path, MARKER, wait_s=0):
        raise ValueError("inside")
    assert not path.exists()


def test_a_file_of_somebody_else_is_waited_for_and_left(tmp_path: Path) -> None:
    path = tmp_path / "index.lock"
    path.write_bytes(b"somebody else's")
    with pytest.raises(Busy) as caught, lock_file(path, MARKER, wait_s=0.02):
        raise AssertionError("it was not held")
    assert caught.value.message == "index.lock is held by another process"
    assert str(path) in caught.value.mend
    assert path.read_bytes() == b"somebody else's"


def test_a_file_with_our_marker_was_left_by_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "index.lock"
    path.write_bytes(MARKER)
    with lock_file(path, MARKER, wait_s=0):
        assert path.exists()
    assert not path.exists()


def test_git_respects_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with lock_file(tmp_path / ".git/index.lock", MARKER, wait_s=0):
        done = subprocess.run(
            ["git", "-C", str(tmp_path), "commit", "-q", "--allow-empty", "-m", "x"],
            capture_output=True,
            check=False,
        )
    assert done.returncode != 0
    assert b"index.lock" in done.stderr
