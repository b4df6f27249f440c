"""Anchoring: checkpoints of the ledger go to git beside the loop, and never stop it.

At the start the journal is compared with the newest checkpoints that can be asked for: one that
was rewritten, or an older copy, is not acted on.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime

from farmctl.errors import FarmctlError, LedgerDamaged
from farmctl.farm.anchors import Heard, hear, key_file, signer
from farmctl.farm.parts import Farm
from farmctl.farmrepo.checkpoints import Declined, add, push
from farmctl.farmrepo.remotes import Unreachable
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.sshsig import NotSigned
from farmctl.ledger.anchors import is_due
from farmctl.ledger.ledger import Ledger
from farmctl.ledger.lines import Place
from farmctl.ledger.state import State
from farmctl.model.checkpoint import Checkpoint, to_document
from farmctl.system.jobs import Jobs

LOOK_EVERY_S = 1.0
AGAIN_AFTER_S = 60.0
"""How long git is left alone after it did not take a checkpoint."""


class Anchoring:
    """Makes a checkpoint whenever one is due.

    Args:
        farm: Whose repository.
        ledger: What is anchored.
        jobs: Git blocks, and so may a remote.

    Attributes:
        trouble: Why git has not got the newest checkpoint everywhere, for people; or nothing.

    Raises:
        LedgerDamaged: The journal does not hold what git knows of it.
        GitFailed: Something else lies where checkpoints should.
    """

    def __init__(self, farm: Farm, ledger: Ledger[State], jobs: Jobs) -> None:
        self.trouble = ""
        self._farm = farm
        self._ledger = ledger
        self._jobs = jobs
        with farm.repository() as repository:
            self._heard = self._hear(repository, ledger.place)
        self._was_declined = False
        self._not_before_s = float("-inf")
        self._keeping: asyncio.Task[None] | None = None
        self._making: asyncio.Future[None] | None = None

    def begin(self) -> None:
        """Look every second whether a checkpoint is due, from now on."""
        self._keeping = asyncio.create_task(self._keep())

    async def end(self) -> None:
        """Make what is due, and stop."""
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
        if self._making is not None:
            await self._making
        await self.make_if_due()

    async def make_if_due(self) -> None:
        """Make a checkpoint of what is durable now, if one is due."""
        checkpoint = self._due()
        if checkpoint is not None:
            make = self._jobs.run(lambda: self._try(checkpoint))
            self._making = asyncio.ensure_future(make)
            await asyncio.shield(self._making)

    async def _keep(self) -> None:
        while True:
            await self._farm.clock.sleep(LOOK_EVERY_S)
            await self.make_if_due()

    def _due(self) -> Checkpoint | None:
        clock, place, identity = self._farm.clock, self._ledger.place, self._ledger.identity
        if clock.monotonic() < self._not_before_s:
            return None
        now = clock.now()
        if not is_due(self._heard.last, place, last_end(self._ledger.state), now):
            return None
        return Checkpoint(identity.farm, identity.ledger, place.epoch, place.seq, place.hash, now)

    def _try(self, checkpoint: Checkpoint) -> None:
        """Make it; what git does not take now is tried again later."""
        try:
            self.trouble = self._make(checkpoint)
        except (FarmctlError, OSError) as error:
            self.trouble = f"no checkpoint of the ledger could be made: {error}"
            self._not_before_s = self._farm.clock.monotonic() + AGAIN_AFTER_S

    def _make(self, checkpoint: Checkpoint) -> str:
        """Make and push it; return what a person should know."""
        signature, unsigned = self._signed(checkpoint)
        with self._farm.repository() as repository:
            contradicted = self._hear_again(repository) if self._was_declined else ""
            commit = add(repository, checkpoint, signature, self._heard.tips)
            self._heard = Heard((commit,), checkpoint, None)
            missed = push(repository)
        self._was_declined = any(isinstance(each, Declined) for each in missed)
        return contradicted or unsigned or "; ".join(map(_not_pushed, missed))

    def _hear_again(self, repository: Repository) -> str:
        """Join what a remote has, unless it contradicts the journal: then say so."""
        try:
            self._heard = self._hear(repository, self._ledger.place)
        except LedgerDamaged as damage:
            return f"a remote's checkpoints contradict this ledger: {damage.message}"
        return ""

    def _hear(self, repository: Repository, place: Place) -> Heard:
        heard = hear(repository, self._farm.ledger_folder, self._ledger.identity, place)
        if heard.damage is not None:
            raise heard.damage
        return heard

    def _signed(self, checkpoint: Checkpoint) -> tuple[bytes | None, str]:
        """Return the signature, if there is a key, and why there is none although there is."""
        key = key_file()
        if key is None:
            return None, ""
        try:
            return signer(self._farm).sign(to_document(checkpoint), key), ""
        except NotSigned as error:
            return None, f"checkpoints are not signed: {error.message}"


def last_end(state: State) -> datetime | None:
    """Return when a run last ended; None when none did that is still remembered."""
    return max((run.at for run in state.runs.values() if run.phase.is_over), default=None)


def _not_pushed(missed: Unreachable | Declined) -> str:
    if isinstance(missed, Declined):
        return (
            f"{missed.remote} has other checkpoints ({missed.theirs[:7]}) than this host: another"
            " controller, or somebody changed them   farmctl doctor"
        )
    return f"checkpoints are not pushed to {missed.remote}: {missed.why}"
