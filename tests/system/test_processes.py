"""Programs that farmctl starts end with it, however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

pytestmark = pytest.mark.pure

_PARENT = """
import sys
from pathlib import Path
from threading import Thread
from farmctl.system.processes import Limits, RealProcesses

def work():
    RealProcesses().run(
        ["sh", "-c", "echo $$ > pid; exec sleep 600"],
        cwd=Path(),
        env={"PATH": "/usr/bin:/bin"},
        limits=Limits(600.0),
    )

Thread(target=work, daemon=True).start()
sys.stdin.read()
"""


@pytest.mark.parametrize("is_killed", [True, False])
def test_what_a_thread_started_ends_with_its_process(tmp_path: Path, is_killed: bool) -> None:
    os.mkfifo(tmp_path / "pid")
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
    ) as parent:
        child = os.pidfd_open(int((tmp_path / "pid").read_text()))
        if is_killed:
            parent.kill()
    ended, _, _ = select([child], [], [], 60)
    os.close(child)
    assert ended == [child]
