"""A connection to a scheduler: made in bounded time or not at all, and quiet."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from farmctl.ci.cluster.errors import INSTALL, ClusterFailed, no_worker
from farmctl.ci.cluster.worker import versions

if TYPE_CHECKING:  # an optional package
    from distributed import Client

CONNECT_S = 10.0
PATIENCE_S = 30.0
"""How long a cluster may be without a worker: a nanny starts one again in a few seconds."""

_NO_WARNING_B = 1024**3
"""Meshes travel with what is to be done with them, also large ones: that is meant."""

_LOGGERS = ("distributed", "distributed.client", "distributed.core", "tornado.application")


@contextmanager
def connected(address: str, patience_s: float = PATIENCE_S) -> Iterator[Client]:
    """Yield a client of the scheduler at an address, with a worker at least.

    Raises ClusterFailed: cluster-no-dask, cluster-no-scheduler, cluster-other-versions,
    cluster-no-worker.
    """
    client = _client(address)
    try:
        _check_scheduler(client, address)
        _wait_for_worker(client, address, patience_s)
        yield client
    finally:
        client.close(timeout=CONNECT_S)


def _client(address: str) -> Client:
    try:
        import dask  # noqa: PLC0415 - an optional package
        from distributed import Client  # noqa: PLC0415 - the same
    except ImportError as error:
        message = f"--backend dask needs a package that is not installed ({error.name})"
        raise ClusterFailed(message, INSTALL, "cluster-no-dask") from error
    for name in _LOGGERS:  # what goes wrong is said by name, once
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        asyncio.run(_hear(address))
        dask.config.set({"distributed.admin.large-graph-warning-threshold": _NO_WARNING_B})
        with warnings.catch_warnings():  # versions are compared worker by worker
            warnings.simplefilter("ignore")
            return Client(address, timeout=CONNECT_S, set_as_default=False)
    except Exception as error:  # whatever is at that port may answer anything
        said = str(error).partition("\n")[0] or type(error).__name__
        raise ClusterFailed(
            f"no Dask scheduler answers at {address}: {said}",
            "dask scheduler, or name the one that runs: --scheduler tcp://HOST:8786",
            "cluster-no-scheduler",
        ) from error


async def _hear(address: str) -> None:
    """Ask what is at an address: Dask's client would wait for ever for one that says nothing.

    Raises OSError, TimeoutError; anything for what speaks otherwise.
    """
    from distributed import rpc  # noqa: PLC0415 - an optional package

    async with asyncio.timeout(CONNECT_S), rpc(address, timeout=CONNECT_S) as there:
        found = (await there.identity())["type"]
    if found != "Scheduler":
        raise ConnectionRefusedError(f"it is a Dask {found.lower()}")


def _check_scheduler(client: Client, address: str) -> None:
    """Raise ClusterFailed unless the scheduler, which reads what it hands on, has this farmctl."""
    try:
        said = client.run_on_scheduler(versions).versions
    except Exception as error:  # noqa: BLE001 - whatever does not go together there
        said = f"no farmctl that answers ({type(error).__name__}: {error})"
    mine = versions().versions
    if said != mine:
        raise ClusterFailed(
            f"the scheduler at {address} has {said}, here it is {mine}",
            f"pip install 'farmctl[dask]=={versions().farmctl}' there too, and start it again",
            "cluster-other-versions",
        )


def _wait_for_worker(client: Client, address: str, patience_s: float) -> None:
    try:
        client.wait_for_workers(1, timeout=patience_s)
    except TimeoutError as error:
        raise no_worker(address, patience_s) from error
