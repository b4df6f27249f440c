"""What golden models come to with a version of a profile: recorded, sliced before, or sliced now.

What is recorded counts first: it is the same in every clone, and nothing waits for a slicer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from farmctl.ci.cases import Case
from farmctl.ci.comparison import Compared, Comparison, compared
from farmctl.ci.figures import flat
from farmctl.ci.keeping import in_use
from farmctl.ci.outcome import Failed, Measured, Outcome
from farmctl.ci.verdict import recorded
from farmctl.errors import FarmctlError
from farmctl.farm.golden.sides import FarmSide, Meshes
from farmctl.farm.golden.slices import Slices, Tell, Where
from farmctl.farm.parts import Farm
from farmctl.farmrepo.files import committed_files, list_tree
from farmctl.farmrepo.layout import GOLDEN_MODELS
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.repository import Repository
from farmctl.ledger.state import State
from farmctl.model.baseline import Figures
from farmctl.model.digest import Digest
from farmctl.system.processes import usable_cpus

Spot = tuple[str, str]
"""Class and golden model."""


class Versions(Struct, frozen=True):
    """What is to be compared.

    Args:
        commit: The farm as it is there.
        profile: Which profile.
        after: The version that comes.
        before: The one that goes; None for none.
        tell: Hears how far slicing is; None where nothing may be sliced.
    """

    commit: str
    profile: str
    after: str
    before: str | None
    tell: Tell | None = None


def comparison(
    farm: Farm, repository: Repository, state: State, asked: Versions
) -> Comparison | None:
    """Return what golden models say of two versions; None where none counts for the profile.

    What cannot be read keeps nobody from moving a channel: it is said.
    """
    if not list_tree(repository, asked.commit, GOLDEN_MODELS):
        return None
    try:
        files = committed_files(repository, asked.commit)
        side = FarmSide(files, Reading(files, farm.documents), asked.commit, state)
        found = _Looking(farm, side, asked).found()
    except FarmctlError as error:
        return Comparison(asked.after, asked.before, problem=error.message)
    except OSError as error:
        return Comparison(asked.after, asked.before, problem=f"{error.strerror or error}")
    return _said(found, side)


def as_recorded(side: FarmSide, profile: str, version: str) -> Comparison | None:
    """Return what is recorded of a version; None where no golden model counts for the profile."""
    cases = side.version(profile, version, None)
    baselines = side.snapshot.baselines
    rows = (compared(each, None, recorded(each, baselines), baselines, None) for each in cases)
    return _said(Comparison(version, None, tuple(rows)), side)


def _said(found: Comparison, side: FarmSide) -> Comparison | None:
    """Return a comparison of nothing as why that is: no slicer is pinned, or no model counts."""
    if found.rows:
        return found
    why = side.problems[0].message if side.problems else ""
    return replace(found, problem=why) if why else None


class _Looking:
    """One comparison."""

    def __init__(self, farm: Farm, side: FarmSide, asked: Versions) -> None:
        self._farm = farm
        self._side = side
        self._asked = asked
        self._slices = Slices(farm, Where(jobs=max(1, len(usable_cpus()))))
        self._recorded = {
            version: dict(self._kept(version)) for version in (asked.after, asked.before) if version
        }

    def found(self) -> Comparison:
        asked = self._asked
        if asked.tell is None or not self._lacks_some:
            made = self._made(self._slices.known)
        else:
            with in_use(self._slices.workplace):
                made = self._made(partial(self._slices.made, tell=asked.tell))
        return Comparison(asked.after, asked.before, tuple(self._rows(made)))

    @property
    def _lacks_some(self) -> bool:
        """Return whether something is not recorded."""
        return any(None in kept.values() for kept in self._recorded.values())

    def _rows(self, made: Mapping[tuple[str, Spot], Figures | Failed]) -> Iterator[Compared]:
        asked, baselines = self._asked, self._side.snapshot.baselines
        for case in self._side.version(asked.profile, asked.after, None):
            spot = _spot(case)
            before = made.get((asked.before or "", spot))
            known = None if isinstance(before, Failed) else before
            yield compared(case, known, made.get((asked.after, spot)), baselines, asked.before)

    def _kept(self, version: str) -> Iterator[tuple[Spot, Figures | None]]:
        for case in self._side.version(self._asked.profile, version, None):
            yield _spot(case), recorded(case, self._side.snapshot.baselines)

    def _made(
        self, asked: Callable[[Sequence[Case]], Mapping[Digest, Outcome]]
    ) -> Mapping[tuple[str, Spot], Figures | Failed]:
        """Return what is recorded, and what slices come to: by version, class and model."""
        cases = list(self._missing())
        outcomes = asked(cases)
        found: dict[tuple[str, Spot], Figures | Failed] = {
            (version, spot): figures
            for version, kept in self._recorded.items()
            for spot, figures in kept.items()
            if figures is not None
        }
        for case in cases:
            outcome = _outcome(case, outcomes)
            if outcome is not None:
                found[case.target.version, _spot(case)] = outcome
        return found

    def _missing(self) -> Iterator[Case]:
        """Yield what is not recorded, ready to slice; nothing where it could not be known."""
        if self._asked.tell is None and self._slices.is_empty:
            return
        meshes = Meshes(self._slices.workplace.store)
        for version, kept in self._recorded.items():
            if None in kept.values():
                full = self._side.version(self._asked.profile, version, meshes)
                yield from (case for case in full if kept.get(_spot(case)) is None)


def _spot(case: Case) -> Spot:
    return case.printer_class, case.model.name


def _outcome(case: Case, outcomes: Mapping[Digest, Outcome]) -> Figures | Failed | None:
    if case.request is None:
        return Failed("golden-not-sliceable", case.why_not, "farmctl validate")
    outcome = outcomes.get(case.request.key)
    return flat(outcome.figures) if isinstance(outcome, Measured) else outcome
