"""joblib's Dask backend, and what it leaves to others: tasks that die, and a cluster that is gone.

joblib 1.6 hears of a task that ends well or raises, and waits for ever for one that Dask gave up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from distributed import Client, KilledWorker
from joblib._dask import DaskDistributedBackend
from tornado.ioloop import PeriodicCallback

from farmctl.ci.cluster.errors import lost, no_worker
from farmctl.errors import FarmctlError

KILLED: tuple[None, ...] = (None,)
"""In place of a result: the task took its worker with it, as often as the scheduler tried."""

_LOOK_S = 1.0
Callback = Callable[[object], None]


class ClusterBackend(DaskDistributedBackend):  # type: ignore[misc]  # joblib - has no types
    """joblib on a cluster, with an end to each wait.

    Args:
        client: Connected to the scheduler.
        patience_s: How long the cluster may be without any worker that may work.
        only: The addresses of those; None for all. Not a wish but a must: Dask's work stealing
            takes a wish for none as soon as another worker is idle.
    """

    def __init__(
        self, client: Client, patience_s: float, only: frozenset[str] | None = None
    ) -> None:
        where = {} if only is None else {"workers": sorted(only)}
        super().__init__(client=client, wait_for_workers_timeout=patience_s, **where)
        self._patience_s = patience_s
        self._only = only
        self._waiting: dict[Future[object], Callback] = {}
        self._alone_s = 0.0
        self._watch: PeriodicCallback | None = None

    def effective_n_jobs(self, n_jobs: int) -> int:
        """Return how many run at once: at least two, since joblib does one alone by itself."""
        return max(2, int(super().effective_n_jobs(n_jobs)))

    def start_call(self) -> None:
        """Begin to look after the cluster too."""
        super().start_call()
        self.client.loop.add_callback(self._start_watch)

    def stop_call(self) -> None:
        """End that."""
        super().stop_call()
        self.client.loop.add_callback(self._stop_watch)

    def submit(self, func: object, callback: Callback) -> Future[object]:
        """Send a task; `callback` hears of its end, however it ends."""
        future: Future[object] = super().submit(func, callback)
        self._waiting[future] = callback
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[object]) -> None:
        callback = self._waiting.pop(future, None)
        error = future.exception()
        if callback is not None and error is not None:
            callback(KILLED if isinstance(error, KilledWorker) else error)

    def _start_watch(self) -> None:
        self._watch = PeriodicCallback(self._look, _LOOK_S * 1000)
        self._watch.start()

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.stop()

    async def _look(self) -> None:
        workers = await self._workers()
        fit = workers if workers is None or self._only is None else workers & self._only
        self._alone_s = 0.0 if fit else self._alone_s + _LOOK_S
        if self._alone_s < self._patience_s:
            return
        address = str(self.client.scheduler.address)
        if workers is None:
            self._give_up(lost(address, "it does not answer"))
        elif workers:  # one that died may be back, with another address
            self._give_up(KILLED)
        else:
            self._give_up(no_worker(address, self._patience_s))

    async def _workers(self) -> frozenset[str] | None:
        """Return the addresses of all; None where the scheduler does not say."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                return frozenset(await self.client.scheduler.ncores())
        return None

    def _give_up(self, why: FarmctlError | tuple[None, ...]) -> None:
        for future in list(self._waiting):
            callback = self._waiting.pop(future, None)
            if callback is not None:
                callback(why)
