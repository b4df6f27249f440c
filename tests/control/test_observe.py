"""A look that was under way while something changed tells nothing about after."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from farmctl.control.observe import Observer, Whose
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Observation
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
