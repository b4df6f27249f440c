"""A profile, or a class of printers (`classes/NAME`), whose versions a person works on."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.control.subjects import NoSuchThing, unknown
from farmctl.errors import InvalidDocuments, Refused, UsageError
from farmctl.farm.parts import Farm
from farmctl.farmrepo.branch import tip_of_head
from farmctl.farmrepo.collect import Wanted
from farmctl.farmrepo.layout import class_path, folder_of, profile_path, settings_path
from farmctl.farmrepo.read import read_worktree
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.signed import CLASSES, in_channels
from farmctl.farmrepo.snapshot import ClassFiles, ProfileFiles, Snapshot
from farmctl.farmrepo.uncommitted import uncommitted
from farmctl.model.digest import digest_of
from farmctl.model.documents.common import Version
from farmctl.model.drafts import DRAFT
from farmctl.model.released import Released


class Target(Struct, frozen=True):
    """What is worked on.

    Args:
        name: `petg-0.4-standard`, or `classes/voron-350`.
        document: Where `profile.yaml` or `class.yaml` lies.
        program: The slicer that its settings are for.
        versions: As the document lists them.
        settings: `<version>.ini` by version.
        channels: The channels of each version that is in one.
    """

    name: str
    document: str
    program: str
    versions: Mapping[str, Version]
    settings: Mapping[str, bytes]
    channels: Mapping[str, tuple[str, ...]]

    @property
    def is_class(self) -> bool:
        """Return whether it is a class of printers."""
        return self.name.startswith(CLASSES)

    @property
    def draft(self) -> str:
        """Return where its draft lies."""
        return settings_path(self.document, DRAFT)

    @property
    def changelog(self) -> str:
        """Return where its changelog lies."""
        return f"{folder_of(self.document)}/CHANGELOG.md"

    def released(self, version: str) -> Released:
        """Return a version as it was released. Raises NoSuchThing."""
        if version not in self.settings:
            pins = [f"{self.name}@{each}" for each in self.settings]
            raise unknown(f"{self.name}@{version}", "profile version", pins)
        return Released(self.name, version, digest_of(self.settings[version]))


def present(farm: Farm, repository: Repository) -> Snapshot:
    """Return the farm's files as they are, committed or not."""
    return read_worktree(repository, farm.documents, Wanted(uncommitted=False))


def target_named(snapshot: Snapshot, name: str) -> Target:
    """Return what a name means.

    Raises NoSuchThing, InvalidDocuments where its document cannot be read.
    """
    is_class = name.startswith(CLASSES)
    bare = name.removeprefix(CLASSES)
    path = class_path(bare) if is_class else profile_path(bare)
    found = snapshot.classes.get(bare) if is_class else snapshot.profiles.get(bare)
    if found is not None:
        return _target(name, path, found)
    if path in snapshot.entries:
        raise InvalidDocuments(f"{path} cannot be read", "farmctl validate")
    raise _nothing(snapshot, name)


def _target(name: str, path: str, found: ProfileFiles | ClassFiles) -> Target:
    channels = in_channels(found.document) if isinstance(found, ProfileFiles) else {}
    document = found.document
    released = {each: raw for each, raw in found.settings.items() if each in document.versions}
    return Target(name, path, document.program, document.versions, released, channels)


def _nothing(snapshot: Snapshot, name: str) -> NoSuchThing:
    classes = (f"{CLASSES}{each}" for each in snapshot.classes)
    return unknown(name, "profile", [*snapshot.profiles, *classes])


def version_in(pin: str) -> tuple[str, str]:
    """Return name and version of `petg@1.9.0`. Raises UsageError where no version is said."""
    name, _, version = pin.partition("@")
    if not name or not version:
        raise UsageError(f"`{pin}` names no version", f"say which: {name or 'petg'}@1.9.0")
    return name, version


def refuse_detached(repository: Repository) -> None:
    """Raise Refused where a commit would be lost with the next switch."""
    if tip_of_head(repository).ref == "HEAD":
        raise Refused(
            "no branch is checked out: a commit here would belong to none", "git switch BRANCH"
        )


def refuse_unfit_place(repository: Repository, target: Target) -> None:
    """Raise Refused where a commit would be lost, or would carry more than was asked for."""
    refuse_detached(repository)
    folder = f"{folder_of(target.document)}/"
    changed = [each for each in uncommitted(repository) if each.startswith(folder)]
    others = [each for each in changed if each != target.draft]
    if others:
        raise Refused(
            f"{others[0]} has changes that are not committed", 'farmctl commit -m "…" first'
        )
