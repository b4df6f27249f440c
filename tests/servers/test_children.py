"""Children end with their parent, and say why they ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import install
from tests.servers.children import Child
from tests.servers.install import ROOT

pytestmark = pytest.mark.pure

PARENT = """
import os, signal, sys
from pathlib import Path
from tests.servers.children import Child
child = Child(["sleep", "600"], cwd=Path("."), log=Path(sys.argv[1]))
print(child._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_child_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    parent = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert parent.returncode == -signal.SIGKILL
    pid = parent.stdout.strip()
    watcher = Child(["tail", "--pid", pid, "-f", "/dev/null"], cwd=ROOT, log=tmp_path / "watch")
    with pytest.raises(AssertionError, match="ended with 0"):
        watcher.wait_for(lambda: False, timeout_s=10, what=f"process {pid}")


def test_a_child_that_ends_too_early_shows_its_last_words(tmp_path: Path) -> None:
    child = Child(["sh", "-c", "echo no printer; exit 3"], cwd=ROOT, log=tmp_path / "log")
    with pytest.raises(AssertionError, match=r"(?s)a printer: ended with 3.*no printer"):
        child.wait_for(lambda: False, timeout_s=10, what="a printer")


def test_waiting_ends(tmp_path: Path) -> None:
    child = Child(["sleep", "600"], cwd=ROOT, log=tmp_path / "log")
    with pytest.raises(AssertionError, match=r"not so after 0\.1 s"):
        child.wait_for(lambda: False, timeout_s=0.1, what="it")
    child.kill()


def test_missing_packages_are_named_with_the_command(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    monkeypatch.setattr(install, "BUILD", tmp_path)
    with pytest.raises(SystemExit, match="sudo apt-get install gcc libsodium23"):
        install.installed("klipper")
