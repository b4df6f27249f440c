"""`farmctl run` as a process of its own, which is killed or frozen by its number."""

from __future__ import annotations

import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.loop.shell import FARMCTL, PATIENCE_S

_ENDED = re.compile(r"^\S+  (run-\d+)  .*: (completed|failed|aborted)\b", re.MULTILINE)
_CONTROLLED = "another farmctl acts on this farm already"


@dataclass(frozen=True)
class Ended:
    """How a controller ended: its exit code, negative for a signal, and what it said."""

    code: int
    said: str

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return the ends of prints that it told of: a run, and the word."""
        return _ENDED.findall(self.said)


class Controller:
    """A controller that works until it is ended.

    Args:
        folder: The farm's.
        log: Where what it says goes; a fresh file.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [FARMCTL, "-C", folder, "run"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        """Return its number: it is stopped by that alone."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether it has not ended yet."""
        return self._process.poll() is None

    def freeze(self) -> None:
        """Let it stand still wherever it is, with all its locks."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if no time had passed."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> Ended:
        """End it without a word."""
        return self._end(signal.SIGKILL)

    def stop(self) -> Ended:
        """Ask it to end, as a service manager does."""
        return self._end(signal.SIGTERM)

    def _end(self, by: signal.Signals) -> Ended:
        self._process.send_signal(by)
        code = self._process.wait(PATIENCE_S)
        return Ended(code, self._log.read_text())


def is_refused_beside(folder: Path) -> bool:
    """Start a second controller beside one that lives, and return whether it was sent away."""
    second = subprocess.run(
        [FARMCTL, "-C", folder, "run", "--once"],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    return second.returncode == 4 and _CONTROLLED in second.stderr
