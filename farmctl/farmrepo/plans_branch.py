"""farmctl's own branch for build plans, for farms that follow a branch of a remote.

Its tree is that of the followed commit with other `plans/`. It is rebuilt on each new commit that
is followed, as a merge, so that it only ever goes forward. Only its `plans/` is ever read.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.farmrepo.branch import TRIES, Tip, TipKeepsMoving, move, tip_of_head
from farmctl.farmrepo.files import list_tree
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.layout import PLANS
from farmctl.farmrepo.objects import Changes, Draft, make_commit, store_files
from farmctl.farmrepo.remotes import Unreachable, ask_ref, fetch_ref
from farmctl.farmrepo.repository import GitFailed, Repository, failed
from farmctl.farmrepo.work import alone

BRANCH = "farmctl/plans"
REF = f"refs/heads/{BRANCH}"


class Pushed(Struct, frozen=True):
    """The remote has the plans of this commit."""

    commit: str


class NotPushed(Struct, frozen=True):
    """The remote has not: the plans count on this host alone, and wait there."""

    why: str


class Diverged(Struct, frozen=True):
    """The remote's plans are others than ours: a person must say which count."""

    ours: str
    theirs: str


def write_plans(
    repository: Repository,
    followed: str,
    plans: Mapping[str, bytes | None],
    message: str,
    by: Signature,
) -> str:
    """Bring the branch onto the followed commit, with these plans changed; return its commit.

    Raises GitFailed when a person has the branch checked out; TipKeepsMoving, Busy.
    """
    if tip_of_head(repository).ref == REF:
        raise GitFailed(f"branch {BRANCH} is farmctl's own", "git switch to another branch")
    with alone(repository):
        changes = store_files(repository, plans)
        for _ in range(TRIES):
            tip = Tip(REF, repository.commit_of(REF))
            new = _build(repository, tip, followed, Draft(followed, changes, message, by))
            if new == tip.commit or move(repository, tip, new, message):
                return new
    raise TipKeepsMoving(f"{BRANCH} moves while farmctl commits to it", "try again")


def _build(repository: Repository, tip: Tip, followed: str, draft: Draft) -> str:
    """Return a commit on the tip and the followed commit, or one of them when nothing differs."""
    source = tip.commit or followed
    ours = list_tree(repository, source, PLANS)
    theirs = list_tree(repository, followed, PLANS)
    changes: Changes = {**dict.fromkeys(theirs), **ours, **draft.changes}
    knows_followed = tip.commit and repository.is_ancestor(followed, tip.commit)
    if knows_followed and not _differ(changes, ours):
        return source
    parents = [each for each in (tip.commit, None if knows_followed else followed) if each]
    return make_commit(repository, Draft(draft.base, changes, draft.message, draft.by), parents)


def _differ(changes: Changes, plans: Changes) -> bool:
    return any(plans.get(path) != entry for path, entry in changes.items())


def take_plans(repository: Repository, remote: str) -> Diverged | Unreachable | None:
    """Take the remote's plans where they go on from ours, as an approval by a person does."""
    theirs = ask_ref(repository, remote, REF)
    ours = repository.commit_of(REF)
    if theirs is None or theirs == ours or isinstance(theirs, Unreachable):
        return theirs if isinstance(theirs, Unreachable) else None
    incoming = f"refs/farmctl/incoming/{remote}/{BRANCH}"
    missed = fetch_ref(repository, remote, REF, incoming)
    if missed:
        return missed
    if ours is None or repository.is_ancestor(ours, theirs):
        move(repository, Tip(REF, ours), theirs, f"take {remote}'s plans")
        return None
    return None if repository.is_ancestor(theirs, ours) else Diverged(ours, theirs)


def push_plans(repository: Repository, remote: str) -> Pushed | NotPushed:
    """Push the branch, fast-forward only."""
    commit = repository.resolve(REF)
    answer = repository.run("push", "--quiet", "--no-verify", "--", remote, f"{commit}:{REF}")
    return Pushed(commit) if answer.code == 0 else NotPushed(failed("push", answer).message)
