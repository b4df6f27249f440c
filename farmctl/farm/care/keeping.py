"""Looking after the ledger: verify all of it, make its caches anew, restore it, begin another."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from farmctl.errors import LedgerDamaged, Refused
from farmctl.farm.anchors import hear
from farmctl.farm.care.doubting import onward
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farmrepo.claim import Claim, catch_up, claim_state, record
from farmctl.farmrepo.identity import FARMCTL, Signature
from farmctl.farmrepo.remotes import Unreachable
from farmctl.insight import store
from farmctl.ledger.anchors import CutShort
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.opening import create, identity_of
from farmctl.ledger.restore import (
    Restored,
    Survey,
    best_source,
    discard_history,
    forget_caches,
    raised,
    restore,
    survey,
)
from farmctl.system.disk import Busy
from farmctl.system.entropy import fresh_hex
from farmctl.system.people import host_name


class Rebuilt(Struct, frozen=True):
    """What was made anew.

    Args:
        events: How many events the state stands for.
        damage: Why the tables do not reach the end of the journal, or None.
    """

    events: int
    damage: LedgerDamaged | None


class Begun(Struct, frozen=True):
    """A ledger that is another one than before.

    Args:
        identity: Its name.
        kept: Where the files of the old one are, or None.
        unreached: Remotes that do not know of it yet.
    """

    identity: Identity
    kept: Path | None
    unreached: tuple[Unreachable, ...]


def verified(farm: Farm) -> Survey:
    """Walk the whole journal, trusting nothing that was verified before. Raises Refused."""
    return survey(farm.ledger_folder)


def rebuilt(farm: Farm) -> Rebuilt:
    """Make snapshot and tables anew from the journal alone.

    Raises Refused where there is no ledger, LedgerDamaged where it cannot be folded.
    """
    identity = identity_of(farm.ledger_folder)
    if identity is None:
        raise Refused("there is no ledger here", "farmctl apply begins one")
    damage = survey(farm.ledger_folder).damage
    if damage is not None:  # before what was verified is forgotten: it may be the only witness
        raise damage
    forget_caches(farm.ledger_folder)
    ledger = open_ledger(farm.ledger_folder, REDUCER_OF_FARM, farm.clock, identity)
    ledger.save()
    return Rebuilt(ledger.place.seq, store.rebuild(farm.ledger_folder))


def restored(farm: Farm, backup: Path | None) -> tuple[Restored, tuple[Unreachable, ...]]:
    """Bring the ledger back from what is sound of it, or from a copy, as a new epoch.

    The claim is recorded first, so that older copies stop acting before this one begins.

    Raises:
        Refused: Nothing is wrong, the copy is of another ledger, or somebody acts on this one.
        Rewritten: The copy does not go on to what git anchored: another one is needed.
    """
    folder = farm.ledger_folder
    source = best_source(folder, _copy(farm, backup)) if backup else survey(folder)
    asides = folder.asides()
    claimed = newest_claim(farm)
    is_behind = claimed is not None and claimed.epoch != source.identity.epoch
    is_short = missing_from(farm, source) is not None
    is_sound = source.folder == folder and source.damage is None
    if is_sound and not (asides or is_behind or is_short):
        raise Refused("the ledger is sound: there is nothing to restore", "farmctl ledger verify")
    return as_new_epoch(farm, source, claimed)


def as_new_epoch(
    farm: Farm, source: Survey, claimed: Claim | None
) -> tuple[Restored, tuple[Unreachable, ...]]:
    """Record a higher epoch as the farm's claim, then go on from what is sound as that epoch.

    No bed is known to be clear then: `farmctl clear` says so once more.

    Raises Refused: somebody acts here, the farm's ledger is another, or another host was faster.
    """
    if farm.is_controlled():
        raise in_use()
    known = Identity(claimed.farm, claimed.ledger, claimed.epoch) if claimed else None
    identity = raised(farm.ledger_folder, source, known)
    unreached = _record(farm, identity)
    try:
        done = restore(farm.ledger_folder, farm.clock, source, identity, onward(source))
    except Busy:
        raise in_use() from None
    return done, unreached


def begun_anew(farm: Farm) -> Begun:
    """Put the ledger aside, whole, and begin an empty one that the farm's repository names.

    Raises Refused while somebody acts on the old one.
    """
    document = farm.snapshot().farm
    if document is None:
        raise Refused(f"{FARM_FILE} cannot be read", "farmctl validate")
    if farm.is_controlled():
        raise in_use()
    identity = Identity(document.id, fresh_hex(8), epoch=1)
    unreached = _record(farm, identity)
    kept = discard_history(farm.ledger_folder, farm.clock)
    create(farm.ledger_folder, identity)
    return Begun(identity, kept, unreached)


def _copy(farm: Farm, backup: Path) -> LedgerFolder:
    """Return a copy's folder: a state folder, or the journal's folder in one."""
    place = backup.expanduser().resolve()
    is_journal = place.name == "journal" and not farm.disk.has(place / "journal")
    return LedgerFolder(farm.disk, place.parent if is_journal else place)


def missing_from(farm: Farm, copy: Survey) -> CutShort | None:
    """Return what git anchored that comes after the end of a copy, or None. Raises Rewritten."""
    with farm.repository() as repository:
        damage = hear(repository, copy.folder, copy.identity, copy.place).damage
    if damage is None or isinstance(damage, CutShort):
        return damage
    raise damage


def newest_claim(farm: Farm) -> Claim | None:
    """Return the claim of the highest epoch that anybody who can be asked knows of."""
    with farm.repository() as repository:
        claims = claim_state(repository).claims
    return max(claims, key=lambda each: each.epoch, default=None)


def _record(farm: Farm, identity: Identity) -> tuple[Unreachable, ...]:
    claim = Claim(identity.farm, identity.ledger, identity.epoch, host_name())
    with farm.repository() as repository:
        catch_up(repository)
        return record(repository, claim, Signature(FARMCTL, farm.clock.now()))


def in_use() -> Refused:
    """Return why nothing is done under a running loop."""
    return Refused("another farmctl acts on this farm", "stop it first: prints go on without it")
