"""Checkpoints of a host's ledger go to a remote in memory: when, is decided as it is for git."""

from __future__ import annotations

from farmctl.farm.acting.anchoring import last_end
from farmctl.farm.anchors import contradiction
from farmctl.ledger.anchors import is_due, is_of
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.ledger import Ledger
from farmctl.ledger.state import State
from farmctl.model.checkpoint import Checkpoint
from farmctl.soak.remote import Clone
from farmctl.system.clock import Clock


class Anchoring:
    """Makes a checkpoint whenever one is due and the remote can be asked.

    Args:
        clone: Where checkpoints go.
        folder: The ledger's.
        ledger: What is anchored.
        clock: Dates them.

    Raises:
        LedgerDamaged: The journal does not hold what git knows of it.
    """

    def __init__(
        self, clone: Clone, folder: LedgerFolder, ledger: Ledger[State], clock: Clock
    ) -> None:
        self._clone = clone
        self._ledger = ledger
        self._clock = clock
        ours = [each for each in clone.checkpoints() if is_of(each, ledger.identity)]
        damage = contradiction(folder, ours, ledger.place)
        if damage is not None:
            raise damage
        self._last = ours[-1] if ours else None

    def make_if_due(self) -> None:
        """Make a checkpoint of what is durable now, if one is due."""
        now, place, identity = self._clock.now(), self._ledger.place, self._ledger.identity
        if self._clone.is_connected and is_due(
            self._last, place, last_end(self._ledger.state), now
        ):
            self._last = Checkpoint(
                identity.farm, identity.ledger, place.epoch, place.seq, place.hash, now
            )
            self._clone.anchor(self._last)
