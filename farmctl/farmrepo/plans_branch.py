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
from farmctl.farmrepo.remotes import RemoteBranch, Unreachable, ask_ref, fetch_ref
from farmctl.farmrepo.repository import GitFailed, Repository
from farmctl.farmrepo.side_branch import NotSent, send_to
from farmctl.farmrepo.work import alone

BRANCH = "farmctl/plans"
REF = f"refs/heads/{BRANCH}"


class Edition(Struct, frozen=True):
    """Build plans to be written to the branch.

    Args:
        followed: The commit that the branch is brought onto.
        plans: Content by path; None removes one.
        message: The commit's.
        by: Who commits, and when.
        branch: The branch's name.
        keeps: Whether the branch's other plans stay beside the followed commit's; not where only
            merged plans count: there it says what is to be merged, and no more.
    """

    followed: str
    plans: Mapping[str, bytes | None]
    message: str
    by: Signature
    branch: str = BRANCH
    keeps: bool = True

    @property
    def ref(self) -> str:
        """Return the branch's full name."""
        return ref_of(self.branch)


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


def ref_of(branch: str) -> str:
    """Return the full name of a branch."""
    return f"refs/heads/{branch}"


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
    return write_edition(repository, Edition(followed, plans, message, by))


def write_edition(repository: Repository, edition: Edition) -> str:
    """Write plans to the branch and return its commit. Raises what `write_plans` does."""
    if tip_of_head(repository).ref == edition.ref:
        raise GitFailed(f"branch {edition.branch} is farmctl's own", "git switch to another branch")
    with alone(repository):
        changes = store_files(repository, edition.plans)
        draft = Draft(edition.followed, changes, edition.message, edition.by)
        for _ in range(TRIES):
            tip = Tip(edition.ref, repository.commit_of(edition.ref))
            new = _build(repository, tip, edition, draft)
            if new == tip.commit or move(repository, tip, new, edition.message):
                return new
    raise TipKeepsMoving(f"{edition.branch} moves while farmctl commits to it", "try again")


def _build(repository: Repository, tip: Tip, edition: Edition, draft: Draft) -> str:
    """Return a commit on the tip and the followed commit, or one of them when nothing differs."""
    followed, source = edition.followed, tip.commit or edition.followed
    ours = list_tree(repository, source, PLANS)
    theirs = list_tree(repository, followed, PLANS)
    changes: Changes = {**dict.fromkeys(theirs), **ours, **draft.changes}
    if not edition.keeps:
        changes = {**dict.fromkeys(ours), **theirs, **draft.changes}
    knows_followed = tip.commit and repository.is_ancestor(followed, tip.commit)
    if knows_followed and not _differ(changes, ours):
        return source
    parents = [each for each in (tip.commit, None if knows_followed else followed) if each]
    return make_commit(repository, Draft(draft.base, changes, draft.message, draft.by), parents)


def _differ(changes: Changes, plans: Changes) -> bool:
    return any(plans.get(path) != entry for path, entry in changes.items())


def publish_plans(
    repository: Repository, edition: Edition, remote: str
) -> Pushed | NotPushed | Diverged:
    """Write plans and push them: compare, and swap only what was compared with.

    Where somebody went on from the same commit meanwhile, as an approval by a person does, theirs
    is taken and the plans are written on top; where both changed the same plan, a person must say.

    Raises what `write_plans` does.
    """
    outcome: Pushed | NotPushed = NotPushed("nothing was tried")
    for _ in range(TRIES):
        before = repository.commit_of(edition.ref)
        ours = write_edition(repository, edition)
        outcome = push_plans(repository, remote, edition.branch)
        if isinstance(outcome, Pushed):
            return outcome
        theirs = _incoming(repository, remote, edition.branch)
        if not isinstance(theirs, str) or repository.is_ancestor(theirs, ours):
            return outcome
        if not _goes_on(repository, before, theirs, edition):
            return Diverged(ours, theirs)
        move(repository, Tip(edition.ref, ours), theirs, f"take {remote}'s plans")
    return outcome


def _goes_on(repository: Repository, before: str | None, theirs: str, edition: Edition) -> bool:
    """Return whether theirs holds all of the branch before, and none of our plans was changed."""
    if before is not None and not repository.is_ancestor(before, theirs):
        return False
    old = list_tree(repository, before or edition.followed, PLANS)
    new = list_tree(repository, theirs, PLANS)
    return all(old.get(path) == new.get(path) for path in edition.plans)


def _incoming(repository: Repository, remote: str, branch: str) -> str | Unreachable | None:
    """Fetch the remote's plans and return their commit."""
    theirs = ask_ref(repository, remote, ref_of(branch))
    if theirs is None or isinstance(theirs, Unreachable):
        return theirs
    incoming = f"refs/farmctl/incoming/{remote}/{branch}"
    missed = fetch_ref(repository, remote, ref_of(branch), incoming)
    return missed or repository.resolve(incoming)


def take_plans(
    repository: Repository, remote: str, branch: str = BRANCH
) -> Diverged | Unreachable | None:
    """Take the remote's plans where they go on from ours, as an approval by a person does."""
    theirs = ask_ref(repository, remote, ref_of(branch))
    ours = repository.commit_of(ref_of(branch))
    if theirs is None or theirs == ours or isinstance(theirs, Unreachable):
        return theirs if isinstance(theirs, Unreachable) else None
    theirs = _incoming(repository, remote, branch)
    if not isinstance(theirs, str):
        return theirs
    if ours is None or repository.is_ancestor(ours, theirs):
        move(repository, Tip(ref_of(branch), ours), theirs, f"take {remote}'s plans")
        return None
    return None if repository.is_ancestor(theirs, ours) else Diverged(ours, theirs)


def push_plans(repository: Repository, remote: str, branch: str = BRANCH) -> Pushed | NotPushed:
    """Push the branch, fast-forward only."""
    sent = send_to(repository, ref_of(branch), RemoteBranch(remote, branch))
    return NotPushed(sent.why) if isinstance(sent, NotSent) else Pushed(sent.commit)
