"""What a person does whose ledger is damaged, or whose host is gone: what the runbook says."""

from __future__ import annotations

from contextlib import suppress

from farmctl.errors import FarmctlError, LedgerDamaged
from farmctl.farm.anchors import contradiction
from farmctl.farm.care.doubting import onward
from farmctl.farmrepo.claim import Claim
from farmctl.ledger.anchors import CutShort, is_of
from farmctl.ledger.identity import Identity
from farmctl.ledger.opening import create
from farmctl.ledger.restore import (
    Survey,
    best_source,
    discard_history,
    raised,
    restore,
    survey,
)
from farmctl.soak.documents import FARM_ID
from farmctl.soak.host import Excuse, Host


async def restore_ledger(host: Host) -> None:
    """Stop what runs, then `farmctl ledger restore`, with the copy if there is one.

    Raises FarmctlError where the disk is full: it is done again, and refused to act until then.
    """
    await host.kill()
    host.excuses.add(Excuse.TAKEN_OVER)
    try:
        source = _source(host)
    except FarmctlError:  # nobody can tell whose it is, or what git anchored is nowhere
        begin_anew(host)
    else:
        if source.folder != host.folder or source.damage is not None or _is_behind(host, source):
            go_on_from(host, source)
    host.excuses.discard(Excuse.DAMAGE)
    host.complaint = None
    host.begin()


def go_on_from(host: Host, source: Survey) -> None:
    """Record a higher epoch, so that older copies stop; then go on from what is sound."""
    claim = host.clone.remote.claim
    known = Identity(claim.farm, claim.ledger, claim.epoch) if claim else None
    identity = raised(host.folder, source, known)
    host.clone.record(Claim(identity.farm, identity.ledger, identity.epoch, "host"))
    restore(host.folder, host.true_clock, source, identity, onward(source))


def begin_anew(host: Host) -> None:
    """Type `farmctl ledger new --discard-history`: what was made is forgotten."""
    number = len(host.clone.remote.claims) + 1
    identity = Identity(FARM_ID, f"5eed{number:04d}", epoch=1)
    host.clone.record(Claim(identity.farm, identity.ledger, identity.epoch, "host"))
    discard_history(host.folder, host.true_clock)
    create(host.folder, identity)


def _source(host: Host) -> Survey:
    """Return the soundest of what is here and the copy. Raises FarmctlError where neither is."""
    found = None
    if host.backup is not None:
        with suppress(FarmctlError):
            found = best_source(host.folder, host.backup)
    found = found or survey(host.folder)
    missing = _missing(host, found)
    if missing is not None and not isinstance(missing, CutShort):
        raise missing
    return found


def _is_behind(host: Host, source: Survey) -> bool:
    claim = host.clone.remote.claim
    is_behind = claim is not None and claim.epoch != source.identity.epoch
    return is_behind or _missing(host, source) is not None


def _missing(host: Host, source: Survey) -> LedgerDamaged | None:
    ours = [each for each in host.clone.checkpoints() if is_of(each, source.identity)]
    return contradiction(source.folder, ours, source.place)
