"""Checkpoints of the farm's ledger: with which key they are signed, and what contradicts them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from farmctl.errors import LedgerDamaged
from farmctl.farm.parts import Farm
from farmctl.farmrepo.checkpoints import known_tips, read_anchor
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.sshsig import ALLOWED_SIGNERS, Signer
from farmctl.ledger.anchors import damage_of, is_of, marks, standing
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.lines import Place
from farmctl.model.checkpoint import NAMESPACE, Checkpoint
from farmctl.system.processes import RealProcesses

KEY = "FARMCTL_LEDGER_KEY"
"""The environment variable that names the ssh key that signs checkpoints."""


def key_file() -> Path | None:
    """Return the key that signs checkpoints, or None when nobody named one."""
    name = os.environ.get(KEY, "")
    return Path(name).expanduser() if name else None


def signer(farm: Farm) -> Signer:
    """Return what signs and verifies checkpoints."""
    return Signer(NAMESPACE, RealProcesses(), farm.disk)


def allowed_signers(repository: Repository) -> bytes | None:
    """Return who may sign, as it is committed; None when the farm does not say."""
    found = repository.run("rev-parse", "--verify", "--quiet", f"HEAD:{ALLOWED_SIGNERS}")
    return repository.read(found.text) if found.code == 0 else None


class Heard(Struct, frozen=True):
    """What git knows of a ledger.

    Args:
        tips: Where the chains of this clone and of its remotes end.
        last: The newest checkpoint of this ledger; None before the first.
        damage: Why the journal is not what they say, or None.
    """

    tips: tuple[str, ...]
    last: Checkpoint | None
    damage: LedgerDamaged | None


def hear(repository: Repository, folder: LedgerFolder, identity: Identity, place: Place) -> Heard:
    """Return the newest checkpoints that can be asked for, against a journal up to `place`.

    Raises GitFailed where something else lies.
    """
    tips = known_tips(repository).tips
    found = [read_anchor(repository, tip).checkpoint for tip in tips]
    ours = [each for each in found if is_of(each, identity)]
    last = max(ours, key=lambda each: (each.epoch, each.seq), default=None)
    return Heard(tips, last, contradiction(folder, ours, place))


def contradiction(
    folder: LedgerFolder, checkpoints: Iterable[Checkpoint], place: Place
) -> LedgerDamaged | None:
    """Return why a journal that is sound up to `place` is not what git knows of, or None.

    Args:
        folder: Where the journal lies.
        checkpoints: Those of its ledger.
        place: Where its journal ends.
    """
    known = sorted(checkpoints, key=lambda each: (each.epoch, each.seq))
    there = marks(folder, [each.seq for each in known])
    for each in known:
        mark = there.get(each.seq) if each.seq <= place.seq else None
        damage = damage_of(each, standing(each, mark, place.epoch), place)
        if damage is not None:
            return damage
    return None
