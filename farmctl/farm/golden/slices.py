"""Slices of golden models: those that were made before, and those that are made now.

They are kept by content, under `.farmctl/ci` where nobody names another folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from farmctl.ci.cases import Case
from farmctl.ci.cluster.fitness import Unfit
from farmctl.ci.keeping import mark_used
from farmctl.ci.measuring import Task, known, measured
from farmctl.ci.outcome import Outcome
from farmctl.ci.trouble import kept_in
from farmctl.ci.workplace import Workplace
from farmctl.errors import SlicerFailed
from farmctl.farm.parts import Farm
from farmctl.farm.slices.slicers import slicers_here
from farmctl.gcode.fast import pays
from farmctl.model.digest import Digest
from farmctl.slicing.slicer import Slicer

FOLDER = "ci"
_MANY = 24
"""So many slices are measured sooner with loops that have to be compiled first."""


class Progress(Struct, frozen=True):
    """How far it is: so many of so many slices."""

    done: int
    total: int


Tell = Callable[[Progress | Unfit], None]
"""Hears how far it is, and of each worker of a cluster that is left out."""


class Where(Struct, frozen=True):
    """Where golden models are sliced, and kept.

    Args:
        jobs: How many slices at once on this machine.
        scheduler: The address of a Dask scheduler whose workers slice; None for this machine.
        cache: The folder of slices and figures; None for that of the farm.
    """

    jobs: int = 1
    scheduler: str | None = None
    cache: Path | None = None


class Slices:
    """The slices of a farm's golden models.

    Args:
        farm: Whose.
        where: Where they are made and kept.
    """

    def __init__(self, farm: Farm, where: Where) -> None:
        self._farm = farm
        self._where = where
        self.workplace = Workplace(where.cache or farm.state_folder / FOLDER, farm.disk)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was ever sliced here."""
        return self._farm.disk.stat(self.workplace.folder / "slices") is None

    def known(self, cases: Iterable[Case]) -> Mapping[Digest, Outcome]:
        """Return what was sliced and measured before; no slicer is looked for."""
        requests = {each.request.key: each.request for each in cases if each.request}
        found = {key: known(each, self.workplace) for key, each in requests.items()}
        return {key: each for key, each in found.items() if each is not None}

    def made(self, cases: Iterable[Case], tell: Tell) -> Mapping[Digest, Outcome]:
        """Return what comes of every case; what was not sliced before is sliced.

        Raises FolderFailed where nothing can be kept; ClusterFailed where no other machine slices.
        """
        # What takes longest comes first, so that no CPU waits for it in the end.
        tasks = list(self._tasks(sorted(cases, key=lambda each: -each.triangles)))
        outcomes: dict[Digest, Outcome] = {}
        tell(Progress(0, len(tasks)))
        for number, outcome in self._spread(tasks, tell):
            outcomes[tasks[number].request.key] = outcome
            tell(Progress(len(outcomes), len(tasks)))
        with kept_in(self.workplace.folder):
            mark_used(self.workplace, list(outcomes), self._farm.clock.now())
        return outcomes

    def _spread(self, tasks: Sequence[Task], tell: Tell) -> Iterator[tuple[int, Outcome]]:
        if self._where.scheduler is None:
            from farmctl.ci.spread import spread  # joblib: a rollback never needs it

            many = pays(0, many=len(tasks) >= _MANY)
            tasks = [replace(each, many=many) for each in tasks]
            return spread(measured, tasks, self._where.jobs, in_threads=many)
        from farmctl.ci.cluster.slicing import on_cluster

        return on_cluster(self._where.scheduler, tasks, self.workplace, tell)

    def _tasks(self, cases: Iterable[Case]) -> Iterator[Task]:
        programs = _Programs(self._farm)
        seen = set()
        for case in cases:
            if case.request is not None and case.request.key not in seen:
                seen.add(case.request.key)
                path = programs.path(case.slicer.program, case.request.slicer)
                yield Task(case.request, case.slicer.program, path, str(self.workplace.folder))


class _Programs:
    """Where the pinned builds are on this machine."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._known: dict[str, dict[Digest, Path]] = {}

    def path(self, program: str, digest: Digest) -> str:
        """Return where a build is; empty where this machine has it not."""
        if program not in self._known:
            self._known[program] = dict(self._found(program))
        return str(self._known[program].get(digest, ""))

    def _found(self, program: str) -> Iterator[tuple[Digest, Path]]:
        for each in slicers_here(self._farm, program):
            digest = _digest(each.slicer)
            if digest is not None:
                yield digest, each.found.path


def _digest(slicer: Slicer) -> Digest | None:
    try:
        return slicer.pin().digest
    except SlicerFailed:  # something else that is called like a slicer
        return None
