"""What a person's verbs write into the farm: some files, committed in their name and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from farmctl.errors import InvalidDocuments, Refused
from farmctl.farm.check import check_edit
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farmrepo.branch import under_way
from farmctl.farmrepo.commit import commit_paths
from farmctl.farmrepo.files import list_tree
from farmctl.farmrepo.identity import Identity, Signature, identity, set_identity
from farmctl.farmrepo.load import load
from farmctl.farmrepo.repository import GitFailed, Repository
from farmctl.farmrepo.uncommitted import uncommitted
from farmctl.model.documents.common import Document
from farmctl.model.documents.farm import Farm as FarmDocument
from farmctl.system.people import host_name, user_name

D = TypeVar("D", bound=Document)
Introduce = Callable[[Identity], Identity]
"""Given what farmctl proposes, returns who commits: asks, or says what it takes."""


class Edit(Struct, frozen=True):
    """What is to be written.

    Args:
        files: Content by path in the farm.
        message: The commit's.
        removed: Files that go.
    """

    files: Mapping[str, bytes]
    message: str
    removed: tuple[str, ...] = ()


def commit_edit(farm: Farm, edit: Edit, introduce: Introduce) -> str:
    """Write the files and commit exactly them; return the commit.

    Raises:
        Refused: A file has changes of the person's own that are not committed.
        InvalidDocuments: The edit would make something wrong; nothing is written.
        GitFailed: Git is in the middle of something.
    """
    with farm.repository() as repository:
        _refuse_lost_work(repository, edit)
        check_edit(farm, repository, edit.files)
        by = signature(farm, repository, introduce)
        for path, raw in edit.files.items():
            repository.disk.replace(repository.top / path, raw)
        for path in edit.removed:
            repository.disk.remove(repository.top / path)
        done = commit_paths(repository, [*edit.files, *edit.removed], edit.message, by)
        return done or repository.resolve("HEAD")


def commit_changes(
    farm: Farm,
    repository: Repository,
    paths: Sequence[str],
    message: str | None,
    introduce: Introduce,
) -> str:
    """Commit a person's own changes of these files; return the commit."""
    by = signature(farm, repository, introduce)
    done = commit_paths(repository, paths, message or _named(paths), by)
    return done or repository.resolve("HEAD")


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return f"farm: {', '.join(paths[:3])}{more}"


def signature(farm: Farm, repository: Repository, introduce: Introduce) -> Signature:
    """Return who commits now; whom git does not know is introduced, for this repository alone."""
    known = identity(repository)
    if known is None:
        known = introduce(Identity(user_name(), f"{user_name()}@{host_name()}"))
        set_identity(repository, known)
    return Signature(known, farm.clock.now())


def _refuse_lost_work(repository: Repository, edit: Edit) -> None:
    busy_with = under_way(repository)
    if busy_with:
        raise GitFailed(f"git is in the middle of {busy_with} here", "finish it first")
    for path in sorted(set(uncommitted(repository)) & set(edit.files)):
        place = repository.top / path
        is_same = place.is_file() and repository.disk.read(place) == edit.files[path]
        if not is_same:
            raise Refused(
                f"{path} has changes that are not committed", 'farmctl commit -m "…" first'
            )


def farm_text(farm: Farm) -> str:
    """Return `farm.yaml` as it is on disk."""
    return farm.disk.read(farm.folder / FARM_FILE).decode("utf-8", "replace")


def farm_document(farm: Farm) -> FarmDocument:
    """Return `farm.yaml` as it is on disk. Raises InvalidDocuments with the first fault."""
    return checked(FarmDocument, farm_text(farm), FARM_FILE)


def committed_farm(farm: Farm, rev: str = "HEAD") -> FarmDocument:
    """Return `farm.yaml` at a revision; nothing else is read.

    Raises InvalidDocuments with the first fault, NoRevision.
    """
    with farm.repository() as repository:
        raw = _committed(repository, rev)
    return checked(FarmDocument, raw.decode("utf-8", "replace"), FARM_FILE)


def git_rules(farm: Farm) -> FarmDocument | None:
    """Return `farm.yaml` of what is checked out if it says which branch is followed."""
    with farm.repository() as repository:
        if repository.commit_of("HEAD") is None:
            return None
        raw = _committed(repository, "HEAD")
    if re.search(rb"\bgit\b", raw) is None:  # a farm of a thousand printers takes time to read
        return None
    document = load(FarmDocument, raw).document
    return document if document is not None and document.git is not None else None


def _committed(repository: Repository, rev: str) -> bytes:
    commit = repository.resolve(rev)
    entry = list_tree(repository, commit, FARM_FILE).get(FARM_FILE)
    if entry is None:
        raise InvalidDocuments(f"there is no {FARM_FILE} in {rev}", "farmctl commit")
    return repository.read(entry.blob)


def checked(model: type[D], text: str, path: str) -> D:
    """Return the document that a text is. Raises InvalidDocuments with the first fault."""
    loaded = load(model, text.encode())
    if loaded.document is None:
        raise InvalidDocuments(f"{path}: {loaded.findings[0].message}", loaded.findings[0].mend)
    return loaded.document
