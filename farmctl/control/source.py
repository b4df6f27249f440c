"""Where the loop's desired state comes from: the branch, read again when it moved."""

from __future__ import annotations

from collections.abc import Callable

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.system.clock import Clock
from farmctl.system.jobs import Jobs

CHECK_EVERY_S = 0.5


class GitSource:
    """Reads a revision, and reads it again only when the branch points elsewhere.

    Args:
        read: Returns the farm at a revision.
        head: Returns the commit that the branch points to.
        clock: The branch is asked at most twice a second.
        jobs: Git blocks.
        rev: Which revision.
    """

    def __init__(
        self,
        read: Callable[[str, State], Desired],
        head: Callable[[str], str],
        clock: Clock,
        jobs: Jobs,
        rev: str = "HEAD",
    ) -> None:
        self._read = read
        self._head = head
        self._clock = clock
        self._jobs = jobs
        self._rev = rev
        self._desired: Desired | None = None
        self._asked_at = float("-inf")

    async def current(self, state: State) -> Desired:
        """Return what git says now; unchanged, the same object."""
        now = self._clock.monotonic()
        if self._desired is not None and now - self._asked_at < CHECK_EVERY_S:
            return self._desired
        self._asked_at = now
        commit = await self._jobs.run(lambda: self._head(self._rev))
        if self._desired is None or self._desired.commit != commit:
            self._desired = await self._jobs.run(lambda: self._read(self._rev, state))
        return self._desired

    def forget(self) -> None:
        """Ask git at the next turn: something was committed here."""
        self._asked_at = float("-inf")
