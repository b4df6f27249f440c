"""Following a branch of a remote: a fast-forward is taken, anything else waits for a person."""

from __future__ import annotations

from typing import Protocol

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


class Ends(Protocol):
    """Where a branch ends: as we followed it, and at its remote."""

    def known(self) -> str | None:
        """Return the commit that was followed last."""
        ...

    def asked(self) -> str | Unreachable | None:
        """Ask the remote for its commit, or None when it has no such branch."""
        ...

    def fetched(self) -> str | Unreachable:
        """Fetch the remote's commit."""
        ...

    def goes_on(self, old: str, new: str) -> bool:
        """Return whether `new` has `old` among its ancestors."""
        ...

    def accept(self, commit: str) -> None:
        """Follow the branch from this commit on."""
        ...


def look(ends: Ends, branch: RemoteBranch) -> Outcome:
    """Look where the branch is, fetch it when it moved, and take it when it went on."""
    old, seen = ends.known(), ends.asked()
    if isinstance(seen, Unreachable):
        return NotReached(seen.why, old)
    if seen is None:
        return BranchGone(str(branch), old)
    if seen == old:
        return Followed(old, moved=False)
    new = ends.fetched()
    if isinstance(new, Unreachable):
        return NotReached(new.why, old)
    if old and not ends.goes_on(old, new):
        return NotFastForward(old, new)
    ends.accept(new)
    return Followed(new, moved=True)


def followed_ref(branch: RemoteBranch) -> str:
    """Return our own ref, which keeps the commit that is followed whatever people fetch."""
    return f"refs/farmctl/followed/{branch}"


def follow(repository: Repository, branch: RemoteBranch) -> Outcome:
    """Look where the branch is, in a repository of git."""
    return look(GitEnds(repository, branch), branch)


class GitEnds(Struct, frozen=True):
    """The ends of a branch in a repository of git."""

    repository: Repository
    branch: RemoteBranch

    def known(self) -> str | None:
        """Return where our own ref points."""
        return self.repository.commit_of(followed_ref(self.branch))

    def asked(self) -> str | Unreachable | None:
        """Ask the remote."""
        return ask_ref(self.repository, self.branch.remote, self.branch.ref)

    def fetched(self) -> str | Unreachable:
        """Fetch into a ref of our own, since where the branch is may have moved once more."""
        incoming = f"refs/farmctl/incoming/{self.branch}"
        missed = fetch_ref(self.repository, self.branch.remote, self.branch.ref, incoming)
        return missed or self.repository.resolve(incoming)

    def goes_on(self, old: str, new: str) -> bool:
        """Ask git."""
        return self.repository.is_ancestor(old, new)

    def accept(self, commit: str) -> None:
        """Move our own ref: it went on there, or a person said that it may."""
        ref = followed_ref(self.branch)
        self.repository.ask("update-ref", "-m", "farmctl: follow", ref, commit)
