"""Commits built beside the person's index and work tree: nothing of theirs is read or touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from farmctl.farmrepo.files import REGULAR, Entry
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.repository import Repository

T = TypeVar("T")
_LOT = 500

Changes = Mapping[str, Entry | None]
"""What becomes of each path: another entry, or None for none."""


class Draft(Struct, frozen=True):
    """A commit to be made.

    Args:
        base: The commit or tree whose files it begins with; None for none.
        changes: How its files differ from those.
        message: What it says.
        by: Who makes it, and when.
    """

    base: str | None
    changes: Changes
    message: str
    by: Signature


def store(repository: Repository, contents: Sequence[bytes]) -> list[str]:
    """Store bytes as they are, without filters, and return git's ids of them."""
    folder = repository.git_dir / "farmctl-scratch"
    paths = [folder / str(number) for number in range(len(contents))]
    blobs: list[str] = []
    try:
        for path, raw in zip(paths, contents, strict=True):
            repository.disk.replace(path, raw, durable=False)
        for some in _batches(paths):
            stored = repository.ask("hash-object", "-w", "--no-filters", "--", *map(str, some))
            blobs += stored.split("\n")
    finally:
        for path in paths:
            repository.disk.remove(path)
    return blobs


def store_files(repository: Repository, contents: Mapping[str, bytes | None]) -> Changes:
    """Store the bytes of files and return the changes that put them in place."""
    kept = {path: raw for path, raw in contents.items() if raw is not None}
    blobs = dict(zip(kept, store(repository, list(kept.values())), strict=True))
    return {path: Entry(REGULAR, blobs[path]) if path in blobs else None for path in contents}


def make_commit(repository: Repository, draft: Draft, parents: Sequence[str]) -> str:
    """Store a commit and return its id; no branch points to it yet."""
    tree = write_tree(repository, draft.base, draft.changes)
    options = [part for parent in parents for part in ("-p", parent)]
    return repository.ask(
        "commit-tree", tree, *options, "-m", draft.message, env=draft.by.environment
    )


def write_tree(repository: Repository, base: str | None, changes: Changes) -> str:
    """Store a tree like that of `base` but for the changes, and return its id."""
    index = repository.git_dir / "farmctl-tree"
    remove_index(repository, index)
    env = {"GIT_INDEX_FILE": str(index)}
    try:
        repository.ask("read-tree", *([base] if base else ["--empty"]), env=env)
        stage(repository, index, changes)
        return repository.ask("write-tree", env=env)
    finally:
        remove_index(repository, index)


def stage(repository: Repository, index: Path, changes: Changes) -> None:
    """Put changes into an index file."""
    env = {"GIT_INDEX_FILE": str(index)}
    kept = [(path, entry) for path, entry in sorted(changes.items()) if entry is not None]
    for some in _batches(kept):
        entries = [f"{entry.mode},{entry.blob},{path}" for path, entry in some]
        options = [part for entry in entries for part in ("--cacheinfo", entry)]
        repository.ask("update-index", "--add", "--replace", *options, env=env)
    removed = sorted(path for path, entry in changes.items() if entry is None)
    for paths in _batches(removed):
        repository.ask("update-index", "--force-remove", "--", *paths, env=env)


def _batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the things in lots that fit in one command line."""
    for start in range(0, len(things), _LOT):
        yield things[start : start + _LOT]


def remove_index(repository: Repository, index: Path) -> None:
    """Remove a scratch index; also a lock that a killed git left beside it."""
    repository.disk.remove(index)
    repository.disk.remove(index.with_name(f"{index.name}.lock"))
