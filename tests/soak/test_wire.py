"""The line under a driver: it delays, swallows, doubles, and says which of it went astray."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from farmctl.soak.timeline import Timeline, TimelineClock
from farmctl.soak.wire import Asked, Carried, Fate, Wire

pytestmark = pytest.mark.pure

LOOK, ACT = Asked("GET", "/status"), Asked("POST", "/start", {"file": "a"})


class Counting:
    """A machine that answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.carried: Carried | None = None

    def answer(
        self, _method: str, _path: str, _query: Mapping[str, str], _body: bytes
    ) -> tuple[int, Any]:
        self.asked.append(self.carried.astray if self.carried else None)
        return 200, len(self.asked)

    def report(self) -> str:
        return "{}"


@pytest.fixture
def timeline() -> Iterator[Timeline]:
    timeline = Timeline()
    yield timeline
    timeline.close()


def wire_of(timeline: Timeline, server: Counting, *fates: Fate) -> Wire:
    left = list(fates)
    clock = TimelineClock(timeline, datetime(2026, 11, 21, tzinfo=UTC))
    return Wire(server, clock, lambda _method, _path: left.pop(0) if left else None)


def test_an_overtaken_answer_is_older_than_the_one_before_it(timeline: Timeline) -> None:
    wire = wire_of(timeline, Counting())
    wire.overtaken = 1
    heard: list[int] = []

    async def look() -> None:
        heard.append((await wire.exchange(LOOK, 8.0))[1])

    async def two_looks() -> None:
        await asyncio.gather(look(), look())

    timeline.run_until_complete(two_looks())
    assert heard == [2, 1]
    assert timeline.time() == pytest.approx(4.0, abs=0.1)
    assert wire.overtaken == 0


def test_what_comes_twice_or_late_is_marked(timeline: Timeline) -> None:
    server = Counting()
    wire = wire_of(timeline, server, Fate.DOUBLED, Fate.LATE)

    async def acts() -> None:
        assert (await wire.exchange(ACT, 8.0))[1] == 1
        with pytest.raises(Exception, match="no answer"):
            await wire.exchange(ACT, 8.0)
        wire.arrive()

    timeline.run_until_complete(acts())
    assert server.asked == [None, "doubled", "late"]


@pytest.mark.parametrize("is_telling", [True, False])
def test_an_open_line_may_bring_nothing(timeline: Timeline, is_telling: bool) -> None:
    wire = wire_of(timeline, Counting())
    heard: list[str] = []

    async def listen() -> None:
        async with wire.listen("", {}) as socket:
            wire.is_telling = is_telling
            wire.tell()
            wire.hang_up()
            heard.extend([text async for text in socket])

    timeline.run_until_complete(listen())
    assert heard == (["{}"] if is_telling else [])
