"""Where a proposal begins, and where it goes: its remote, and a pull request on the forge."""

from __future__ import annotations

import os
from typing import assert_never

from msgspec import Struct

from farmctl.errors import FarmctlError, Refused
from farmctl.farm.edits import committed_farm
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.announcing import Announcement
from farmctl.farmrepo.files import list_tree
from farmctl.farmrepo.follow import BranchGone, Followed, NotFastForward, NotReached, follow
from farmctl.farmrepo.forge import Opened, open_request
from farmctl.farmrepo.forge_kinds import Wish, place_of
from farmctl.farmrepo.layout import profile_path, settings_path
from farmctl.farmrepo.remotes import RemoteBranch, parse_branch
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.side_branch import NotSent, send
from farmctl.model.documents.farm import Farm as FarmDocument
from farmctl.model.documents.git import Forge
from farmctl.system.secrets import resolve


class Base(Struct, frozen=True):
    """What a proposal is made on.

    Args:
        commit: Which commit.
        farm: `farm.yaml` as it is there.
        branch: The branch that is followed; None where the farm follows none.
        word: What a person should know of how it was found.
    """

    commit: str
    farm: FarmDocument
    branch: RemoteBranch | None = None
    word: str = ""


class Handed(Struct, frozen=True):
    """Where a branch went.

    Args:
        branch: Its name.
        into: Where it is to be merged: `main`, or `origin/main`.
        is_pushed: Whether the remote has it.
        opened: The pull request; None without a forge.
    """

    branch: str
    into: str
    is_pushed: bool
    opened: Opened | None = None


class NotHandedOn(FarmctlError):  # noqa: N818 - reads as what it says
    """The branch is made; its remote or forge did not take it."""


def base_for(
    farm: Farm, repository: Repository, name: str, version: str | None, *, direct: bool
) -> Base:
    """Return what to begin with: what the farm follows, or what is checked out.

    A version that the followed branch does not have yet takes the branch it is on along.

    Raises Refused where nothing can be followed, InvalidDocuments for a `farm.yaml` that cannot be
    read.
    """
    head = repository.resolve("HEAD")
    here = Base(head, committed_farm(farm, head))
    if here.farm.git is None or direct:
        return here
    branch = parse_branch(repository, here.farm.git.follow)
    commit, word = _followed(repository, branch)
    if not _has(repository, commit, name, version) and _has(repository, head, name, version):
        return Base(head, here.farm, branch, word)
    return Base(commit, committed_farm(farm, commit), branch, word)


def _followed(repository: Repository, branch: RemoteBranch) -> tuple[str, str]:
    """Return where the followed branch is now, or was when it was asked last, with a word on it."""
    found = follow(repository, branch)
    match found:
        case Followed(commit=commit):
            return commit, ""
        case NotFastForward(new=new):
            return new, f"{branch} was rewritten: `farmctl run` waits until somebody looked"
        case BranchGone():
            raise Refused(f"{branch} is gone", "see git.follow in farm.yaml")
        case NotReached(why=why, old=old):
            if old is None:
                raise Refused(f"{branch} cannot be followed: {why}", "git remote -v")
            return old, f"{branch} cannot be asked: {why}"
        case _:
            assert_never(found)


def _has(repository: Repository, commit: str, name: str, version: str | None) -> bool:
    path = profile_path(name)
    wanted = path if version is None else settings_path(path, version)
    return wanted in list_tree(repository, commit, wanted)


def hand_on(farm: Farm, repository: Repository, base: Base, announcement: Announcement) -> Handed:
    """Push the branch and open a pull request, as far as the farm says where.

    Raises NotHandedOn: the branch stays, and the message names it.
    """
    branch = announcement.move.branch
    if base.branch is None:
        return Handed(branch, _checked_out(repository), is_pushed=False)
    sent = send(repository, branch, base.branch.remote)
    if isinstance(sent, NotSent):
        raise NotHandedOn(f"branch {branch} is made, and not pushed: {sent.why}", sent.mend)
    forge = base.farm.git.forge if base.farm.git else None
    if forge is None:
        return Handed(branch, base.branch.name, is_pushed=True)
    body = "\n".join(announcement.body_lines())
    wish = Wish(branch, base.branch.name, announcement.title, body)
    try:
        opened = requested(farm, repository, forge, base.branch.remote, wish)
    except FarmctlError as error:
        raise NotHandedOn(
            f"branch {branch} is pushed, and no pull request opened: {error.message}",
            f"{error.mend}; then the same command again" if error.mend else "try again",
        ) from None
    return Handed(branch, base.branch.name, is_pushed=True, opened=opened)


def requested(farm: Farm, repository: Repository, forge: Forge, remote: str, wish: Wish) -> Opened:
    """Open a pull request, or find the one that is open. Raises ForgeFailed, SecretMissing."""
    place = place_of(forge, repository.ask("remote", "get-url", "--", remote))
    reference = forge.token.model_dump(exclude_none=True)
    return open_request(place, resolve(reference, os.environ, farm.folder), wish)


def _checked_out(repository: Repository) -> str:
    return repository.ask("symbolic-ref", "--short", "HEAD")
