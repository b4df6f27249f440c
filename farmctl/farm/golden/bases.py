"""The commit that a change is held against: the one that is named, or where the branch began."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.errors import FarmctlError
from farmctl.farm.edits import git_rules
from farmctl.farm.parts import Farm
from farmctl.farmrepo.branch import tip_of_head
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.uncommitted import uncommitted

_DEFAULTS = ("origin/HEAD", "origin/main", "origin/master")


class NoBase(FarmctlError):  # noqa: N818 - reads as what it says
    """There is no commit to hold a change against.

    Args:
        message: What is wrong.
        mend: What to type.
        code: The stable code: base-unknown, base-not-in-clone, base-detached, base-unrelated.
    """

    def __init__(self, message: str, mend: str, code: str) -> None:
        super().__init__(f"{message} ({code})", mend)
        self.code = code


def base_commit(
    farm: Farm, repository: Repository, named: str | None, rev: str | None = None
) -> str:
    """Return the commit that files are held against: those of `rev`, or as they are.

    One that is named counts from where the branch left it, as a pull request is read. Without one
    it is `git.follow` of farm.yaml, or the remote's main branch; on that branch itself the commit
    before, or the last one where files differ from it. The first commit of all changes nothing.

    Raises NoBase.
    """
    head = repository.resolve(rev) if rev else repository.commit_of("HEAD")
    if head is None:
        raise NoBase("the farm has no commit yet", "farmctl commit -m 'first'", "base-unknown")
    if named is not None:
        return _fork(repository, head, _commit(repository, named), named)
    for name in _candidates(farm):
        commit = repository.commit_of(name)
        if commit is not None and commit != head:
            fork = _fork(repository, head, commit, name)
            if fork != head:
                return fork
    is_changed = rev is None and uncommitted(repository)
    return head if is_changed else _before(repository, head)


def _candidates(farm: Farm) -> Iterator[str]:
    rules = git_rules(farm)
    if rules is not None and rules.git is not None:
        yield rules.git.follow
    yield from _DEFAULTS


def _commit(repository: Repository, named: str) -> str:
    commit = repository.commit_of(named)
    if commit is not None:
        return commit
    if _is_shallow(repository):
        raise _not_in_clone(named)
    mend = "see `git log --oneline --all`; in CI, fetch the branch that the pull request goes to"
    raise NoBase(f"`{named}` names no commit here", mend, "base-unknown")


def _fork(repository: Repository, head: str, commit: str, name: str) -> str:
    """Return where both histories part."""
    answer = repository.run("merge-base", head, commit)
    if answer.code == 0:
        return answer.text
    if _is_shallow(repository):
        raise _not_in_clone(name)
    mend = "name a commit of this history: --base REV"
    raise NoBase(f"`{name}` and what is here have no commit in common", mend, "base-unrelated")


def _before(repository: Repository, head: str) -> str:
    commit = repository.commit_of(f"{head}^")
    if commit is not None:
        return commit
    if _is_shallow(repository):
        raise _not_in_clone("HEAD^")
    if tip_of_head(repository).ref == "HEAD":
        raise NoBase(
            "no branch is checked out (detached HEAD), and there is no commit before this one",
            "name what to compare with: --base REV",
            "base-detached",
        )
    return head


def _is_shallow(repository: Repository) -> bool:
    return repository.run("rev-parse", "--is-shallow-repository").text == "true"


def _not_in_clone(name: str) -> NoBase:
    return NoBase(
        f"this clone is shallow: `{name}`, or where it parted, is not in it",
        "git fetch --unshallow (in CI: fetch the whole history, fetch-depth: 0)",
        "base-not-in-clone",
    )
