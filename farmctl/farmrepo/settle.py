"""Putting what was committed into the person's index and work tree, also after a crash.

A commit that leaves the index behind makes the person's next commit undo it. So before the branch
moves, what is about to be put in place is written down; a later farmctl finishes it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from farmctl.farmrepo.branch import Tip
from farmctl.farmrepo.files import Entry, list_tree
from farmctl.farmrepo.objects import Changes, remove_index, stage
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.work import alone, blob_on_disk, is_left_locked, staged_entries
from farmctl.system.dating import date
from farmctl.system.disk import Busy

_NOTE = "farmctl-commit.json"


class Step(Struct, frozen=True):
    """One commit on the branch that is checked out.

    Args:
        ref: Which branch.
        old: Where it pointed; None before the first commit.
        new: Where it points afterwards.
        staged: What the index had before, at every path that the commit changes.
        writes_files: Whether the files are put in the work tree, too; else they came from there.
    """

    ref: str
    old: str | None
    new: str
    staged: Mapping[str, tuple[Entry, ...]]
    writes_files: bool


def intend(
    repository: Repository, tip: Tip, new: str, paths: Collection[str], *, writes_files: bool
) -> Step:
    """Write down the step that is about to be taken. Needs `alone`."""
    staged = staged_entries(repository, paths) if repository.has_work_tree else {}
    before = {path: staged.get(path, ()) for path in sorted(paths)}
    step = Step(tip.ref, tip.commit, new, before, writes_files)
    repository.disk.replace(repository.git_dir / _NOTE, json.dumps(asdict(step)).encode())
    return step


def finish_interrupted(repository: Repository) -> None:
    """Finish the step that a killed farmctl began, if it had moved the branch. Needs `alone`."""
    try:
        note = json.loads(repository.disk.read(repository.git_dir / _NOTE))
    except FileNotFoundError:
        return
    staged = {
        path: tuple(Entry(*entry) for entry in entries) for path, entries in note["staged"].items()
    }
    step = Step(**{**note, "staged": staged})
    tip = repository.commit_of(step.ref)
    if tip and repository.is_ancestor(step.new, tip):
        finish(repository, step)
    else:
        forget(repository)


def finish_left_over(repository: Repository) -> None:
    """Finish what a killed farmctl left half done, and give the person's git its index back.

    Where another farmctl is at work just now, it does that itself.
    """
    if is_left_locked(repository) or repository.disk.has(repository.git_dir / _NOTE):
        with suppress(Busy), alone(repository):
            finish_interrupted(repository)


def finish(repository: Repository, step: Step) -> None:
    """Put a step's files where index and work tree are still as before it. Needs `alone`."""
    if repository.has_work_tree:
        after = list_tree(repository, step.new, *step.staged)
        _put_in_index(repository, step, after)
        if step.writes_files:
            _put_in_work_tree(repository, step, after)
        _refresh_index(repository)
    forget(repository)


def forget(repository: Repository) -> None:
    """Remove what was written down: the step is done, or never was."""
    repository.disk.remove(repository.git_dir / _NOTE)


def _put_in_index(repository: Repository, step: Step, after: Mapping[str, Entry]) -> None:
    now = staged_entries(repository, step.staged)
    same = [path for path, before in step.staged.items() if now.get(path, ()) == before]
    changes: Changes = {path: after.get(path) for path in same}
    with _new_index(repository) as copy:
        stage(repository, copy, changes)


def _refresh_index(repository: Repository) -> None:
    """Let the index know size and times of the files that it has, as after `git add`.

    Without them every `git status` reads each such file again: ours never writes the index, and on
    a host where only cron is at work nobody else does. What a person changed stays as it is.
    """
    with _new_index(repository) as copy:
        # It answers 1 when a file differs from the index, which is the person's own affair.
        repository.run("update-index", "-q", "--refresh", env={"GIT_INDEX_FILE": str(copy)})


@contextmanager
def _new_index(repository: Repository) -> Iterator[Path]:
    """Lend a copy of the index, and put it in place afterwards.

    Each has the date that git gave it: git reads again only files that are not older than the
    index, and would not see what a person changed within the second before it was copied.
    """
    copy = repository.git_dir / "farmctl-index"
    remove_index(repository, copy)
    found = repository.disk.stat(repository.index)
    if found:
        repository.disk.replace(copy, repository.disk.read(repository.index), durable=False)
        date(copy, found.mtime_ns)
    yield copy
    repository.disk.sync(copy)
    repository.disk.move(copy, repository.index)


def _put_in_work_tree(repository: Repository, step: Step, after: Mapping[str, Entry]) -> None:
    before = list_tree(repository, step.old, *step.staged) if step.old else {}
    for path in step.staged:
        old, new = before.get(path), after.get(path)
        if blob_on_disk(repository, path) != (old.blob if old else None):
            continue
        if new is None:
            repository.disk.remove(repository.top / path)
        else:
            repository.disk.replace(repository.top / path, repository.read(new.blob))
