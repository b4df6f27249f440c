"""What time it is: the one place that asks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time for records, monotonic time for durations."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never step back; only differences mean anything."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of this clock."""
        ...

    def pause(self, seconds: float) -> None:
        """Block for `seconds` of this clock: for callers without an event loop."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        import asyncio  # noqa: PLC0415 - slow to import, and who only looks never sleeps

        await asyncio.sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Block for `seconds`."""
        time.sleep(seconds)


class FixedClock:
    """A clock that stands still until it is moved: for tests and for running a plan forward."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._elapsed_s = 0.0

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self._at

    def monotonic(self) -> float:
        """Return the seconds it was moved by."""
        return self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        """Move on by `seconds`, and give other tasks their turn."""
        import asyncio  # noqa: PLC0415 - as above

        self.move(seconds)
        await asyncio.sleep(0)

    def pause(self, seconds: float) -> None:
        """Move on by `seconds` at once."""
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self._at += timedelta(seconds=seconds)
        self._elapsed_s += seconds
