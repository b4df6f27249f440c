"""A fresh folder for another program to work in, gone afterwards."""

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
