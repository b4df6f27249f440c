"""Fresh folders: for another program to work in, or to stay."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """Yield an empty folder of our own; it and all in it are removed at the end."""
    with tempfile.TemporaryDirectory(prefix="farmctl-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def lasting_folder(prefix: str) -> Path:
    """Return a new empty folder of our own that stays."""
    return Path(tempfile.mkdtemp(prefix=prefix))
