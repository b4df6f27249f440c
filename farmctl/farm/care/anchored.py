"""The journal against all that git knows of it: every checkpoint, here and at each remote."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from farmctl.errors import LedgerDamaged
from farmctl.farm.anchors import allowed_signers, contradiction, signer
from farmctl.farm.parts import Farm
from farmctl.farmrepo.checkpoints import Anchor, Known, chain, known_tips
from farmctl.farmrepo.claim import ClaimState, RemoteClaim, claim_state, refusal
from farmctl.farmrepo.remotes import Unreachable
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.sshsig import NotVerified
from farmctl.ledger.anchors import Standing, is_of, marks, standing
from farmctl.ledger.restore import Survey
from farmctl.model.checkpoint import Checkpoint, to_document


class Signed(Struct, frozen=True):
    """The newest checkpoint with a signature: it vouches for all events up to it.

    Args:
        seq: Its event.
        by: Who signed, as the farm's `allowed_signers` names them; None when it names nobody.
        wrong: Why the signature does not count, or None.
    """

    seq: int
    by: str | None
    wrong: NotVerified | None = None


class Anchored(Struct, frozen=True):
    """How a journal and its checkpoints compare.

    Args:
        count: How many checkpoints of this ledger there are.
        left_behind: How many of them a restore left behind.
        last: The newest that the journal holds.
        unanchored: How many events come after it: a change of those would not show.
        signed: The newest of those with a signature; None when there is none.
        damage: Why the journal is not what git knows of, or None.
        silent: Remotes that could not be asked.
        lagging: Remotes that have not got the newest.
        has_remote: Whether the checkpoints lie anywhere else than here.
    """

    count: int
    left_behind: int
    last: Checkpoint | None
    unanchored: int
    signed: Signed | None
    damage: LedgerDamaged | None
    silent: tuple[Unreachable, ...]
    lagging: tuple[str, ...]
    has_remote: bool


def compared(farm: Farm, found: Survey) -> Anchored:
    """Return how a journal compares with every checkpoint in this clone and at its remotes.

    Raises:
        Refused: The farm's repository names another ledger, or a later epoch of it.
        GitFailed: Something else lies where checkpoints should.
    """
    with farm.repository() as repository:
        _check_claim(repository, found)
        known = known_tips(repository)
        ours = [
            each for each in chain(repository, known.tips) if is_of(each.checkpoint, found.identity)
        ]
        held, left_behind = _sorted_out(farm, found, ours)
        last = held[0].checkpoint if held else None
        return Anchored(
            count=len(ours),
            left_behind=left_behind,
            last=last,
            unanchored=found.place.seq - (last.seq if last else 0),
            signed=_signed(farm, repository, held),
            damage=contradiction(
                farm.ledger_folder, [each.checkpoint for each in ours], found.place
            ),
            silent=tuple(each for each in known.remotes if isinstance(each, Unreachable)),
            lagging=_lagging(repository, known),
            has_remote=bool(known.remotes),
        )


def _check_claim(repository: Repository, found: Survey) -> None:
    """Look whether this is the farm's ledger at all, as far as anybody can be asked."""
    state = claim_state(repository)
    told = tuple(each for each in state.remotes if isinstance(each, RemoteClaim))
    why = refusal(ClaimState(state.local, told), found.identity.ledger, found.identity.epoch)
    if why is not None:
        raise why


def _sorted_out(farm: Farm, found: Survey, anchors: Sequence[Anchor]) -> tuple[list[Anchor], int]:
    """Return those that the journal holds, the newest first, and how many were left behind."""
    there = marks(farm.ledger_folder, [each.checkpoint.seq for each in anchors])
    held, left_behind = [], 0
    for each in anchors:
        seq = each.checkpoint.seq
        mark = there.get(seq) if seq <= found.place.seq else None
        became = standing(each.checkpoint, mark, found.place.epoch)
        left_behind += became is Standing.LEFT_BEHIND
        held += [each] if became is Standing.HELD else []
    newest_first = sorted(held, key=lambda each: each.checkpoint.seq, reverse=True)
    return newest_first, left_behind


def _signed(farm: Farm, repository: Repository, held: Sequence[Anchor]) -> Signed | None:
    anchor = next((each for each in held if each.signature), None)
    if anchor is None or anchor.signature is None:
        return None
    seq, allowed = anchor.checkpoint.seq, allowed_signers(repository)
    if allowed is None:
        return Signed(seq, None)
    document = to_document(anchor.checkpoint)
    try:
        return Signed(seq, signer(farm).who_signed(document, anchor.signature, allowed))
    except NotVerified as wrong:
        return Signed(seq, None, wrong)


def _lagging(repository: Repository, known: Known) -> tuple[str, ...]:
    if known.local is None:
        return ()
    return tuple(
        each.remote
        for each in known.remotes
        if not isinstance(each, Unreachable)
        and (each.commit is None or not repository.is_ancestor(known.local, each.commit))
    )
