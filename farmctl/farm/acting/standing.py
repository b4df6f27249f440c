"""What of a followed branch counts now, and why nothing may begin from it. Pure."""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from farmctl.errors import FarmctlError
from farmctl.farmrepo.follow import (
    BranchGone,
    Followed,
    NotFastForward,
    NotReached,
    Outcome,
    followed_ref,
)
from farmctl.farmrepo.remotes import RemoteBranch
from farmctl.model.desired import Desired
from farmctl.model.diagnostics import REVISION_HELD, Diagnostic


class Standing(Struct, frozen=True):
    """What counts now.

    Args:
        commit: The farm's files.
        plans: The commit that build plans are read from; None before the first.
        held: Why nothing starts, or nothing.
    """

    commit: str
    plans: str | None = None
    held: str = ""


def standing_at(found: Outcome, branch: RemoteBranch) -> Standing:
    """Return what counts after a look. Raises FarmctlError where nothing was ever followed."""
    match found:
        case Followed(commit=commit):
            return Standing(commit)
        case NotFastForward(old=old, new=new):
            take = f"git update-ref {followed_ref(branch)} {new[:12]}"
            why = f"{branch} was rewritten, {old[:7]} is not in {new[:7]}: {take}"
            return Standing(old, held=why)
        case BranchGone(branch=name, old=old):
            return Standing(_known(old, branch, f"{name} is gone"), held=f"{name} is gone")
        case NotReached(why=why, old=old):
            return Standing(_known(old, branch, why))
        case _:
            assert_never(found)


def held_back(desired: Desired, at: Standing) -> Desired:
    """Return the farm with what a person must look at first as its fault."""
    if not at.held:
        return desired
    fault = Diagnostic(desired.branch, 0, 0, REVISION_HELD, at.held)
    return replace(desired, faults=(*desired.faults, fault))


def _known(old: str | None, branch: RemoteBranch, why: str) -> str:
    if old is None:
        raise FarmctlError(f"{branch} cannot be followed: {why}", "git remote -v")
    return old
