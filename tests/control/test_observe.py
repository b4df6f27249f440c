"""A look that was under way while something changed tells nothing about after."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from farmctl.control.observe import AT_ONCE, SOON_S, Observer, Whose
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Observation
from farmctl.soak.timeline import Timeline
from farmctl.system.clock import FixedClock
from tests.control.device import Device, DeviceDriver

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NAME = PrinterName("voron-1")


class SlowDriver(DeviceDriver):
    """Sees at once, and tells when it is let."""

    def __init__(self) -> None:
        super().__init__(NAME, Device(), FixedClock(NOW))
        self.may_tell = asyncio.Event()

    async def look(self) -> Observation:
        seen = self.seen()
        await self.may_tell.wait()
        return seen


def looked(*, something_happens: bool) -> Observer:
    """Look, with or without an effect or a push between seeing and telling."""

    async def look() -> Observer:
        driver = SlowDriver()
        observer = Observer({NAME: driver}, FixedClock(NOW), Whose("led1", 1))
        looking = asyncio.create_task(observer.look([NAME], State()))
        await asyncio.sleep(0)
        if something_happens:
            observer.forget(NAME)
        driver.may_tell.set()
        await looking
        return observer

    return asyncio.run(look())


def test_a_look_that_nothing_came_between_is_kept() -> None:
    observer = looked(something_happens=False)
    assert observer.looks[NAME].observation.state is DeviceState.READY
    assert observer.due(State(), timedelta(seconds=5)) == []


def test_a_look_from_before_a_change_is_dropped_and_taken_again() -> None:
    observer = looked(something_happens=True)
    assert observer.looks == {}
    assert observer.due(State(), timedelta(seconds=5)) == [NAME]


class Elsewhere(DeviceDriver):
    """Takes its time, on the loop's clock, and counts its looks."""

    def __init__(self, takes_s: float = 0.0) -> None:
        super().__init__(NAME, Device(), FixedClock(NOW))
        self.takes_s = takes_s
        self.looks = 0

    async def look(self) -> Observation:
        self.looks += 1
        await asyncio.sleep(self.takes_s)
        return self.seen()


POLL = timedelta(seconds=5)


def around(drivers: dict[str, Elsewhere]) -> Observer:
    named = {PrinterName(name): driver for name, driver in drivers.items()}
    return Observer(named, FixedClock(NOW), Whose("led1", 1))


def in_virtual_time(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=Timeline) as runner:
        runner.run(work)


def test_one_that_hangs_is_waited_for_by_nobody() -> None:
    async def work() -> None:
        drivers = {"hangs": Elsewhere(8.0), "well": Elsewhere(), "also": Elsewhere(0.2)}
        observer, heard = around(drivers), asyncio.Event()
        began_s = asyncio.get_running_loop().time()
        await observer.take_turn(State(), POLL, heard.set)
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(SOON_S, abs=0.1)
        assert sorted(observer.looks) == ["also", "well"]
        assert (observer.is_blind, observer.is_behind) == (True, False)
        for name in ("hangs", "well"):
            observer.forget(PrinterName(name))
        await observer.take_turn(State(), POLL, heard.set)
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(SOON_S, abs=0.1)
        assert [each.looks for each in drivers.values()] == [1, 2, 1]
        await heard.wait()
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(8.0, abs=0.1)
        assert observer.due(State(), POLL) == ["hangs"]  # it was told of a change meanwhile
        await observer.take_turn(State(), POLL)
        assert drivers["hangs"].looks == 2
        await observer.end()

    in_virtual_time(work())


def test_a_turn_looks_at_a_part_of_many_and_first_where_something_changed() -> None:
    async def work() -> None:
        drivers = {f"p-{number:03}": Elsewhere() for number in range(250)}
        observer = around(drivers)
        turns = []
        while not turns or observer.is_behind:
            await observer.take_turn(State(), POLL)
            turns.append((len(observer.looks), observer.is_behind))
        assert turns == [(AT_ONCE, True), (2 * AT_ONCE, True), (250, False)]
        observer.forget(PrinterName("p-249"))
        await observer.take_turn(State(), timedelta(0))
        assert drivers["p-249"].looks == 2
        assert sum(each.looks for each in drivers.values()) == 250 + AT_ONCE
        assert not observer.is_blind

    in_virtual_time(work())
