"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_POLL_S = 0.03


class Child:
    """A program in its own session, its output in a log file."""

    def __init__(self, argv: Sequence[str], *, cwd: Path, log: Path) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                list(argv),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - only the child can ask for it
            )

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Let it go on no further, as a machine that hangs does."""
        self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """Ask it to end, and wait. Raises TimeoutExpired after 20 s."""
        self._process.terminate()
        self._process.wait(20)

    def wait_for(self, is_so: Callable[[], bool], *, timeout_s: float, what: str) -> None:
        """Return when `is_so` says yes. Raises AssertionError when it ended or took too long."""
        deadline = time.monotonic() + timeout_s
        while not is_so():
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(_POLL_S)
                raise AssertionError(f"{what}: ended with {code}\n{self._tail()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not so after {timeout_s} s\n{self._tail()}")

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
