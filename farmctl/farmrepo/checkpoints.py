"""Checkpoints of the ledger in git, under `refs/farmctl/checkpoints`: only ever added to.

Each is a commit that holds one document, with its signature where there is a key. It has the one
before as its parent; two chains that do not contradict each other are joined, so that a push is
always a fast-forward, and one that is refused is an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.farmrepo.files import REGULAR, Entry
from farmctl.farmrepo.identity import FARMCTL, Signature
from farmctl.farmrepo.objects import Draft, make_commit, store
from farmctl.farmrepo.remotes import Unreachable, ask_ref, fetch_ref, remotes
from farmctl.farmrepo.repository import GitFailed, Repository, failed
from farmctl.farmrepo.work import only_farmctl
from farmctl.model.checkpoint import Checkpoint, from_document, to_document

REF = "refs/farmctl/checkpoints"
_DOCUMENT = "checkpoint.json"
_SIGNATURE = "checkpoint.json.sig"


class Anchor(Struct, frozen=True):
    """A checkpoint as it lies in git.

    Args:
        commit: Where.
        checkpoint: What it says.
        signature: Whose word that is; None when nobody signed.
    """

    commit: str
    checkpoint: Checkpoint
    signature: bytes | None


class RemoteTip(Struct, frozen=True):
    """Where a remote's chain ends; None when it has none."""

    remote: str
    commit: str | None


class Declined(Struct, frozen=True):
    """A remote's chain does not go on from there to ours: never forced."""

    remote: str
    ours: str
    theirs: str


class Known(Struct, frozen=True):
    """The ends of every chain that could be asked for; all of them are here to be read."""

    local: str | None
    remotes: tuple[RemoteTip | Unreachable, ...] = ()

    @property
    def tips(self) -> tuple[str, ...]:
        """Return the commits, each once, that of this clone first."""
        told = [each.commit for each in self.remotes if isinstance(each, RemoteTip)]
        return tuple(dict.fromkeys(commit for commit in (self.local, *told) if commit))


def known_tips(repository: Repository) -> Known:
    """Return where the chains of this clone and of every remote end; asks over the network."""
    told = tuple(_ask(repository, remote) for remote in remotes(repository))
    return Known(repository.commit_of(REF), told)


def read_anchor(repository: Repository, commit: str) -> Anchor:
    """Return the checkpoint of a commit. Raises GitFailed when it is none."""
    raw = repository.read(f"{commit}:{_DOCUMENT}")
    try:
        checkpoint = from_document(raw)
    except FarmctlError as error:
        raise GitFailed(
            f"{REF} at {commit[:12]} is no checkpoint: {error.message}",
            f"find out who wrote it: git log {commit[:12]}",
        ) from error
    return Anchor(commit, checkpoint, _signature(repository, commit))


def chain(repository: Repository, tips: Sequence[str]) -> Iterator[Anchor]:
    """Yield every checkpoint that these tips reach, children before parents. Raises GitFailed."""
    if tips:
        for commit in repository.ask("rev-list", "--topo-order", *tips).split("\n"):
            yield read_anchor(repository, commit)


def ends(repository: Repository, tips: Sequence[str]) -> tuple[str, ...]:
    """Return the tips that no other one has in its past."""
    if len(tips) < 2:
        return tuple(tips)
    return tuple(repository.ask("merge-base", "--independent", *tips).split("\n"))


def add(
    repository: Repository, checkpoint: Checkpoint, signature: bytes | None, tips: Sequence[str]
) -> str:
    """Add a checkpoint after these tips and return its commit; nothing is checked out.

    Raises GitFailed when the ref moved meanwhile, Busy.
    """
    before = repository.commit_of(REF)
    contents = {_DOCUMENT: to_document(checkpoint), _SIGNATURE: signature}
    kept = {path: raw for path, raw in contents.items() if raw is not None}
    message = f"checkpoint of ledger {checkpoint.ledger}: event {checkpoint.seq}"
    with only_farmctl(repository):
        blobs = store(repository, list(kept.values()))
        files = {path: Entry(REGULAR, blob) for path, blob in zip(kept, blobs, strict=True)}
        draft = Draft(None, files, message, Signature(FARMCTL, checkpoint.at))
        commit = make_commit(repository, draft, ends(repository, tips))
    repository.ask("update-ref", "-m", f"farmctl: {message}", REF, commit, before or "")
    return commit


def push(repository: Repository) -> tuple[Unreachable | Declined, ...]:
    """Push the chain to every remote, fast-forward only; return those that have not got it."""
    commit = repository.commit_of(REF)
    return tuple(_push(repository, commit)) if commit else ()


def _push(repository: Repository, commit: str) -> Iterator[Unreachable | Declined]:
    for remote in remotes(repository):
        answer = repository.run("push", "--quiet", "--no-verify", "--", remote, f"{commit}:{REF}")
        if answer.code == 0:
            continue
        there = _ask(repository, remote)
        if isinstance(there, Unreachable):
            yield there
        elif there.commit and not repository.is_ancestor(there.commit, commit):
            yield Declined(remote, commit, there.commit)
        else:
            yield Unreachable(remote, failed("push", answer).message)


def _ask(repository: Repository, remote: str) -> RemoteTip | Unreachable:
    there = ask_ref(repository, remote, REF)
    if isinstance(there, Unreachable):
        return there
    if there is not None and repository.commit_of(there) is None:
        missed = fetch_ref(repository, remote, REF, f"refs/farmctl/remotes/{remote}/checkpoints")
        if missed:
            return missed
    return RemoteTip(remote, there)


def _signature(repository: Repository, commit: str) -> bytes | None:
    try:
        return repository.read(f"{commit}:{_SIGNATURE}")
    except GitFailed:
        return None
