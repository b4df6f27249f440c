"""Time that passes only while nobody has anything to do: nothing ever waits for a wall clock."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from datetime import datetime, timedelta

from farmctl.errors import FarmctlError


class Standstill(FarmctlError):  # noqa: N818 - reads as what it says
    """Everybody waits, and nothing will ever happen again."""


_A_TURN_S = 0.001


class Timeline(asyncio.SelectorEventLoop):
    """An event loop with a time of its own: instead of waiting for the next timer it goes there.

    Each turn takes a moment, as everything does: an answer and a look after it are not at once.
    """

    def __init__(self) -> None:
        self._elapsed_s = 0.0
        super().__init__(_Hurry(self.pass_by))
        self._clock_resolution = 1e-6  # a year in seconds leaves no room for nanoseconds

    def time(self) -> float:
        """Return the seconds since the beginning."""
        return self._elapsed_s

    def pass_by(self, seconds: float) -> None:
        """Let time pass for all at once: somebody blocks the loop."""
        self._elapsed_s += seconds


class _Hurry(selectors.SelectSelector):
    def __init__(self, pass_by: Callable[[float], None]) -> None:
        super().__init__()
        self._pass_by = pass_by

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return nothing: there is nobody outside who could have written something."""
        if timeout is None:
            raise Standstill("everybody waits, and nothing will ever happen again")
        self._pass_by(max(timeout, _A_TURN_S))
        return []


class TimelineClock:
    """A clock on a timeline, which may be wrong by an offset that can step.

    Args:
        timeline: Whose time it shows.
        began: The wall time at its beginning.
    """

    def __init__(self, timeline: Timeline, began: datetime) -> None:
        self._timeline = timeline
        self._began = began
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the wall time, wrong by the offset."""
        return self._began + timedelta(seconds=self._timeline.time()) + self._offset

    def monotonic(self) -> float:
        """Return seconds that never step."""
        return self._timeline.time()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await asyncio.sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Block everybody for `seconds`."""
        self._timeline.pass_by(seconds)

    def step(self, by: timedelta) -> None:
        """Step the wall time, as a wrong time server does."""
        self._offset += by
