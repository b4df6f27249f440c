"""Everything that is wrong with a farm's files: as they are, or as they would be after an edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from farmctl.errors import FarmctlError, InvalidDocuments
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.advising import findings_in_use
from farmctl.farm.profiles.shelf import shelf_of
from farmctl.farmrepo.collect import Wanted, collect
from farmctl.farmrepo.files import (
    REGULAR,
    Entry,
    Files,
    blob_id,
    committed_files,
    work_tree_files,
)
from farmctl.farmrepo.history import history_faults, history_of
from farmctl.farmrepo.layout import class_path, profile_path, settings_path
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.signed import signature_faults
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.model.documents.common import Version
from farmctl.printers.registry import driver_names
from farmctl.profiles.lint import IN_CLASS, IN_PROFILE, Source, lint
from farmctl.slicing import catalogue, ini
from farmctl.slicing.catalogue import Catalogue


@dataclass(frozen=True)
class EditedFiles:
    """The files of a farm as an edit would leave them."""

    base: Files
    changes: Mapping[str, bytes]

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every file by its path."""
        changed = {path: Entry(REGULAR, blob_id(raw)) for path, raw in self.changes.items()}
        return {**self.base.entries, **changed}

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.changes[path] if path in self.changes else self.base.read(path)


def files_of(repository: Repository, rev: str | None) -> Files:
    """Return the files of a revision, or of the work tree when none is named."""
    if rev is None:
        return work_tree_files(repository)
    return committed_files(repository, repository.resolve(rev))


def diagnose(farm: Farm, files: Files) -> tuple[Diagnostic, ...]:
    """Return everything that is wrong, sorted: documents, settings and signatures."""
    reading, snapshot = _looked_at(farm, files)
    return _said(files, reading, snapshot)


def everything_wrong(
    farm: Farm, repository: Repository, rev: str | None = None
) -> tuple[Diagnostic, ...]:
    """Return all that is wrong, also with what git remembers of released versions.

    This is what `validate` says, and CI.

    Args:
        farm: Whose files.
        repository: The farm's.
        rev: A revision; None for the files as they are.

    Raises:
        NoRevision: There is no such revision.
        GitFailed: An object of the history is missing in this clone.
    """
    files = files_of(repository, rev)
    reading, snapshot = _looked_at(farm, files)
    commit = repository.commit_of(rev or "HEAD")
    if commit is not None:
        now = documents_of(snapshot)
        history = history_of(repository, commit, sorted(now), farm.documents)
        reading.take(history_faults(repository, history, now))
    return _said(files, reading, snapshot)


def documents_of(snapshot: Snapshot) -> dict[str, Mapping[str, Version]]:
    """Return the versions that profiles and classes list, by their document."""
    classes = {class_path(name): each.document.versions for name, each in snapshot.classes.items()}
    of = {profile_path(name): each.document.versions for name, each in snapshot.profiles.items()}
    return {**classes, **of}


def _looked_at(farm: Farm, files: Files) -> tuple[Reading, Snapshot]:
    reading = Reading(files, farm.documents)
    snapshot = collect(reading, Wanted(drivers=driver_names(), golden=True))
    reading.take(signature_faults(files, snapshot))
    return reading, snapshot


def _said(files: Files, reading: Reading, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
    """Return all that was found, with advice on the settings, sorted."""
    found = {*reading.diagnostics(), *_settings_faults(snapshot)}
    with suppress(InvalidDocuments):  # farm.yaml itself is wrong, and said
        found |= {*findings_in_use(shelf_of(files, snapshot, None))}
    return tuple(sorted(found))


def check_edit(farm: Farm, repository: Repository, changes: Mapping[str, bytes]) -> None:
    """Raise InvalidDocuments with the first thing that an edit would make wrong."""
    files = work_tree_files(repository)
    known = {_what(each) for each in diagnose(farm, files)}
    for each in diagnose(farm, EditedFiles(files, changes)):
        if each.severity is Severity.ERROR and _what(each) not in known:
            raise InvalidDocuments(f"{each.file}: {each.message}", each.mend)


def _what(diagnostic: Diagnostic) -> tuple[str, str, str]:
    """Return a diagnostic without its line, which an edit moves."""
    return diagnostic.file, diagnostic.code, diagnostic.message


def _settings_faults(snapshot: Snapshot) -> Iterator[Diagnostic]:
    """Yield what is wrong in released settings, as far as their slicer's catalogue is there."""
    known = dict(catalogues(snapshot))
    for source, program in _sources(snapshot):
        if program in known:
            yield from lint(source, known[program])


def catalogues(snapshot: Snapshot) -> Iterator[tuple[str, Catalogue]]:
    """Yield what the pinned slicers know, each with its program."""
    slicers = snapshot.farm.slicers if snapshot.farm else {}
    for each in slicers.values():
        for digest in sorted(each.digests.values()):
            raw = snapshot.catalogues.get(digest)
            if raw is not None and (found := _read(raw)):
                yield each.program, found


def _read(raw: bytes) -> Catalogue | None:
    try:
        return catalogue.read(raw, "the slicer's catalogue")
    except FarmctlError:
        return None


def _sources(snapshot: Snapshot) -> Iterator[tuple[Source, str]]:
    for name, of_class in sorted(snapshot.classes.items()):
        for version, raw in of_class.settings.items():
            path = settings_path(class_path(name), version)
            yield Source(path, ini.parse(raw, path), IN_CLASS), of_class.document.program
    for name, profile in sorted(snapshot.profiles.items()):
        for version, raw in profile.settings.items():
            path = settings_path(profile_path(name), version)
            yield Source(path, ini.parse(raw, path), IN_PROFILE), profile.document.program
