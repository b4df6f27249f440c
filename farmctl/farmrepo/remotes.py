"""Asking and fetching from other repositories: never more than one named ref at a time."""

from __future__ import annotations

from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.farmrepo.repository import Repository, failed
from farmctl.farmrepo.suggest import mend_name

_NO_SUCH_REF = 2  # what `git ls-remote --exit-code` ends with


class Unreachable(Struct, frozen=True):
    """A remote did not answer."""

    remote: str
    why: str


class RemoteBranch(Struct, frozen=True):
    """A branch of a remote, as people write it: `origin/main`."""

    remote: str
    name: str

    def __str__(self) -> str:
        return f"{self.remote}/{self.name}"

    @property
    def ref(self) -> str:
        """Return its full name there."""
        return f"refs/heads/{self.name}"


def remotes(repository: Repository) -> tuple[str, ...]:
    """Return the names of the remotes, sorted."""
    return tuple(sorted(name for name in repository.ask("remote").split("\n") if name))


def parse_branch(repository: Repository, text: str) -> RemoteBranch:
    """Return the branch that `origin/main` names. Raises UsageError."""
    names = remotes(repository)
    for remote in sorted(names, key=len, reverse=True):
        branch = text.removeprefix(f"{remote}/")
        if branch not in {text, ""}:
            return RemoteBranch(remote, branch)
    examples = [f"{name}/main" for name in names]
    raise UsageError(
        f"`{text}` is no branch of a remote", mend_name(text, examples, "branches to follow")
    )


def ask_ref(repository: Repository, remote: str, ref: str) -> str | Unreachable | None:
    """Return where a remote's ref points, or None when it has none such."""
    answer = repository.run("ls-remote", "--exit-code", "--quiet", "--", remote, ref)
    if answer.code == _NO_SUCH_REF:
        return None
    if answer.code != 0:
        return Unreachable(remote, failed("ls-remote", answer).message)
    rows = [row.split("\t") for row in answer.text.split("\n")]
    return next((commit for commit, name in rows if name == ref), None)


def fetch_ref(repository: Repository, remote: str, ref: str, into: str) -> Unreachable | None:
    """Fetch one ref of a remote into one of our own, wherever that pointed."""
    answer = repository.run(
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-write-fetch-head",
        "--refmap=",
        "--",
        remote,
        f"+{ref}:{into}",
    )
    return None if answer.code == 0 else Unreachable(remote, failed("fetch", answer).message)
