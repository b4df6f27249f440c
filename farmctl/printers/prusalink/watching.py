"""Looking again and again, since PrusaLink tells nothing by itself and forgets what ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from farmctl.printers.prusalink.memory import Memory
from farmctl.printers.prusalink.questions import Questions, Unseen
from farmctl.printers.prusalink.status import Shown
from farmctl.system.clock import Clock

EVERY_S = 4.0  # two looks are under way before anything could be missed


class Watching:
    """What one PrusaLink shows, remembered, from the first look to `close`.

    Args:
        questions: Asks it.
        clock: Waits between two looks.
    """

    def __init__(self, questions: Questions, clock: Clock) -> None:
        self.memory = Memory()
        self._questions = questions
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._changed = asyncio.Event()
        self._closed = False
        self._shown: tuple[object, ...] = ()
        self._going_on: asyncio.Task[None] | None = None

    async def look(self) -> tuple[datetime, Shown | Unseen]:
        """Return what is shown and when that was asked, and go on watching from now on."""
        if self._going_on is None and not self._closed:
            self._going_on = asyncio.create_task(self._go_on())
        return await self._look()

    async def changes(self) -> AsyncIterator[None]:
        """Yield when something else is shown; several changes may be one."""
        await self.look()
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._closed:
                return
            yield

    async def close(self) -> None:
        """End `changes`, and look no more."""
        self._closed = True
        self._changed.set()
        if self._going_on is not None:
            self._going_on.cancel()
            await asyncio.wait([self._going_on])

    async def _go_on(self) -> None:
        while True:
            await self._clock.sleep(EVERY_S)
            await self._look()

    async def _look(self) -> tuple[datetime, Shown | Unseen]:
        async with self._one_at_a_time:  # an older answer must not be remembered behind a newer
            asked_at, at_s = self._clock.now(), self._clock.monotonic()
            seen = await self._questions.shown_now()
            if isinstance(seen, Unseen) or seen.serial is None:
                self.memory = self.memory.in_silence
            else:
                self.memory = self.memory.after(seen, asked_at, at_s)
        before, self._shown = self._shown, _outline(seen)
        if before != self._shown:
            self._changed.set()
        return asked_at, seen


def _outline(seen: Shown | Unseen) -> tuple[object, ...]:
    """Return what is worth a look when it changes."""
    if isinstance(seen, Unseen):
        return (seen.is_silent,)
    return seen.serial, seen.word, seen.job and (seen.job.job_id, seen.job.file)
