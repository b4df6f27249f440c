"""When a Bambu's door says that something changed: what the loop takes for a reason to look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from farmctl.printers.bambu.talk import Talk
from farmctl.printers.config import Session
from farmctl.printers.web.http import Silence
from farmctl.system.clock import SystemClock

pytestmark = pytest.mark.pure


@asynccontextmanager
async def nobody_there() -> AsyncIterator[Session]:
    raise OSError("connection refused")
    yield


def test_a_machine_that_is_off_changes_nothing_at_each_look() -> None:
    """Each such change would be looked at, in vain, and so be the next: for ever."""

    async def look_often() -> int:
        talk = Talk(
            nobody_there, lambda error: Silence(str(error), was_sent=False), SystemClock(), first=1
        )
        heard = 0

        async def listen() -> None:
            nonlocal heard
            async for _ in talk.changes():
                heard += 1

        listening = asyncio.create_task(listen())
        for _ in range(5):
            assert isinstance(await talk.status(), Silence)
            await asyncio.sleep(0)
        before_the_end = heard
        await talk.close()
        await listening
        return before_the_end

    assert asyncio.run(look_often()) == 0
