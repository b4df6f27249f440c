"""What a Moonraker pushes, whatever it is, ends nobody's listening."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from farmctl.printers.config import Connection
from farmctl.printers.moonraker.push import pushes
from farmctl.system.clock import FixedClock

pytestmark = pytest.mark.pure

URL = "http://voron-1:7125"


class Said:
    """A connection on which one thing is said."""

    def __init__(self, text: str | bytes) -> None:
        self._text = text

    async def send(self, _text: str, /) -> None:
        """Take a subscription."""

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        yield self._text


@pytest.mark.parametrize(
    "text", ["", "garbage", b"\xb4", "[]", '"ok"', "null", "[" * 100_000, '{"method": 1}']
)
def test_garbage_closes_the_line_and_it_is_opened_again(text: str | bytes) -> None:
    opened: list[str] = []

    @asynccontextmanager
    async def listen(url: str, _headers: Mapping[str, str]) -> AsyncIterator[Connection]:
        opened.append(url)
        yield Said(text)

    async def hear() -> None:
        clock = FixedClock(datetime(2026, 11, 21, tzinfo=UTC))
        told = pushes(URL, None, clock, listen)
        changes = told.changes()
        async with asyncio.timeout(30):
            while len(opened) < 3:
                await anext(changes)
        await told.close()

    asyncio.run(hear())
    assert set(opened) == {"ws://voron-1:7125/websocket"}
