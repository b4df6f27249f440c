"""Going on with the farm on this host, when the host that acted on it is gone."""

from __future__ import annotations

from msgspec import Struct

from farmctl.errors import Refused
from farmctl.farm.care.keeping import as_new_epoch, in_use, missing_from, newest_claim
from farmctl.farm.parts import Farm
from farmctl.farmrepo.claim import Claim
from farmctl.farmrepo.remotes import Unreachable
from farmctl.ledger.anchors import CutShort
from farmctl.ledger.opening import identity_of
from farmctl.ledger.restore import Restored, Survey, survey


class Takeover(Struct, frozen=True):
    """What would be taken over.

    Args:
        copy: The ledger that lies here, sound.
        claim: Whose it is so far, as far as anybody can be asked; None when nobody says.
        missing: What git knows of the ledger and this copy does not hold, or None.
    """

    copy: Survey
    claim: Claim | None
    missing: CutShort | None


def to_take_over(farm: Farm) -> Takeover:
    """Look at what lies here.

    Raises:
        Refused: No ledger lies here, or somebody acts on it.
        LedgerDamaged: It is damaged, or was rewritten: that is for a restore.
    """
    if identity_of(farm.ledger_folder) is None:
        raise Refused(
            "no ledger lies here, so there is nothing to go on with",
            "bring a copy of it here: farmctl ledger restore BACKUP",
        )
    copy = survey(farm.ledger_folder)
    if copy.damage is not None:
        raise copy.damage
    if farm.is_controlled():
        raise in_use()
    claim = newest_claim(farm)
    return Takeover(copy, claim, missing_from(farm, copy))


def taken_over(farm: Farm, found: Takeover) -> tuple[Restored, tuple[Unreachable, ...]]:
    """Go on with the copy as a new epoch: whoever acts elsewhere stops before the next effect.

    Raises Refused: the farm's ledger is another one, or another host was faster.
    """
    return as_new_epoch(farm, found.copy, found.claim)
