"""Which ledger a farm has: one for all clones, recorded in `refs/farmctl/ledger`.

A clone does not get that ref by itself, so a clone without a ledger asks every remote first.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import asdict

from farmctl.errors import FarmctlError, Refused
from farmctl.farmrepo.files import REGULAR, Entry
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.objects import Draft, make_commit, store
from farmctl.farmrepo.remotes import Unreachable, ask_ref, fetch_ref, remotes
from farmctl.farmrepo.repository import GitFailed, Repository, failed
from farmctl.model import canonical, codec

REF = "refs/farmctl/ledger"
_FILE = "ledger.json"
_MENDS = (
    "act on the host that has the ledger, or bring it here with `farmctl ledger restore`,"
    " or begin anew with `farmctl ledger new --discard-history`"
)


class Claim(Struct, frozen=True):
    """What a farm's repository says its ledger is.

    Args:
        farm: The farm's id.
        ledger: The ledger's id.
        epoch: Raised by each restore and takeover.
        host: Where it was then, for people.
    """

    farm: str
    ledger: str
    epoch: int
    host: str


class RemoteClaim(Struct, frozen=True):
    """What a remote says: a claim, or None for none."""

    remote: str
    claim: Claim | None


class ClaimState(Struct, frozen=True):
    """What this clone and every remote say."""

    local: Claim | None
    remotes: tuple[RemoteClaim | Unreachable, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Return every claim, of this clone first."""
        told = [each.claim for each in self.remotes if isinstance(each, RemoteClaim)]
        return tuple(claim for claim in (self.local, *told) if claim)

    @property
    def silent(self) -> tuple[Unreachable, ...]:
        """Return the remotes that did not answer."""
        return tuple(each for each in self.remotes if isinstance(each, Unreachable))


def local_claim(repository: Repository) -> Claim | None:
    """Return what this clone says. Raises GitFailed when it cannot be understood."""
    commit = repository.commit_of(REF)
    return _read(repository, commit) if commit else None


def claim_state(repository: Repository) -> ClaimState:
    """Return what this clone and every remote say; asks over the network."""
    told = tuple(_ask(repository, remote) for remote in remotes(repository))
    return ClaimState(local_claim(repository), told)


def refusal(state: ClaimState, ledger: str | None, epoch: int = 0) -> Refused | None:
    """Return why a clone may not act, or None when it may. Pure.

    Args:
        state: What the clone and the remotes say.
        ledger: The id of the ledger that lies here; None when none does.
        epoch: Its epoch.
    """
    for claim in state.claims:
        if claim.ledger != ledger:
            here = "no ledger lies here" if ledger is None else f"here lies {ledger}"
            return Refused(f"the farm's ledger is {claim.ledger} on {claim.host}; {here}", _MENDS)
        if claim.epoch > epoch:
            return Refused(
                f"the ledger was restored on {claim.host} as epoch {claim.epoch}; this copy is of"
                f" epoch {epoch}",
                _MENDS,
            )
    if state.local is None and state.silent:
        silent = state.silent[0]
        return Refused(
            f"{silent.remote} cannot be asked whether the farm has a ledger: {silent.why}",
            f"make `git ls-remote {silent.remote}` work, or {_MENDS}",
        )
    return None


def catch_up(repository: Repository) -> None:
    """Take over a remote's claim where it goes on from this clone's, to record one after it.

    A clone that was made anew has none by itself. What does not answer is left as it is.
    """
    for remote in remotes(repository):
        there = ask_ref(repository, remote, REF)
        if not isinstance(there, str) or repository.commit_of(there) is None:
            continue  # `claim_state` has fetched what can be fetched
        ours = repository.commit_of(REF)
        if ours is None or repository.is_ancestor(ours, there):
            repository.ask("update-ref", "-m", f"farmctl: as {remote}", REF, there, ours or "")


def record(repository: Repository, claim: Claim, by: Signature) -> tuple[Unreachable, ...]:
    """Record a claim in this clone and at every remote; return the remotes that it did not reach.

    Raises:
        Refused: Another clone was faster; or the epoch is not above that of the claim before.
        GitFailed: The ref moved here meanwhile.
    """
    before = repository.commit_of(REF)
    known = _read(repository, before) if before else None
    if known and known.ledger == claim.ledger and known.epoch >= claim.epoch:
        message = f"the ledger is at epoch {known.epoch} already, on {known.host}"
        raise Refused(message, _MENDS)
    blob = store(repository, [canonical.encode(asdict(claim)) + b"\n"])[0]
    message = f"ledger {claim.ledger}, epoch {claim.epoch}"
    draft = Draft(None, {_FILE: Entry(REGULAR, blob)}, message, by)
    commit = make_commit(repository, draft, [before] if before else [])
    repository.ask("update-ref", "-m", f"farmctl: {message}", REF, commit, before or "")
    try:
        return tuple(_push(repository, commit))
    except Refused:
        _take_back(repository, commit, before)
        raise


def _take_back(repository: Repository, commit: str, before: str | None) -> None:
    if before:
        repository.ask("update-ref", REF, before, commit)
    else:
        repository.ask("update-ref", "-d", REF, commit)


def push_claim(repository: Repository) -> tuple[Unreachable, ...]:
    """Push the claim of this clone to the remotes that have not got it. Raises Refused."""
    commit = repository.commit_of(REF)
    return tuple(_push(repository, commit)) if commit else ()


def _push(repository: Repository, commit: str) -> Iterator[Unreachable]:
    for remote in remotes(repository):
        answer = repository.run("push", "--quiet", "--no-verify", "--", remote, f"{commit}:{REF}")
        if answer.code == 0:
            continue
        there = ask_ref(repository, remote, REF)
        if isinstance(there, Unreachable):
            yield there
        elif there is not None and there != commit:
            raise Refused(f"{remote} has another claim of the farm's ledger", _MENDS)
        else:
            yield Unreachable(remote, failed("push", answer).message)


def _ask(repository: Repository, remote: str) -> RemoteClaim | Unreachable:
    there = ask_ref(repository, remote, REF)
    if isinstance(there, Unreachable):
        return there
    if there is None:
        return RemoteClaim(remote, None)
    if repository.commit_of(there) is None:
        missed = fetch_ref(repository, remote, REF, f"refs/farmctl/remotes/{remote}/ledger")
        if missed:
            return missed
    return RemoteClaim(remote, _read(repository, there))


def _read(repository: Repository, commit: str) -> Claim:
    blob = repository.ask("rev-parse", "--verify", f"{commit}:{_FILE}")
    try:
        return codec.decode(Claim, canonical.decode(repository.read(blob).removesuffix(b"\n")))
    except FarmctlError as error:
        raise GitFailed(
            f"{REF} at {commit[:12]} is no claim of a ledger: {error.message}", _MENDS
        ) from error
