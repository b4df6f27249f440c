"""Commands typed in shells of their own: each is a process, as people have them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.floor.small_farm import facts_in, wait_until

FARMCTL = Path(sys.executable).parent / "farmctl"
PATIENCE_S = 180.0


@dataclass(frozen=True)
class Typed:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def type_in(folder: Path, *words: str) -> Typed:
    """Type a command in a shell of its own, and wait until it ends."""
    done = subprocess.run(
        [FARMCTL, "-C", folder, *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    return Typed(done.returncode, done.stdout, done.stderr)


def run_until_idle(folder: Path) -> Typed:
    """Keep the farm going until nothing more happens by itself."""
    return type_in(folder, "run", "--until-idle")


@dataclass
class Shell:
    """A command that is still running."""

    process: subprocess.Popen[str]
    ended: Typed | None = None

    def interrupt(self) -> Typed:
        """Press Ctrl-C, and return how it ended."""
        return self._end(signal.SIGINT)

    def terminate(self) -> Typed:
        """Stop it as a service manager does, and return how it ended."""
        return self._end(signal.SIGTERM)

    def kill(self) -> Typed:
        """End it without a word."""
        return self._end(signal.SIGKILL)

    def _end(self, by: signal.Signals) -> Typed:
        self.process.send_signal(by)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        self.ended = Typed(self.process.returncode, out, err)
        return self.ended


@contextmanager
def shell(argv: Sequence[str | Path]) -> Iterator[Shell]:
    """Start a program; it is stopped at the end of the block, if it still runs."""
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        here = Shell(process)
        try:
            yield here
        finally:
            if here.ended is None:
                here.kill()


@contextmanager
def running(folder: Path) -> Iterator[Shell]:
    """Keep a farm going in another shell for the length of a block."""
    tenures = _tenures(folder)
    with shell([FARMCTL, "-C", folder, "run"]) as here:
        wait_until(folder, lambda _: _tenures(folder) > tenures)
        yield here


def _tenures(folder: Path) -> int:
    return len(facts_in(folder, "controller.started"))
