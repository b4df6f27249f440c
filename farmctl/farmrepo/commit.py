"""Commits to the branch that is checked out, which leave everything else of the person's as it is.

farmctl's own commits carry build plans; a person's verbs (`order add`, `commit`) commit exactly
the files they name. Both are built beside the index, move the branch only from where it was seen,
and start no hook.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.farmrepo.branch import TRIES, Tip, TipKeepsMoving, move, tip_of_head, under_way
from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Entry, list_tree
from farmctl.farmrepo.identity import FARMCTL, Signature
from farmctl.farmrepo.objects import Changes, Draft, make_commit, store_files
from farmctl.farmrepo.repository import GitFailed, Repository
from farmctl.farmrepo.settle import finish, finish_interrupted, forget, intend
from farmctl.farmrepo.work import alone, in_the_way
from farmctl.system.disk import Busy


class NotCommittable(FarmctlError):  # noqa: N818 - reads as what it says
    """A file cannot be committed as it is."""


class Waiting(Struct, frozen=True):
    """A build plan that is not committed yet, and why."""

    path: str
    why: str


class Committed(Struct, frozen=True):
    """What became of build plans.

    Args:
        commit: The new commit; None when nothing changed.
        paths: The plans in it.
        waiting: The plans that must wait for the person.
    """

    commit: str | None
    paths: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()


class _Work(Struct, frozen=True):
    """What a commit shall hold, what it says, and whether the work tree gets it or gave it."""

    changes: Changes
    message: str
    by: Signature
    writes_files: bool


def commit_plans(
    repository: Repository, plans: Mapping[str, bytes | None], message: str, at: datetime
) -> Committed:
    """Commit build plans by path; None removes one. Plans that must wait are left out.

    Raises GitFailed, TipKeepsMoving.
    """
    try:
        with alone(repository):
            finish_interrupted(repository)
            busy_with = under_way(repository)
            if busy_with:
                return _all_wait(plans, f"git is in the middle of {busy_with} here")
            changes = store_files(repository, plans)
            work = _Work(changes, message, Signature(FARMCTL, at), writes_files=True)
            return _commit(repository, work)
    except Busy:
        return _all_wait(plans, "git is busy in this clone")


def _all_wait(plans: Collection[str], why: str) -> Committed:
    return Committed(None, waiting=tuple(Waiting(path, why) for path in sorted(plans)))


def commit_paths(
    repository: Repository, paths: Collection[str], message: str, by: Signature
) -> str | None:
    """Commit these files of the work tree as they are, or their removal, and nothing else.

    Returns:
        The commit, or None when they are committed already.

    Raises:
        NotCommittable: A path is no plain file of the farm.
        GitFailed: Git is in the middle of something, or refuses.
        Busy: Another git command holds the index.
    """
    contents = {path: _content(repository, path) for path in sorted(paths)}
    with alone(repository):
        finish_interrupted(repository)
        busy_with = under_way(repository)
        if busy_with:
            raise GitFailed(f"git is in the middle of {busy_with} here", "finish it first")
        changes = store_files(repository, contents)
        work = _Work(changes, message, by, writes_files=False)
        return _commit(repository, work).commit


def _content(repository: Repository, path: str) -> bytes | None:
    place = repository.top / path
    steps = path.split("/")
    if path.startswith("/") or {"", ".", "..", ".git"} & {step.lower() for step in steps}:
        raise NotCommittable(f"{path} is not in the farm", "name files below the farm's folder")
    folders = [repository.top.joinpath(*steps[:count]) for count in range(1, len(steps) + 1)]
    if any(folder.is_symlink() for folder in folders):
        raise NotCommittable(f"{path} is a symbolic link", "put the file itself there")
    if place.is_dir():
        raise NotCommittable(f"{path} is a folder", "name the files in it")
    try:
        return repository.disk.read(place)
    except FileNotFoundError:
        return None


def _commit(repository: Repository, work: _Work) -> Committed:
    """Commit on the tip of what is checked out; again when it moves. Needs `alone`."""
    subject = work.message.partition("\n")[0]
    for _ in range(TRIES):
        tip = tip_of_head(repository)
        blocked = in_the_way(repository, tip.commit, work.changes) if work.writes_files else {}
        waiting = tuple(Waiting(path, why) for path, why in blocked.items())
        changes = _real_changes(repository, tip, work.changes, blocked)
        if not changes:
            return Committed(None, waiting=waiting)
        draft = Draft(tip.commit, changes, work.message, work.by)
        new = make_commit(repository, draft, [tip.commit] if tip.commit else [])
        step = intend(repository, tip, new, changes, writes_files=work.writes_files)
        if move(repository, tip, new, subject):
            finish(repository, step)
            return Committed(new, tuple(sorted(changes)), waiting)
        forget(repository)
    raise TipKeepsMoving("the branch moves while farmctl commits to it", "try again")


def _real_changes(
    repository: Repository, tip: Tip, changes: Changes, blocked: Collection[str]
) -> Changes:
    """Return the changes that are not blocked and differ from what the tip has."""
    wanted = {path: entry for path, entry in changes.items() if path not in blocked}
    there = list_tree(repository, tip.commit, *wanted) if tip.commit and wanted else {}
    return {path: entry for path, entry in wanted.items() if _differ(there.get(path), entry)}


def _differ(old: Entry | None, new: Entry | None) -> bool:
    if old is None or new is None:
        return old is not new
    return old.blob != new.blob or old.mode in (SYMLINK, SUBMODULE)
