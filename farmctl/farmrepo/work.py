"""The person's index and work tree: what of theirs lies where farmctl wants to write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from farmctl.farmrepo.files import Entry, blob_id, list_tree
from farmctl.farmrepo.repository import Repository
from farmctl.system.disk import locked
from farmctl.system.lockfile import lock_file

_MARKER = b"held by farmctl\n"
_WAIT_S = 3.0
_OTHER = "no plain file"


@contextmanager
def only_farmctl(repository: Repository) -> Iterator[None]:
    """Keep every other farmctl from its own scratch files; a person's git goes on. Raises Busy."""
    with locked(repository.disk, repository.git_dir / "farmctl.lock", wait_s=_WAIT_S):
        yield


@contextmanager
def alone(repository: Repository) -> Iterator[None]:
    """Keep every other farmctl, and git itself, from the index. Raises Busy after some seconds."""
    with only_farmctl(repository):
        if not repository.has_work_tree:
            yield
            return
        with lock_file(_index_lock(repository), _MARKER, wait_s=_WAIT_S):
            yield


def is_left_locked(repository: Repository) -> bool:
    """Return whether a farmctl keeps git from the index, or one did that was killed."""
    try:
        return repository.disk.read(_index_lock(repository)) == _MARKER
    except FileNotFoundError:
        return False


def _index_lock(repository: Repository) -> Path:
    return repository.index.with_name("index.lock")


def in_the_way(
    repository: Repository, commit: str | None, paths: Collection[str]
) -> Mapping[str, str]:
    """Return the paths where index or work tree differ from a commit, each with how."""
    if not repository.has_work_tree or not paths:
        return {}
    committed = list_tree(repository, commit, *sorted(paths)) if commit else {}
    staged = staged_entries(repository, paths)
    found = {}
    for path in sorted(paths):
        entry = committed.get(path)
        if staged.get(path, ()) != ((entry,) if entry else ()):
            found[path] = "something else is staged there"
        elif why := _why_not_on_disk(repository, path, entry):
            found[path] = why
    return found


def _why_not_on_disk(repository: Repository, path: str, entry: Entry | None) -> str | None:
    for folder in PurePosixPath(path).parents[:-1]:
        place = repository.top / folder
        if place.is_symlink() or place.is_file():
            return f"{folder} is no folder"
    there = blob_on_disk(repository, path)
    if there == (entry.blob if entry else None):
        return None
    if entry is None:
        return "another file lies there"
    return "it was removed there" if there is None else "it was changed there"


def blob_on_disk(repository: Repository, path: str) -> str | None:
    """Return git's id of the file at a path of the work tree, or None when nothing is there."""
    place = repository.top / path
    if place.is_symlink() or place.is_dir():
        return _OTHER
    try:
        return blob_id(repository.disk.read(place))
    except (FileNotFoundError, NotADirectoryError):
        return None


def staged_entries(
    repository: Repository, paths: Collection[str]
) -> Mapping[str, tuple[Entry, ...]]:
    """Return what the index has at these paths: several entries where a merge left them."""
    found: dict[str, tuple[Entry, ...]] = {}
    for row in repository.ask("ls-files", "--stage", "-z", "--", *sorted(paths)).split("\0")[:-1]:
        about, _, path = row.partition("\t")
        mode, blob, _ = about.split(" ")
        found[path] = (*found.get(path, ()), Entry(mode, blob))
    return found
