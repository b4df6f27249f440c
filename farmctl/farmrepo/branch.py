"""The branch that is checked out: where it points, and moving it only from where it was seen."""

from __future__ import annotations

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.farmrepo.repository import Repository, failed

TRIES = 5
_UNDER_WAY = (
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
)


class TipKeepsMoving(FarmctlError):  # noqa: N818 - reads as what it says
    """Somebody else commits to the branch again and again."""


class Tip(Struct, frozen=True):
    """Where a branch points.

    Args:
        ref: `refs/heads/main`, or `HEAD` when no branch is checked out.
        commit: None before the first commit.
    """

    ref: str
    commit: str | None


def tip_of_head(repository: Repository) -> Tip:
    """Return the tip of what is checked out."""
    branch = repository.run("symbolic-ref", "--quiet", "HEAD")
    ref = branch.text if branch.code == 0 else "HEAD"
    return Tip(ref, repository.commit_of(ref))


def under_way(repository: Repository) -> str | None:
    """Return what git is in the middle of (`a merge`), or None."""
    for name, what in _UNDER_WAY:
        if repository.disk.stat(repository.git_dir / name):
            return what
    return None


def move(repository: Repository, tip: Tip, new: str, message: str) -> bool:
    """Point the tip's ref to `new`. Returns False when it moved; raises GitFailed otherwise."""
    answer = repository.run(
        "update-ref", "--no-deref", "-m", f"farmctl: {message}", tip.ref, new, tip.commit or ""
    )
    if answer.code == 0:
        return True
    if repository.commit_of(tip.ref) != tip.commit:
        return False
    raise failed("update-ref", answer)
