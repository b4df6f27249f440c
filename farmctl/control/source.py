"""Where the loop's desired state comes from: the branch, read again when it moved.

A revision that means nothing, as half a `farm.yaml` does, changes nothing: the last good one stays,
and nothing is begun from it until somebody mends the files.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from farmctl.errors import InvalidDocuments
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.diagnostics import UNREADABLE, Diagnostic
from farmctl.system.clock import Clock
from farmctl.system.jobs import Jobs

CHECK_EVERY_S = 0.5


class GitSource:
    """Reads the farm, and reads it again only when the branch points elsewhere.

    Args:
        read: Returns the farm.
        head: Returns the commit that the branch points to, or what else tells a change.
        clock: The branch is asked at most twice a second.
        jobs: Git blocks.
    """

    def __init__(
        self,
        read: Callable[[State], Desired],
        head: Callable[[], str],
        clock: Clock,
        jobs: Jobs,
    ) -> None:
        self._read = read
        self._head = head
        self._clock = clock
        self._jobs = jobs
        self._desired: Desired | None = None
        self._last_good: Desired | None = None
        self._read_at = ""
        self._asked_at = float("-inf")

    async def current(self, state: State) -> Desired:
        """Return what git says now; unchanged, the same object.

        Raises InvalidDocuments where no revision before meant anything.
        """
        now = self._clock.monotonic()
        if self._desired is not None and now - self._asked_at < CHECK_EVERY_S:
            return self._desired
        self._asked_at = now
        head = await self._jobs.run(self._head)
        if self._desired is None or self._read_at != head:
            self._desired = await self._jobs.run(lambda: self._read_or_stay(state))
            has_moved = await self._jobs.run(self._head) != head
            self._read_at = "" if has_moved else head  # it may move back to where it was asked
        return self._desired

    def _read_or_stay(self, state: State) -> Desired:
        try:
            self._last_good = self._read(state)
        except InvalidDocuments as error:
            if self._last_good is None:
                raise
            fault = Diagnostic("farm.yaml", 0, 0, UNREADABLE, error.message, error.mend)
            return replace(self._last_good, faults=(fault,))
        return self._last_good

    def forget(self) -> None:
        """Ask git at the next turn: something was committed here."""
        self._asked_at = float("-inf")
