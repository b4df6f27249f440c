"""Why a cluster did not do what was asked."""

from __future__ import annotations

from farmctl.errors import SlicerFailed

INSTALL = "pip install 'farmctl[dask]'"


class ClusterFailed(SlicerFailed):
    """The machines that should slice are not there, or not fit: nothing is said of the change.

    Args:
        message: What is wrong.
        mend: What to do about it.
        code: The stable code: cluster-no-dask, cluster-no-scheduler, cluster-no-worker,
            cluster-lost, or that of what no worker is fit for.
    """

    def __init__(self, message: str, mend: str, code: str) -> None:
        super().__init__(f"{message} ({code})", mend, code)


def no_worker(address: str, seconds: float) -> ClusterFailed:
    """Return why nothing goes on: the scheduler has had no worker for so long."""
    return ClusterFailed(
        f"the cluster at {address} has had no worker for {seconds:g} s",
        f"start one on each machine: dask worker {address} --nthreads 1",
        "cluster-no-worker",
    )


def lost(address: str, said: str) -> ClusterFailed:
    """Return why nothing goes on: the scheduler went away while slices were made."""
    return ClusterFailed(
        f"the scheduler at {address} went away: {said}",
        "start it again, then farmctl ci: what was sliced is kept by the workers",
        "cluster-lost",
    )
