"""The files of a farm at one moment: of a commit, or of the work tree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct, field

from farmctl.farmrepo.repository import Repository

SYMLINK = "120000"
SUBMODULE = "160000"
REGULAR = "100644"


class Entry(NamedTuple):
    """A file by its mode and the id that git gives its bytes."""

    mode: str
    blob: str


class Files(Protocol):
    """The files of a farm."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every file by its path from the top."""
        ...

    def read(self, path: str) -> bytes:
        """Return the bytes of a file. Raises GitFailed or OSError when they cannot be had."""
        ...


class CommittedFiles(Struct, frozen=True):
    """The files of a commit, read by object id: nothing is checked out.

    Args:
        repository: Where the objects are.
        commit: Which commit.
        entries: Its files.
    """

    repository: Repository
    commit: str
    entries: Mapping[str, Entry]

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.repository.read(self.entries[path].blob)


class WorkTreeFiles(Struct, frozen=True):
    """The files of the work tree that git knows or would add."""

    repository: Repository
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.repository.disk.read(self.repository.top / path)


def committed_files(repository: Repository, commit: str) -> CommittedFiles:
    """Return the files of a commit."""
    return CommittedFiles(repository, commit, list_tree(repository, commit))


def list_tree(repository: Repository, tree: str, *paths: str) -> dict[str, Entry]:
    """Return the files under a tree or commit, all or those at or under `paths`."""
    listed = repository.ask("ls-tree", "-r", "-z", "--full-tree", tree, "--", *paths)
    entries = {}
    for row in listed.split("\0")[:-1]:
        about, _, path = row.partition("\t")
        mode, _, blob = about.split(" ")
        entries[path] = Entry(mode, blob)
    return entries


def work_tree_files(repository: Repository, *paths: str) -> WorkTreeFiles:
    """Return the files of the work tree as they are now, committed or not: all, or some paths'."""
    listed = repository.ask(
        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths
    )
    entries = {}
    for path in sorted(set(listed.split("\0")) - {""}):
        entry = _entry_on_disk(repository, repository.top / path)
        if entry:
            entries[path] = entry
    return WorkTreeFiles(repository, entries)


def _entry_on_disk(repository: Repository, path: Path) -> Entry | None:
    if path.is_symlink():
        return Entry(SYMLINK, "")
    if path.is_dir():  # `ls-files` names a folder only when it is a repository of its own
        return Entry(SUBMODULE, "")
    try:
        return Entry(REGULAR, blob_id(repository.disk.read(path)))
    except OSError:
        return None


def blob_id(raw: bytes) -> str:
    """Return the id that git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
