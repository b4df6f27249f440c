"""Fifty printers on their own web servers, one of them dead and one that hangs: the others go on."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from farmctl.control.observe import Observer, Whose
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Accepted
from farmctl.printers.moonraker import open_driver
from farmctl.soak.serving import Served, serving
from farmctl.system.clock import SystemClock

WELL = 48
DEAD, HANGS = PrinterName("dead"), PrinterName("hangs")
EVERY = timedelta(seconds=5)
FILE = "farmctl-5eed-1-run-1-1.gcode"


@asynccontextmanager
async def looked_at(served: list[Served]) -> AsyncIterator[Observer]:
    with socket.socket() as silent, socket.socket() as dead:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # the system takes connections, and nobody ever answers
        dead.bind(("127.0.0.1", 0))
        urls = {PrinterName(each.name): each.url for each in served}
        urls[HANGS] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        urls[DEAD] = f"http://127.0.0.1:{dead.getsockname()[1]}"
        drivers = {name: open_driver(DriverConfig(name, url=url)) for name, url in urls.items()}
        observer = Observer(drivers, SystemClock(), Whose("5eed", 1))
        try:
            yield observer
        finally:
            await observer.end()
            for each in drivers.values():
                await each.close()


def states(observer: Observer) -> Counter[DeviceState]:
    looks = observer.looks.items()
    return Counter(each.observation.state for name, each in looks if name != HANGS)


async def until(observer: Observer, wanted: dict[DeviceState, int]) -> None:
    """Turn until this is seen, whatever the one that hangs is doing."""
    async with asyncio.timeout(100):
        while states(observer) != wanted:
            await observer.take_turn(State(), EVERY)
            await SystemClock().sleep(0.05)  # the others' turn: of the test, and of the servers


def test_one_dead_and_one_that_hangs_keep_nobody_waiting() -> None:
    async def work() -> None:
        async with serving(WELL) as served, looked_at(list(served)) as observer:
            await until(observer, {DeviceState.READY: WELL, DeviceState.OFFLINE: 1})
            assert "refused" in observer.looks[DEAD].observation.message

            first = PrinterName(served[0].name)
            watch = observer.drivers[first].watch()
            await anext(watch)  # connected
            served[0].printer.put(FILE, b"G4 S3600\n")
            assert isinstance(await observer.drivers[first].start(FILE), Accepted)
            async with asyncio.timeout(60):
                await anext(watch)
            observer.forget(first)
            begun = {DeviceState.READY: WELL - 1, DeviceState.PRINTING: 1, DeviceState.OFFLINE: 1}
            await until(observer, begun)
            assert observer.looks[first].observation.state is DeviceState.PRINTING

    asyncio.run(work())
