"""Desired state: the farm as it is at a git revision, or in the work tree.

The snapshot carries all diagnostics and everything that can be used. An order whose file is among
`skip` (closed and unchanged) costs a line of `git ls-tree`.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.collect import Wanted, collect
from farmctl.farmrepo.files import CommittedFiles, committed_files, list_tree, work_tree_files
from farmctl.farmrepo.layout import PLANS
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.repository import Repository, open_repository
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.farmrepo.uncommitted import uncommitted


class Revision(Struct, frozen=True):
    """Which commits to read.

    Args:
        name: The farm's, by any name that git knows.
        plans: The commit that `plans/` is taken from; None for the same one.
    """

    name: str = "HEAD"
    plans: str | None = None


def read_revision(
    repo_path: Path,
    rev: str,
    cache: DocumentCache,
    skip: Collection[str] = frozenset(),
) -> Snapshot:
    """Return the farm at a revision. Raises NoRepository, NoRevision, GitFailed."""
    with open_repository(repo_path) as repository:
        return read(repository, Revision(rev), cache, Wanted(skip))


def read(
    repository: Repository, revision: Revision, cache: DocumentCache, wanted: Wanted
) -> Snapshot:
    """Return the farm at a revision. Raises NoRevision, GitFailed."""
    commit = repository.resolve(revision.name)
    files = committed_files(repository, commit)
    if revision.plans is not None:
        files = _with_plans_of(files, repository.resolve(revision.plans))
    return replace(
        collect(Reading(files, cache), wanted),
        commit=commit,
        uncommitted=not_read(repository, commit) if wanted.uncommitted else (),
    )


def not_read(repository: Repository, revision: str) -> tuple[str, ...]:
    """Return the farm's files that differ from a revision, where it is the one checked out."""
    commit = repository.resolve(revision)
    is_head = repository.has_work_tree and commit == repository.commit_of("HEAD")
    return uncommitted(repository) if is_head else ()


def read_worktree(repository: Repository, cache: DocumentCache, wanted: Wanted) -> Snapshot:
    """Return the farm as its files are now: for people to look at, never to act on."""
    return collect(Reading(work_tree_files(repository), cache), wanted)


def _with_plans_of(files: CommittedFiles, commit: str) -> CommittedFiles:
    others = {
        path: entry for path, entry in files.entries.items() if not path.startswith(f"{PLANS}/")
    }
    return replace(files, entries=others | list_tree(files.repository, commit, PLANS))
