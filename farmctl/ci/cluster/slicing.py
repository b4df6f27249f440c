"""The slices of a run on a cluster: what is known here is not sent, and what comes back is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from farmctl.ci.cluster.connection import PATIENCE_S, connected
from farmctl.ci.cluster.parcel import Parcel
from farmctl.ci.cluster.spreading import Spreading, Told
from farmctl.ci.cluster.worker import versions
from farmctl.ci.measuring import Task
from farmctl.ci.outcome import Outcome
from farmctl.ci.trouble import kept_in
from farmctl.ci.workplace import Workplace


def on_cluster(
    address: str, tasks: Sequence[Task], workplace: Workplace, told: Told
) -> Iterator[tuple[int, Outcome]]:
    """Yield the number of each task with what came of it, as it comes.

    Args:
        address: The scheduler's, `tcp://HOST:PORT`.
        tasks: The slices; nobody asks a cluster where all are known.
        workplace: Where this machine keeps slices.
        told: Hears of each worker that is left out, once.

    Raises ClusterFailed; FolderFailed where nothing can be kept; MissingArtifact and
    DamagedArtifact for a mesh.
    """
    unknown: list[int] = []
    for number, task in enumerate(tasks):
        known = workplace.known(task.request)
        if known is None:
            unknown.append(number)
        else:
            yield number, known
    if not unknown:
        return
    parcels = [_parcel(tasks[number], workplace) for number in unknown]
    with connected(address) as client:
        for place, delivery in Spreading(client, PATIENCE_S, told).deliveries(parcels):
            number = unknown[place]
            with kept_in(workplace.folder):
                outcome = workplace.take(tasks[number].request, delivery)
            yield number, outcome


def _parcel(task: Task, workplace: Workplace) -> Parcel:
    digests = sorted({part.mesh for part in task.request.parts})
    meshes = tuple(map(workplace.store.get, digests))
    return Parcel(task.request, task.program, meshes, versions(), task.limits)
