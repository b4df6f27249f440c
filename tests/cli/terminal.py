"""A real terminal: commands that ask are answered as a person does it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_MAIN = "import sys; from farmctl.cli.main import main; main(sys.argv[1:])"


@dataclass(frozen=True)
class Shown:
    """How a command ended, and what its terminal showed."""

    code: int
    text: str


def on_a_terminal(folder: Path, words: list[str], typed: str = "") -> Shown:
    """Type a command at a terminal, then what answers its questions."""
    return watch_a_terminal(folder, words, typed, lambda _: False)


def watch_a_terminal(
    folder: Path, words: list[str], typed: str, is_enough: Callable[[str], bool]
) -> Shown:
    """The same, with Ctrl-C as soon as what is shown is enough."""
    main_end, other_end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", _MAIN, "-C", str(folder), *words],
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
    ) as child:
        os.close(other_end)
        os.write(main_end, typed.encode())
        shown = b""
        is_told = False
        for chunk in iter(lambda: _read(main_end), b""):
            shown += chunk
            if not is_told and is_enough(shown.decode(errors="replace")):
                is_told = True
                child.send_signal(signal.SIGINT)
        code = child.wait(60)
    os.close(main_end)
    return Shown(code, shown.decode().replace("\r\n", "\n"))


def _read(end: int) -> bytes:
    try:
        return os.read(end, 4096)
    except OSError:  # the other end is closed: the command has ended
        return b""
