"""Where `farmctl ci` slices: on this machine, or on the workers of a Dask cluster."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

from farmctl.errors import UsageError

_EXAMPLE = "farmctl ci --backend dask --scheduler tcp://10.0.0.5:8786"


class Backend(StrEnum):
    """What joblib hands slices to."""

    LOKY = "loky"
    DASK = "dask"


def scheduler_of(backend: Backend, scheduler: str | None, jobs: int) -> str | None:
    """Return the address of the scheduler; None for this machine.

    Raises UsageError for what does not go together, and for what is no address.
    """
    if backend is Backend.LOKY:
        if scheduler is not None:
            raise UsageError("--scheduler is for --backend dask", _EXAMPLE)
        return None
    if scheduler is None:
        raise UsageError("--backend dask needs the address of a scheduler", _EXAMPLE)
    if jobs:
        raise UsageError(
            "--jobs counts slices on this machine; on a cluster its workers' threads count",
            "leave out --jobs, or start the workers with --nthreads",
        )
    return _address(scheduler)


def _address(said: str) -> str:
    """Return `tcp://HOST:PORT` or `tls://HOST:PORT`."""
    address = said if "://" in said else f"tcp://{said}"
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname and parts.port)
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in {"tcp", "tls"} or parts.path or parts.query:
        raise UsageError(f"`{said}` is no address of a scheduler", f"tcp://HOST:PORT: {_EXAMPLE}")
    return address
