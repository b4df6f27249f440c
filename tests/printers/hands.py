"""A Moonraker driver at work in a test, and waiting for what it sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Ending, Observation
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Accepted, PrinterDriver
from farmctl.printers.moonraker import open_driver
from farmctl.system.clock import SystemClock
from farmctl.testing.bench import Wake
from tests.printers.record_moonraker import LONG as MOVES

PATIENCE_S = 60.0
LONG = "G28\n" + MOVES
WARM = "M109 S175\nG90\nM83\nG1 X20 E1 F3000\n"


class Hands:
    """A driver, and waiting for what it sees: woken by its own watch."""

    def __init__(self, driver: PrinterDriver) -> None:
        self.driver = driver
        self._wake = Wake(driver, SystemClock())

    async def until(self, wanted: Callable[[Observation], bool]) -> Observation:
        async with asyncio.timeout(PATIENCE_S):
            while not wanted(seen := await self.driver.look()):
                await self._wake.wait(1.0)
        return seen

    async def state(self, state: DeviceState) -> Observation:
        return await self.until(lambda seen: seen.state is state)

    async def ended(self, file: str) -> Ending:
        async with asyncio.timeout(PATIENCE_S):
            while (ending := await self.driver.evidence(file)) is None:
                await self._wake.wait(1.0)
        return ending

    async def printing(self, file: str, gcode: str = LONG) -> None:
        assert isinstance(await self.driver.upload(file, gcode.encode()), Accepted)
        assert isinstance(await self.driver.start(file), Accepted)
        await self.state(DeviceState.PRINTING)

    async def close(self) -> None:
        await self._wake.close()
        await self.driver.close()


@asynccontextmanager
async def hands(url: str, **config: Any) -> AsyncIterator[Hands]:
    opened = Hands(open_driver(DriverConfig(PrinterName("voron-1"), url=url, **config)))
    try:
        yield opened
    finally:
        await opened.close()


def run(url: str, work: Callable[[Hands], Awaitable[None]], **config: Any) -> None:
    async def within() -> None:
        async with hands(url, **config) as opened:
            await work(opened)

    asyncio.run(within())
