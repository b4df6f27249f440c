"""Following a branch of a remote: a fast-forward is taken, anything else waits for a person."""

from __future__ import annotations

from msgspec import Struct

from farmctl.farmrepo.remotes import RemoteBranch, Unreachable, ask_ref, fetch_ref
from farmctl.farmrepo.repository import Repository


class Followed(Struct, frozen=True):
    """The branch is where it was, or went on from there."""

    commit: str
    moved: bool


class NotFastForward(Struct, frozen=True):
    """The branch was rewritten, or set back: nothing new starts until a person looked.

    Args:
        old: The commit that was followed last, and still is.
        new: Where the branch points now.
    """

    old: str
    new: str


class BranchGone(Struct, frozen=True):
    """The remote has no such branch any more; `old` is the commit that was followed last."""

    branch: str
    old: str | None


class NotReached(Struct, frozen=True):
    """The remote did not answer; `old` is the commit that was followed last."""

    why: str
    old: str | None


Outcome = Followed | NotFastForward | BranchGone | NotReached


def followed_ref(branch: RemoteBranch) -> str:
    """Return our own ref, which keeps the commit that is followed whatever people fetch."""
    return f"refs/farmctl/followed/{branch}"


def follow(repository: Repository, branch: RemoteBranch) -> Outcome:
    """Look where the branch is, fetch it when it moved, and take it when it went on."""
    ours = followed_ref(branch)
    old = repository.commit_of(ours)
    seen = ask_ref(repository, branch.remote, branch.ref)
    if isinstance(seen, Unreachable):
        return NotReached(seen.why, old)
    if seen is None:
        return BranchGone(str(branch), old)
    if seen == old:
        return Followed(old, moved=False)
    incoming = f"refs/farmctl/incoming/{branch}"
    missed = fetch_ref(repository, branch.remote, branch.ref, incoming)
    if missed:
        return NotReached(missed.why, old)
    new = repository.resolve(incoming)
    if old and not repository.is_ancestor(old, new):
        return NotFastForward(old, new)
    accept(repository, branch, new)
    return Followed(new, moved=True)


def accept(repository: Repository, branch: RemoteBranch, commit: str) -> None:
    """Follow the branch from this commit on: it went on there, or a person said that it may."""
    repository.ask("update-ref", "-m", "farmctl: follow", followed_ref(branch), commit)
