"""Blocking work beside the event loop: slicers and git, in threads or inline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")


class Jobs(Protocol):
    """Runs blocking calls so that the loop goes on."""

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise what it raises."""
        ...


class ThreadJobs:
    """Threads, as many as there are workers."""

    def __init__(self, workers: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="farmctl-job")

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread and wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Wait for what runs and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class InlineJobs:
    """No threads: for simulations, where everything happens in one order."""

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` at once."""
        return work()
