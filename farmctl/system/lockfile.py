"""Lock files in the manner of git: made exclusively, held while they exist."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farmctl.system.disk import Busy

_POLL_S = 0.005


@contextmanager
def lock_file(path: Path, marker: bytes, *, wait_s: float) -> Iterator[None]:
    """Hold a lock file for the length of a block. Raises Busy after `wait_s`.

    A lock file that holds `marker` was left by a process that was killed: who uses one marker must
    exclude each other by another lock.
    """
    deadline = time.monotonic() + wait_s
    while not _take(path, marker):
        if time.monotonic() >= deadline:
            raise Busy(
                f"{path.name} is held by another process", f"wait for it; if none runs, rm {path}"
            )
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _take(path: Path, marker: bytes) -> bool:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return _holds(path, marker)
    try:
        os.write(fd, marker)
    finally:
        os.close(fd)
    return True


def _holds(path: Path, marker: bytes) -> bool:
    try:
        return path.read_bytes() == marker
    except FileNotFoundError:
        return False
