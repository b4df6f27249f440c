"""Whether this is still the farm's controller: another host may have taken over.

The farm's repository names the ledger's epoch, and a takeover raises it there. With a remote, it is
asked before each start, and once a minute. A remote that does not answer says nothing: a farm
without a network goes on printing, and whoever takes over then must stop this host by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from farmctl.control.actions import Act, Action
from farmctl.errors import FarmctlError, Refused
from farmctl.farm.parts import Farm
from farmctl.farmrepo.claim import ClaimState, RemoteClaim, claim_state, push_claim, refusal
from farmctl.farmrepo.remotes import remotes
from farmctl.ledger.identity import Identity
from farmctl.model.events.runs import Effect
from farmctl.model.ids import RunId
from farmctl.system.clock import Clock
from farmctl.system.jobs import Jobs

ASK_EVERY_S = 60.0
FRESH_S = 5.0
"""How long an answer lets a start go out; a remote that is silent is not asked for a minute."""


class Claims(Protocol):
    """Where the farm's repository says which ledger is its own."""

    def has_remote(self) -> bool:
        """Return whether there is anybody to ask but this clone."""
        ...

    def look(self, epoch: int) -> ClaimState | None:
        """Ask everybody, and tell who has not heard of our `epoch` yet; None when git is busy."""
        ...


class Tenure:
    """Lets starts go out while no other host has taken over.

    Args:
        claims: Where to ask.
        identity: The ledger at the epoch that is acted on.
        clock: How old an answer is.
        jobs: Remotes may be slow.
    """

    def __init__(self, claims: Claims, identity: Identity, clock: Clock, jobs: Jobs) -> None:
        self._claims = claims
        self._identity = identity
        self._clock = clock
        self._jobs = jobs
        self._over: Refused | None = None
        self._waiting: set[RunId] = set()
        self._let_until_s: dict[RunId, float] = {}
        self._silent_until_s = float("-inf")
        self._is_wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._has_remote = claims.has_remote()

    def begin(self, wake: Callable[[], None]) -> None:
        """Ask beside the loop from now on, if there is anybody to ask; `wake` it with answers."""
        if self._has_remote:
            self._task = asyncio.create_task(self._keep_asking(wake))

    async def end(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def lets(self, action: Action) -> bool:
        """Return whether an action may be done now; a start waits for an answer that is its own.

        Raises Refused as soon as another host is known to have taken over.
        """
        if self._over is not None:
            raise self._over
        if not self._has_remote or not isinstance(action, Act) or action.effect is not Effect.START:
            return True
        now_s = self._clock.monotonic()
        until_s = max(self._let_until_s.pop(action.run, float("-inf")), self._silent_until_s)
        if now_s <= until_s:
            return True
        self._waiting.add(action.run)
        self._is_wanted.set()
        return False

    async def ask(self) -> None:
        """Ask every remote, and let the starts go out that waited for that."""
        asked_for = frozenset(self._waiting)
        state = await self._jobs.run(lambda: self._claims.look(self._identity.epoch))
        now_s = self._clock.monotonic()
        self._over = self._judged(state)
        is_silent = state is None or bool(state.silent)
        self._silent_until_s = now_s + ASK_EVERY_S if is_silent else float("-inf")
        self._waiting -= asked_for
        self._let_until_s |= dict.fromkeys(asked_for, now_s + FRESH_S)

    async def _keep_asking(self, wake: Callable[[], None]) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_EVERY_S):
                    await self._is_wanted.wait()
            self._is_wanted.clear()
            await self.ask()
            wake()

    def _judged(self, state: ClaimState | None) -> Refused | None:
        why = state and refusal(state, self._identity.ledger, self._identity.epoch)
        if not why:
            return None
        return Refused(f"another host has taken over: {why.message}", why.mend)


class GitClaims:
    """What this clone and its remotes say.

    Args:
        farm: Whose repository.
    """

    def __init__(self, farm: Farm) -> None:
        self._farm = farm

    def has_remote(self) -> bool:
        """Return whether there is a remote."""
        with self._farm.repository() as repository:
            return bool(remotes(repository))

    def look(self, epoch: int) -> ClaimState | None:
        """Ask every remote; our claim is pushed where an older one is."""
        try:
            with self._farm.repository() as repository:
                state = claim_state(repository)
                if _is_late(state, epoch):
                    push_claim(repository)
                return state
        except (FarmctlError, OSError):
            return None


def _is_late(state: ClaimState, epoch: int) -> bool:
    """Return whether a remote has not heard of our epoch yet."""
    told = [each.claim for each in state.remotes if isinstance(each, RemoteClaim)]
    return any(each is None or each.epoch < epoch for each in told)
