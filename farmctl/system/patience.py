"""Waiting for a library's call that Python itself cannot end: by the clock, or by Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def wait_for(work: Callable[[], T], limit_s: float, stop: Callable[[], object]) -> T:
    """Return what `work` returns, or raise what it raises; `stop` makes it end soon.

    Raises TimeoutError after `limit_s`, and KeyboardInterrupt at once, when `work` has ended.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="farmctl-question") as pool:
        try:
            return pool.submit(work).result(limit_s)
        except (TimeoutError, KeyboardInterrupt):
            stop()
            raise
