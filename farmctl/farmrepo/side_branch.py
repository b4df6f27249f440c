"""A commit on a branch of its own: nothing that the person has checked out is read or touched.

The branch only ever goes forward. Where it is there already and was not merged, the new commit has
both the old end and the base as parents, so that a push is always a fast-forward.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.errors import Refused
from farmctl.farmrepo.branch import TRIES, Tip, TipKeepsMoving, move, tip_of_head
from farmctl.farmrepo.files import list_tree
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.objects import Changes, Draft, make_commit, store_files
from farmctl.farmrepo.remotes import RemoteBranch, Unreachable, ask_ref
from farmctl.farmrepo.repository import Answer, GitFailed, Repository, failed
from farmctl.farmrepo.work import only_farmctl

_PROTECTED = ("protected branch", "pre-receive hook declined", "hook declined", "GH006", "GH013")
_NO_ENTRY = (
    "authentication failed",
    "could not read username",
    "permission denied",
    "403",
    "invalid username or password",
    "access denied",
)
_BEHIND = ("non-fast-forward", "fetch first", "stale info")


class Proposal(Struct, frozen=True):
    """What a branch shall say.

    Args:
        branch: `farmctl/promote-petg-1.9.0`.
        base: The commit that its files are those of, but for the changes.
        files: Content by path.
        message: The commit's.
    """

    branch: str
    base: str
    files: Mapping[str, bytes]
    message: str

    @property
    def ref(self) -> str:
        """Return the branch's full name."""
        return f"refs/heads/{self.branch}"


class Sent(Struct, frozen=True):
    """The remote has the branch."""

    remote: str
    commit: str


class NotSent(Struct, frozen=True):
    """The remote has not: the branch stays here."""

    remote: str
    why: str
    mend: str


def commit_on_branch(repository: Repository, proposal: Proposal, by: Signature) -> str:
    """Commit on the branch and return the commit; one that says the same already is kept.

    Raises Refused while the branch is checked out; TipKeepsMoving, Busy, GitFailed.
    """
    if tip_of_head(repository).ref == proposal.ref:
        raise Refused(
            f"{proposal.branch} is checked out: its files would change under you",
            "git switch to another branch",
        )
    _refuse_odd_name(repository, proposal.branch)
    with only_farmctl(repository):
        changes = store_files(repository, proposal.files)
        for _ in range(TRIES):
            tip = Tip(proposal.ref, repository.commit_of(proposal.ref))
            if tip.commit and _says_it(repository, tip.commit, proposal.base, changes):
                return tip.commit
            draft = Draft(proposal.base, changes, proposal.message, by)
            new = make_commit(repository, draft, _parents(repository, tip.commit, proposal.base))
            if move(repository, tip, new, proposal.message.partition("\n")[0]):
                return new
    raise TipKeepsMoving(f"{proposal.branch} moves while farmctl commits to it", "try again")


def _says_it(repository: Repository, tip: str, base: str, changes: Changes) -> bool:
    """Return whether a branch is the base with just these changes."""
    if not repository.is_ancestor(base, tip):
        return False
    differing = repository.ask("diff-tree", "-r", "-z", "--name-only", base, tip)
    if set(differing.split("\0")) - {""} != set(changes):
        return False
    theirs = list_tree(repository, tip, *changes)
    return all(theirs.get(path) == entry for path, entry in changes.items())


def _parents(repository: Repository, tip: str | None, base: str) -> list[str]:
    if tip is None or repository.is_ancestor(tip, base):
        return [base]
    return [tip] if repository.is_ancestor(base, tip) else [base, tip]


def _refuse_odd_name(repository: Repository, branch: str) -> None:
    if repository.run("check-ref-format", "--branch", branch).code != 0:
        raise GitFailed(f"`{branch}` cannot be the name of a branch", "rename the profile")


def send(repository: Repository, branch: str, remote: str) -> Sent | NotSent:
    """Push a branch, fast-forward only, and look that it is there."""
    return send_to(repository, f"refs/heads/{branch}", RemoteBranch(remote, branch))


def send_to(repository: Repository, ref: str, there: RemoteBranch) -> Sent | NotSent:
    """Push what a ref of ours names to a remote's branch, fast-forward only, and look there."""
    commit = repository.resolve(ref)
    answer = repository.run(
        "push", "--quiet", "--no-verify", "--", there.remote, f"{commit}:{there.ref}"
    )
    if answer.code != 0:
        return _not_sent(there, answer)
    seen = ask_ref(repository, there.remote, there.ref)
    if isinstance(seen, Unreachable):
        return NotSent(there.remote, seen.why, f"git push {there.remote} {there.name}")
    if seen != commit:
        why = f"{there} was pushed, and is at {(seen or 'nothing')[:12]} now"
        return NotSent(there.remote, why, f"git fetch {there.remote}; look at {there.name}")
    return Sent(there.remote, commit)


def _not_sent(there: RemoteBranch, answer: Answer) -> NotSent:
    """Return why a push failed, with what helps against just that."""
    said = answer.err.lower()
    words = failed("push", answer).message
    if any(each.lower() in said for each in _PROTECTED):
        why = f"{there.remote} does not take {there.name}: it is protected, or a hook refused it"
        return NotSent(there.remote, f"{why} ({words})", "allow branches that begin with farmctl/")
    if any(each in said for each in _BEHIND):
        why = f"{there} has commits that are not here"
        mend = f"git fetch {there.remote} {there.name}; merge or delete it there"
        return NotSent(there.remote, why, mend)
    if any(each in said for each in _NO_ENTRY):
        why = f"{there.remote} does not let you push ({words})"
        return NotSent(there.remote, why, f"git push {there.remote} {there.name} asks who you are")
    return NotSent(there.remote, words, f"git push {there.remote} {there.name}, once it answers")
