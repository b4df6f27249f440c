"""Slices of golden models: those that were made before, and those that are made now.

They are kept under `.farmctl/ci` by content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from farmctl.artifacts.store import ArtifactStore
from farmctl.ci.cases import Case
from farmctl.ci.measuring import Task, known, measured
from farmctl.ci.outcome import Outcome
from farmctl.errors import SlicerFailed
from farmctl.farm.golden.sides import Meshes
from farmctl.farm.parts import Farm
from farmctl.farm.slices.slicers import slicers_here
from farmctl.model.digest import Digest
from farmctl.slicing.slicer import Slicer

FOLDER = "ci"


class Progress(Struct, frozen=True):
    """How far it is: so many of so many slices."""

    done: int
    total: int


Tell = Callable[[Progress], None]


def meshes_of(farm: Farm) -> Meshes:
    """Return the meshes of a farm's golden models."""
    return Meshes(ArtifactStore(farm.state_folder / FOLDER / "artifacts", farm.disk))


class Slices:
    """The slices of a farm's golden models.

    Args:
        farm: Whose.
        jobs: How many are made at once.
    """

    def __init__(self, farm: Farm, jobs: int = 1) -> None:
        self._farm = farm
        self._folder = farm.state_folder / FOLDER
        self._jobs = jobs

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was ever sliced here."""
        return self._farm.disk.stat(self._folder / "slices") is None

    def known(self, cases: Iterable[Case]) -> Mapping[Digest, Outcome]:
        """Return what was sliced and measured before; no slicer is looked for."""
        requests = {each.request.key: each.request for each in cases if each.request}
        found = {key: known(each, self._folder) for key, each in requests.items()}
        return {key: each for key, each in found.items() if each is not None}

    def made(self, cases: Iterable[Case], tell: Tell) -> Mapping[Digest, Outcome]:
        """Return what comes of every case; what was not sliced before is sliced."""
        from farmctl.ci.spread import spread  # joblib: a rollback never needs it

        tasks = list(self._tasks(cases))
        outcomes: dict[Digest, Outcome] = {}
        tell(Progress(0, len(tasks)))
        for number, outcome in spread(measured, tasks, self._jobs):
            outcomes[tasks[number].request.key] = outcome
            tell(Progress(len(outcomes), len(tasks)))
        return outcomes

    def _tasks(self, cases: Iterable[Case]) -> Iterator[Task]:
        programs = _Programs(self._farm)
        seen = set()
        for case in cases:
            if case.request is not None and case.request.key not in seen:
                seen.add(case.request.key)
                path = programs.path(case.slicer.program, case.request.slicer)
                yield Task(case.request, case.slicer.program, path, str(self._folder))


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
