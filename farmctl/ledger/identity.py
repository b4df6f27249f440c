"""Which ledger this is, and whether this copy of it may act. Pure."""

from __future__ import annotations

from msgspec import Struct

from farmctl.errors import Refused

_MENDS = (
    "act on the host that has the ledger, or bring it here with `farmctl ledger restore`,"
    " or begin anew with `farmctl ledger new --discard-history`"
)


class Identity(Struct, frozen=True):
    """The name of a ledger.

    Args:
        farm: The farm's id in `farm.yaml`.
        ledger: The ledger's own id, made when it began.
        epoch: Raised by each restore, so that an older copy can be told from it.
    """

    farm: str
    ledger: str
    epoch: int


def source_of(identity: Identity) -> str:
    """Return the CloudEvents source of a farm's events, `farmctl://7f3a9c2e`."""
    return f"farmctl://{identity.farm}"


def refusal(found: Identity | None, claim: Identity) -> Refused | None:
    """Return why the ledger that was found may not act for the farm, or None when it may.

    Args:
        found: What lies in the ledger's folder; None when nothing does.
        claim: What the farm's git repository says its ledger is.
    """
    if found is None:
        return Refused(f"the farm's ledger {claim.ledger} is not in this clone", _MENDS)
    if found.farm != claim.farm:
        return Refused(f"this ledger belongs to farm {found.farm}, not to {claim.farm}", _MENDS)
    if found.ledger != claim.ledger:
        return Refused(f"this is ledger {found.ledger}; the farm's is {claim.ledger}", _MENDS)
    if found.epoch < claim.epoch:
        return Refused(
            f"this copy of the ledger is of epoch {found.epoch}; it was restored elsewhere and"
            f" is now at epoch {claim.epoch}",
            _MENDS,
        )
    if found.epoch > claim.epoch:
        return Refused(
            f"this ledger was restored as epoch {found.epoch}, but the farm's repository still"
            f" names epoch {claim.epoch}",
            "run `farmctl ledger restore` again: it records the epoch",
        )
    return None
