"""The profiles and classes of a farm at one moment: of a commit, or as their files are now.

Drafts are among them. Orders and plans are not read: a farm may have many.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct, field

from farmctl.control.desire import Where, desired_from
from farmctl.control.subjects import unknown
from farmctl.errors import FarmctlError, InvalidDocuments, UsageError
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farmrepo.collect import Wanted, collect
from farmctl.farmrepo.files import (
    SYMLINK,
    CommittedFiles,
    Files,
    list_tree,
    work_tree_files,
)
from farmctl.farmrepo.layout import CATALOGUES, profile_path, settings_path
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.signed import CLASSES
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.model.desired import Desired, ProfileAt
from farmctl.model.digest import Digest
from farmctl.model.drafts import DRAFT
from farmctl.slicing.pin import platform

_READ = (FARM_FILE, "profiles", "policies")


class Shelf(Struct, frozen=True):
    """Profiles, classes and catalogues of slicers.

    Args:
        rev: The revision as it was named; None for the files as they are.
        desired: The farm, without its orders and plans.
        drafts: The drafts by the name of their profile.
        catalogues: The settings of every slicer that was ever pinned, by its digest.
    """

    rev: str | None
    desired: Desired
    drafts: Mapping[str, bytes] = field(default_factory=dict)
    catalogues: Mapping[Digest, bytes] = field(default_factory=dict)

    def profile(self, name: str) -> ProfileAt:
        """Return a profile.

        Raises NoSuchThing with what was perhaps meant, InvalidDocuments where it cannot be read,
        UsageError for a class.
        """
        if name in self.desired.profiles:
            return self.desired.profiles[name]
        for each in self.desired.faults:
            if each.file == profile_path(name):
                raise InvalidDocuments(f"{each.where}: {each.message}", each.mend)
        if name.startswith(CLASSES):
            raise UsageError(
                f"{name} is a class of printers, no profile",
                f"its draft is a file to edit: profiles/{name}/{DRAFT}.ini",
            )
        raise unknown(name, "profile", self.desired.profiles)


def open_shelf(farm: Farm, rev: str | None = None) -> Shelf:
    """Return the shelf of a revision, or of the work tree when none is named.

    Raises NoRevision; InvalidDocuments where `farm.yaml` cannot be read.
    """
    with farm.repository() as repository:
        files: Files
        if rev is None:
            files = work_tree_files(repository, *_READ)
        else:
            commit = repository.resolve(rev)
            files = CommittedFiles(repository, commit, list_tree(repository, commit, *_READ))
        snapshot = collect(Reading(files, farm.documents), Wanted(uncommitted=False))
        return shelf_of(files, snapshot, rev)


def shelf_of(files: Files, snapshot: Snapshot, rev: str | None) -> Shelf:
    """Return the shelf that files are. Raises InvalidDocuments where `farm.yaml` is none."""
    desired = desired_from(snapshot, Where(rev or "HEAD", platform()))
    return Shelf(rev, desired, dict(_drafts(files, desired.profiles)), dict(_catalogues(files)))


def _drafts(files: Files, profiles: Mapping[str, ProfileAt]) -> list[tuple[str, bytes]]:
    paths = {name: draft_path(name) for name in profiles}
    return [(name, files.read(at)) for name, at in paths.items() if _is_file(files, at)]


def _is_file(files: Files, path: str) -> bool:
    """Return whether there is a file of the farm's own: a link leads anywhere."""
    return path in files.entries and files.entries[path].mode != SYMLINK


def draft_path(name: str) -> str:
    """Return where the draft of a profile lies."""
    return settings_path(profile_path(name), DRAFT)


def _catalogues(files: Files) -> list[tuple[Digest, bytes]]:
    found = []
    for path in files.entries:
        digest = path.removeprefix(CATALOGUES).removesuffix(".ini")
        if path.startswith(CATALOGUES) and path.endswith(".ini") and _is_file(files, path):
            with suppress(FarmctlError, OSError):
                found.append((Digest(f"sha256:{digest}"), files.read(path)))
    return found


class Shelves:
    """The shelves of a farm, each read once.

    Args:
        farm: Whose.
        rev: The revision that counts where a word names none; None for the files as they are.
    """

    def __init__(self, farm: Farm, rev: str | None = None) -> None:
        self._farm = farm
        self._rev = rev
        self._open: dict[str | None, Shelf] = {}

    def at(self, rev: str | None) -> Shelf:
        """Return the shelf of a revision, or of the one that counts when none is named."""
        rev = rev or self._rev
        if rev not in self._open:
            self._open[rev] = open_shelf(self._farm, rev)
        return self._open[rev]


def split_rev(word: str) -> tuple[str | None, str]:
    """Return the revision and the rest of `HEAD~3:petg@1.8.2`; None where none is named.

    Raises UsageError where nothing follows the revision.
    """
    rev, colon, rest = word.rpartition(":")
    if colon and (not rev or not rest):
        raise UsageError(f"`{word}` is not REV:NAME", "as in HEAD~1:petg-0.4-standard@production")
    return rev or None, rest
