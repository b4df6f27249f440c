"""A farm before and after a change: its profiles, classes, slicers and golden models, as cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from farmctl.artifacts.store import ArtifactStore
from farmctl.ci.cases import DRAFT, Case, Slicer, Target, counts, in_use
from farmctl.control.derived import facts_of_model
from farmctl.control.subjects import NoSuchThing
from farmctl.errors import FarmctlError
from farmctl.farm.golden.models import moved, stl_of
from farmctl.farm.profiles.shelf import Shelf, shelf_of
from farmctl.farm.slices.recipes import Wish, class_named
from farmctl.farm.slices.slicing import plate_of
from farmctl.farmrepo.collect import Wanted, collect
from farmctl.farmrepo.files import Files
from farmctl.farmrepo.layout import golden_path
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.ledger.state import State
from farmctl.model.desired import ClassAt, SlicerAt
from farmctl.model.diagnostics import Diagnostic
from farmctl.model.documents.golden import Golden
from farmctl.model.documents.profile import Profile
from farmctl.model.events.plans import ModelChecked
from farmctl.planning.settings import Recipe
from farmctl.planning.variants import slicer_for
from farmctl.slicing.pin import platform
from farmctl.slicing.request import PlateRequest

NO_SLICER = "slicer-not-pinned"


class Meshes:
    """The meshes of golden models, each made and kept once.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._known: dict[tuple[str, str], ModelChecked] = {}

    def checked(self, document: Golden, files: Files) -> ModelChecked | Diagnostic:
        """Return what is known of a model's mesh, or why it is not the pinned one."""
        key = _what(document, files)
        if key not in self._known:
            raw = stl_of(document, files)
            wrong = moved(files.read(golden_path(document.name)), document, raw)
            if wrong is not None:
                return wrong
            name = document.model.path or f"{document.name}.stl"
            self._known[key] = facts_of_model(raw, name, self._store)[0]
        return self._known[key]


class _Plate(Struct, frozen=True):
    """The plate of a golden model, or why there is none; neither where nobody asks for it."""

    request: PlateRequest | None = None
    why_not: str = ""
    triangles: int = 0


def _what(document: Golden, files: Files) -> tuple[str, str]:
    """Return all that a mesh depends on: what is said of it, and git's id of its file."""
    entry = files.entries.get(document.model.path or "")
    return document.model.model_dump_json(), entry.blob if entry else ""


class FarmSide:
    """What a farm is at one moment, for golden models.

    Args:
        files: Its files.
        reading: What was read of them before.
        rev: The commit; None for files as they are.
        state: The ledger, which knows the closed orders.
    """

    def __init__(self, files: Files, reading: Reading, rev: str | None, state: State) -> None:
        self.files = files
        wanted = Wanted(state.closed_blobs(), golden=True, uncommitted=False)
        self.snapshot: Snapshot = collect(reading, wanted)
        self.shelf: Shelf = shelf_of(files, self.snapshot, rev)
        self.problems: list[Diagnostic] = []

    @cached_property
    def production(self) -> Mapping[str, str]:
        """Return the version in production, by profile."""
        profiles = self.shelf.desired.profiles.values()
        channels = {each.document.name: each.document.channels.production for each in profiles}
        return {name: each.version for name, each in channels.items() if each is not None}

    def versions(self, profile: str) -> tuple[str, ...]:
        """Return the versions of a profile; none where there is no such profile."""
        found = self.shelf.desired.profiles.get(profile)
        return tuple(found.document.versions) if found else ()

    def targets(self, before: FarmSide | None) -> Iterator[tuple[Profile, Target]]:
        """Yield the versions that count; what is not in `before` is new."""
        for name, profile in sorted(self.shelf.desired.profiles.items()):
            known = before.versions(name) if before else self.versions(name)
            has_draft = name in self.shelf.drafts
            for target in in_use(profile.document, has_draft=has_draft, known=known):
                yield profile.document, target

    def cases(self, before: FarmSide | None, meshes: Meshes) -> tuple[Case, ...]:
        """Return each golden model on each class with each version that counts."""
        found: list[Case] = []
        for profile, target in self.targets(before):
            found += self._of(profile, target, meshes)
        return tuple(found)

    def version(self, profile: str, version: str, meshes: Meshes | None) -> tuple[Case, ...]:
        """Return each golden model on each class with one version, in a channel or not.

        Without meshes nothing is ready to slice; it is no work then.
        """
        found = self.shelf.desired.profiles.get(profile)
        if found is None or version not in found.settings:
            return ()
        return tuple(self._of(found.document, Target(profile, version, ()), meshes))

    def _of(self, profile: Profile, target: Target, meshes: Meshes | None) -> Iterator[Case]:
        slicer = slicer_for(self.shelf.desired, profile.program)
        if slicer is None:
            self._say_no_slicer(profile)
            return
        for name in profile.classes:
            yield from self._on_class(profile, target, name, slicer, meshes)

    def _on_class(
        self, profile: Profile, target: Target, name: str, slicer: SlicerAt, meshes: Meshes | None
    ) -> Iterator[Case]:
        try:
            of_class = class_named(self.shelf.desired, name)
        except NoSuchThing:  # said by the farm's diagnostics
            return
        recipe = Recipe(
            slicer=slicer,
            printer_class=of_class,
            profile=f"{target.profile}@{target.version}",
            profile_settings=self._settings(target),
            nozzle_um=round(profile.nozzle_mm * 1000),
        )
        for model in self.snapshot.golden.values():
            if counts(model, profile, name):
                yield self._case(target, of_class, model, recipe, meshes)

    def _case(
        self,
        target: Target,
        of_class: ClassAt,
        model: Golden,
        recipe: Recipe,
        meshes: Meshes | None,
    ) -> Case:
        plate = _Plate() if meshes is None else self._plate(model, recipe, meshes)
        return Case(
            target,
            of_class.document.name,
            of_class.version,
            model,
            plate.request,
            self._slicer(recipe),
            plate.why_not,
            plate.triangles,
        )

    def _plate(self, model: Golden, recipe: Recipe, meshes: Meshes) -> _Plate:
        try:
            checked = meshes.checked(model, self.files)
            if isinstance(checked, Diagnostic):
                self._say(checked)
                return _Plate(why_not=checked.message)
            if checked.clean is None or checked.verdict == "fail":
                return _Plate(why_not=f"{model.name} cannot be printed: farmctl preflight says why")
            wish = Wish(model.name, model.model.digest, None)
            as_said = replace(recipe, supports=model.supports)
            return _Plate(plate_of(wish, as_said, checked), triangles=checked.triangles)
        except FarmctlError as error:
            return _Plate(why_not=f"{error.message} ({error.mend})")

    def _settings(self, target: Target) -> bytes:
        if target.version == DRAFT:
            return self.shelf.drafts[target.profile]
        return self.shelf.desired.profiles[target.profile].settings[target.version]

    def _slicer(self, recipe: Recipe) -> Slicer:
        pinned = recipe.slicer
        document = self.shelf.desired.farm.slicers[pinned.name]
        return Slicer(pinned.program, document.version, platform(), pinned.digest)

    def _say_no_slicer(self, profile: Profile) -> None:
        message = f"no {profile.program} is pinned for {platform()}: nothing can be sliced here"
        self._say(Diagnostic("farm.yaml", 0, 0, NO_SLICER, message, "farmctl slicer pin"))

    def _say(self, problem: Diagnostic) -> None:
        if problem not in self.problems:
            self.problems.append(problem)
