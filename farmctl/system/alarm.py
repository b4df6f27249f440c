"""An end to what takes too long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def alarm(after_s: float, ring: Callable[[], object]) -> Iterator[None]:
    """Call `ring` from another thread unless the block ends within `after_s` seconds."""
    timer = threading.Timer(after_s, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
