"""`farmctl ci`: what changed since a commit, sliced on both sides, measured and judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from farmctl.ci.cases import Case, dropped, pairs
from farmctl.ci.keeping import in_use, tidy
from farmctl.ci.outcome import Outcome
from farmctl.ci.report import Report, results
from farmctl.ci.settings import settings_changes
from farmctl.ci.trouble import kept_in
from farmctl.errors import InvalidDocuments
from farmctl.farm.golden.bases import base_commit
from farmctl.farm.golden.recording import baselines_of, not_measured
from farmctl.farm.golden.sides import FarmSide, Meshes
from farmctl.farm.golden.slices import Slices, Tell, Where
from farmctl.farm.golden.touching import touched
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farmrepo.files import (
    Entry,
    Files,
    committed_files,
    list_tree,
    work_tree_files,
)
from farmctl.farmrepo.layout import GOLDEN_MODELS, baseline_path
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.repository import Repository
from farmctl.ledger.state import State
from farmctl.model.baseline import Baseline, write_baseline
from farmctl.model.digest import Digest

_LOOKED_AT = (f"{GOLDEN_MODELS}/", "profiles/")
Place = tuple[str, str]


class Asked(Struct, frozen=True):
    """What a person asks for.

    Args:
        base: The commit to compare with; None takes what fits.
        rev: The commit after the change; None for files as they are.
        update: Whether what was measured is recorded.
        where: Where it is sliced, and kept.
    """

    base: str | None = None
    rev: str | None = None
    update: bool = False
    where: Where = Where()


def checked(farm: Farm, asked: Asked, tell: Tell) -> Report:
    """Return what a change does to the golden models; the ledger hears nothing of it.

    Raises NoBase, NoRevision; InvalidDocuments where a side cannot be read at all, or brings along
    what is believed to have been measured here; FolderFailed where nothing can be kept;
    ClusterFailed where no other machine slices. Then nothing is recorded.
    """
    state = farm.view().state
    slices = Slices(farm, asked.where)
    with farm.repository() as repository:
        base = base_commit(farm, repository, asked.base, asked.rev)
        old = committed_files(repository, base)
        new = _files(repository, asked.rev)
        for folder in (farm.state_folder, slices.workplace.folder):
            _refuse_brought(farm, repository, asked.rev or "HEAD", folder)
        head = repository.resolve(asked.rev) if asked.rev else "work tree"
        if not asked.update and not _differ(old.entries, new.entries):
            return Report(base, head)
        before = _side(farm, old, base, state)
        after = _side(farm, new, asked.rev, state)
        check = _Check(farm, asked, state, (before, after))
        with in_use(slices.workplace):
            report = check.report(base, head, tell)
        tidy(slices.workplace, farm.clock.now())
        return report


def _refuse_brought(farm: Farm, repository: Repository, rev: str, folder: Path) -> None:
    """Raise InvalidDocuments where git has files of the ledger's folder, or of that of slices.

    Slices and figures in it are not made again, and a slicer that it names is started: whoever
    writes it decides what comes out.
    """
    if not folder.is_relative_to(farm.folder):
        return
    name = folder.relative_to(farm.folder).as_posix()
    brought = list_tree(repository, repository.resolve(rev), name)
    if brought:
        raise InvalidDocuments(
            f"{min(brought)} is in git: figures, and the slicer to be used, would be what it says",
            f"git rm -r --cached {name}, or a folder elsewhere: FARMCTL_STATE=…, --cache",
        )


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
        self._slices = Slices(farm, asked.where)

    def report(self, base: str, head: str, tell: Tell) -> Report:
        """Return what is said of it."""
        before, after = self._before, self._after
        with kept_in(self._slices.workplace.folder):
            meshes = Meshes(self._slices.workplace.store)
            cases = after.cases(before, meshes)
            old = before.cases(None, meshes)
            changed = list(pairs(old, cases, before.production))
        wanted = [each.after for each in changed] + [e.before for e in changed if e.before]
        outcomes = self._slices.made([*wanted, *(cases if self._asked.update else ())], tell)
        updated = self._record(cases, outcomes) if self._asked.update else {}
        failed = not_measured(cases, outcomes) if self._asked.update else []
        recorded = {**after.snapshot.baselines, **updated}
        return Report(
            base=base,
            head=head,
            changes=tuple(
                sorted({*dropped(old, cases), *(why for each in changed for why in each.because)})
            ),
            settings=settings_changes(changed),
            results=results(changed, outcomes, recorded),
            problems=(*after.problems, *failed),
            touched=touched(self._state, before.shelf.desired, after.shelf.desired, changed),
            updated=tuple(sorted(baseline_path(*place) for place in updated)),
        )

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
