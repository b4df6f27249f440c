"""Whether git would show a change of the ledger, and what it does not protect from."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.errors import FarmctlError
from farmctl.farm.anchors import KEY, allowed_signers, key_file, signer
from farmctl.farm.care.anchored import Anchored, compared
from farmctl.farm.care.finding import Check, Level, failed
from farmctl.farm.parts import Farm
from farmctl.farmrepo.sshsig import ALLOWED_SIGNERS
from farmctl.ledger.restore import Survey
from farmctl.model.checkpoint import NAMESPACE
from farmctl.model.codec import time_text

_SUBJECT = "checkpoints"
_SAY_WHO = (
    f'commit a line in {ALLOWED_SIGNERS}: NAME namespaces="{NAMESPACE}" ssh-ed25519 … of the key'
)
_TRIAL = b"farmctl doctor\n"


def anchor_checks(farm: Farm, found: Survey) -> Iterator[Check]:
    """Yield how the journal compares with its checkpoints, and whether they are signed."""
    try:
        anchored = compared(farm, found)
    except FarmctlError as error:
        yield failed("ledger", _SUBJECT, error)
        return
    if anchored.damage is not None:
        yield failed("ledger", _SUBJECT, anchored.damage)
    elif anchored.last is None:
        message = "git holds none that this journal reaches: a change of it would show nowhere"
        yield Check("ledger", _SUBJECT, Level.WARN, message, "farmctl run and apply make them")
    else:
        yield _told(anchored)
    for each in anchored.silent:
        mend = f"make `git ls-remote {each.remote}` work"
        yield Check("ledger", _SUBJECT, Level.WARN, f"{each.remote}: {each.why}", mend)
    yield _signed(farm, anchored)


def _told(anchored: Anchored) -> Check:
    """Return where they lie; a remote that lags gets them with the next one."""
    at = time_text(anchored.last.at) if anchored.last else ""
    message = f"{anchored.count} in git, the newest of {at}; {anchored.unanchored} events since"
    if anchored.lagging:
        mend = "git push REMOTE refs/farmctl/checkpoints; farmctl run tries that with each new one"
        late = ", ".join(anchored.lagging)
        return Check("ledger", _SUBJECT, Level.WARN, f"{late} has not got the newest one", mend)
    if not anchored.has_remote:
        message += "; no remote has them: who can change this disk can change both"
    return Check("ledger", _SUBJECT, Level.OK, message)


def _signed(farm: Farm, anchored: Anchored) -> Check:
    """Return whether a key signs, and whether anybody can tell whose it is."""
    signed, key = anchored.signed, key_file()
    if signed and signed.wrong:
        return failed("ledger", "signature", signed.wrong)
    if key is None:
        message = (
            "checkpoints are not signed here: who can write both the ledger and the farm's git"
            " repository can change what happened, and nothing shows it"
        )
        mend = f"export {KEY}=~/.ssh/id_ed25519, and commit its public key in allowed_signers"
        return Check("ledger", "signature", Level.WARN, message, mend)
    try:
        trial = signer(farm).sign(_TRIAL, key)
        with farm.repository() as repository:
            allowed = allowed_signers(repository)
        if allowed is None:
            message = "checkpoints are signed here, but the farm does not say by whom"
            return Check("ledger", "signature", Level.WARN, message, _SAY_WHO)
        name = signer(farm).who_signed(_TRIAL, trial, allowed)
    except FarmctlError as error:
        return failed("ledger", "signature", error)
    return Check("ledger", "signature", Level.OK, f"checkpoints are signed here as {name}")
