"""`farmctl ci`: what changed since a commit, sliced on both sides, measured and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from farmctl.ci.cases import Case, pairs
from farmctl.ci.cluster.fitness import Unfit
from farmctl.ci.keeping import in_use, mark_used, tidy
from farmctl.ci.measuring import Task, measured
from farmctl.ci.outcome import Outcome
from farmctl.ci.report import Report, results
from farmctl.ci.settings import settings_changes
from farmctl.ci.spread import spread
from farmctl.ci.trouble import kept_in
from farmctl.ci.workplace import Workplace
from farmctl.errors import InvalidDocuments, SlicerFailed
from farmctl.farm.golden.bases import base_commit
from farmctl.farm.golden.recording import baselines_of, not_measured
from farmctl.farm.golden.sides import FarmSide, Meshes
from farmctl.farm.golden.touching import touched
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farm.slices.slicers import slicers_here
from farmctl.farmrepo.files import Entry, Files, committed_files, work_tree_files
from farmctl.farmrepo.layout import GOLDEN_MODELS, baseline_path
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.repository import Repository
from farmctl.gcode.fast import pays
from farmctl.ledger.state import State
from farmctl.model.baseline import Baseline, write_baseline
from farmctl.model.digest import Digest
from farmctl.slicing.slicer import Slicer

FOLDER = "ci"
_MANY = 24
"""So many slices are measured sooner with loops that have to be compiled first."""
_LOOKED_AT = (f"{GOLDEN_MODELS}/", "profiles/")
Place = tuple[str, str]


class Asked(Struct, frozen=True):
    """What a person asks for.

    Args:
        base: The commit to compare with; None takes what fits.
        rev: The commit after the change; None for files as they are.
        jobs: How many slices at once on this machine.
        update: Whether what was measured is recorded.
        scheduler: The address of a Dask scheduler whose workers slice; None for this machine.
        cache: The folder of slices and figures; None for that of the farm.
    """

    base: str | None = None
    rev: str | None = None
    jobs: int = 1
    update: bool = False
    scheduler: str | None = None
    cache: Path | None = None


class Progress(Struct, frozen=True):
    """How far it is: so many of so many slices."""

    done: int
    total: int


Tell = Callable[[Progress | Unfit], None]
"""Hears how far it is, and of each worker of a cluster that is left out."""


def cache_of(farm: Farm, asked: Asked) -> Path:
    """Return where slices of golden models are kept."""
    return asked.cache or farm.state_folder / FOLDER


def checked(farm: Farm, asked: Asked, tell: Tell) -> Report:
    """Return what a change does to the golden models; the ledger hears nothing of it.

    Raises NoBase, NoRevision; InvalidDocuments where a side cannot be read at all; FolderFailed
    where nothing can be kept; ClusterFailed where no other machine slices. Then nothing is
    recorded.
    """
    state = farm.view().state
    with farm.repository() as repository:
        base = base_commit(farm, repository, asked.base, asked.rev)
        old = committed_files(repository, base)
        new = _files(repository, asked.rev)
        head = repository.resolve(asked.rev) if asked.rev else "work tree"
        if not asked.update and not _differ(old.entries, new.entries):
            return Report(base, head)
        before = _side(farm, old, base, state)
        after = _side(farm, new, asked.rev, state)
        check = _Check(farm, asked, state, (before, after))
        with in_use(check.workplace):
            report = check.report(base, head, tell)
        tidy(check.workplace, farm.clock.now())
        return report


def _files(repository: Repository, rev: str | None) -> Files:
    if rev is None:
        return work_tree_files(repository)
    return committed_files(repository, repository.resolve(rev))


def _differ(old: Mapping[str, Entry], new: Mapping[str, Entry]) -> bool:
    """Return whether anything is another that golden models depend on."""
    return _relevant(old) != _relevant(new)


def _relevant(entries: Mapping[str, Entry]) -> dict[str, str]:
    return {
        path: entry.blob
        for path, entry in entries.items()
        if path == FARM_FILE or path.startswith(_LOOKED_AT)
    }


def _side(farm: Farm, files: Files, rev: str | None, state: State) -> FarmSide:
    try:
        return FarmSide(files, Reading(files, farm.documents), rev, state)
    except InvalidDocuments as error:
        where = f"at {rev[:12]}" if rev else "as its files are"
        raise InvalidDocuments(f"{error.message} {where}", error.mend) from error


class _Check:
    """One comparison of two sides."""

    def __init__(
        self, farm: Farm, asked: Asked, state: State, sides: tuple[FarmSide, FarmSide]
    ) -> None:
        self._farm = farm
        self._asked = asked
        self._state = state
        self._before, self._after = sides
        self.workplace = Workplace(cache_of(farm, asked), farm.disk)
        self._meshes = Meshes(self.workplace.store)

    def report(self, base: str, head: str, tell: Tell) -> Report:
        """Return what is said of it."""
        before, after = self._before, self._after
        with kept_in(self.workplace.folder):
            cases = after.cases(before, self._meshes)
            changed = list(pairs(before.cases(None, self._meshes), cases, before.production))
        wanted = [each.after for each in changed] + [e.before for e in changed if e.before]
        outcomes = self._outcomes([*wanted, *(cases if self._asked.update else ())], tell)
        updated = self._record(cases, outcomes) if self._asked.update else {}
        failed = not_measured(cases, outcomes) if self._asked.update else []
        recorded = {**after.snapshot.baselines, **updated}
        return Report(
            base=base,
            head=head,
            changes=tuple(sorted({why for each in changed for why in each.because})),
            settings=settings_changes(changed),
            results=results(changed, outcomes, recorded),
            problems=(*after.problems, *failed),
            touched=touched(self._state, before.shelf.desired, after.shelf.desired, changed),
            updated=tuple(sorted(baseline_path(*place) for place in updated)),
        )

    def _outcomes(self, cases: Iterable[Case], tell: Tell) -> Mapping[Digest, Outcome]:
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
        if self._asked.scheduler is None:
            many = pays(0, many=len(tasks) >= _MANY)
            tasks = [replace(each, many=many) for each in tasks]
            return spread(measured, tasks, self._asked.jobs, in_threads=many)
        from farmctl.ci.cluster.slicing import on_cluster

        return on_cluster(self._asked.scheduler, tasks, self.workplace, tell)

    def _tasks(self, cases: Iterable[Case]) -> Iterator[Task]:
        programs = _Programs(self._farm)
        seen = set()
        for case in cases:
            if case.request is not None and case.request.key not in seen:
                seen.add(case.request.key)
                path = programs.path(case.slicer.program, case.request.slicer)
                yield Task(case.request, case.slicer.program, path, str(self.workplace.folder))

    def _record(
        self, cases: Sequence[Case], outcomes: Mapping[Digest, Outcome]
    ) -> Mapping[Place, Baseline]:
        """Write the baselines that are others than what was recorded; return them."""
        known = self._after.snapshot.baselines
        made = baselines_of(cases, outcomes, known)
        fresh = {place: each for place, each in made.items() if known.get(place) != each}
        for place, each in fresh.items():
            path = self._farm.folder / baseline_path(*place)
            self._farm.disk.replace(path, write_baseline(each))
        return fresh


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
