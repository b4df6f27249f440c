"""A thousand printers: what looking, listening and deciding cost, and how soon a start follows."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.crowd import Crowd
from benchmarks.measure import BenchError, Reading, compared, here
from benchmarks.served import Address, served
from benchmarks.waiting import decided_after_s
from benchmarks.workshop import Row, Workshop
from farmctl.control.decide.decide import decide as decide_on
from farmctl.control.observe import Observer, Whose
from farmctl.farm import Farm
from farmctl.farm.asking.glancing import keep_look
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.printers.config import Connection, DriverConfig, Lines
from farmctl.printers.driver import PrinterDriver
from farmctl.printers.moonraker import open_driver
from farmctl.printers.web.pushes import over_network
from farmctl.system.clock import SystemClock

_PRINTERS, _FEW = 1000, 100
_PLATES = 50
_POLL_S = 5.0
_LISTENED_S = 10.0
_OF_A_CORE = 0.25
_DECIDE_S = 0.150
_START_S = 2.0
_MOST_OF_IT = 0.9
_TURNS = 9

Drivers = Mapping[PrinterName, PrinterDriver]


def poll(shop: Workshop) -> Reading:
    """Measure one look at each of 1,000 printers, kept for `status`."""

    async def work(drivers: Drivers) -> float:
        farm = Farm(shop.folder, shop.folder / "state")
        observer = Observer(
            drivers,
            SystemClock(),
            Whose("5eed", 1),
            lambda look: keep_look(farm, look.observation),
        )
        await observer.look(drivers, State())  # connections are made, stored files listed
        return statistics.median([await _cpu_s(observer.look(drivers, State())) for _ in range(5)])

    with served(shop, _PRINTERS) as there:
        return Reading(asyncio.run(_with_drivers(there, work)), _POLL_S)


def pushes(shop: Workshop) -> Reading:
    """Measure what 1,000 websockets say by themselves in ten seconds."""
    heard = Heard()

    async def work(drivers: Drivers) -> float:
        listening = [asyncio.create_task(_listen(each)) for each in drivers.values()]
        await asyncio.sleep(_LISTENED_S)  # all have connected
        before = heard.messages
        used = await _cpu_s(asyncio.sleep(_LISTENED_S))
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        if heard.messages - before < _PRINTERS * _LISTENED_S * _MOST_OF_IT:
            raise BenchError(f"only {heard.messages - before} messages came")
        return used

    with served(shop, _PRINTERS) as there:
        lines = Lines(listen=heard.listen)
        used = asyncio.run(_with_drivers(there, work, lines))
        return Reading(used, _LISTENED_S * _OF_A_CORE)


class Heard:
    """Counts what comes by on the drivers' own websockets."""

    def __init__(self) -> None:
        self.messages = 0

    @asynccontextmanager
    async def listen(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Connection]:
        """Open a websocket as a driver does."""
        async with over_network(url, headers) as connection:
            yield Counted(connection, self)


class Counted:
    """A connection whose messages are counted."""

    def __init__(self, connection: Connection, heard: Heard) -> None:
        self._connection = connection
        self._heard = heard

    async def send(self, text: str, /) -> None:
        """Say something."""
        await self._connection.send(text)

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Listen."""
        async for each in self._connection:
            self._heard.messages += 1
            yield each


def decide(shop: Workshop) -> Reading:
    """Measure one decision on 1,000 printers and 50 live plates."""
    sample = _decision(Crowd(_PRINTERS, _PLATES))
    took = statistics.median([sample() for _ in range(shop.times * _TURNS)])
    return Reading(took, _DECIDE_S)


def growth(shop: Workshop) -> Reading:
    """Measure a decision on 1,000 printers against one on 100."""
    samples = {
        "ours": _decision(Crowd(_PRINTERS, _PLATES)),
        "peer": _decision(Crowd(_FEW, _PLATES)),
    }
    return compared(samples, shop.times * _TURNS)


def start(shop: Workshop) -> Reading:
    """Measure how long a printer that got free waits until its next start is decided."""
    return Reading(max(decided_after_s(shop, _PRINTERS)), _START_S)


def _decision(crowd: Crowd) -> Callable[[], float]:
    once = partial(decide_on, crowd.desired, crowd.state, crowd.looks, crowd.now)
    return partial(here, once)


async def _with_drivers(
    there: Sequence[Address],
    work: Callable[[Drivers], Awaitable[float]],
    lines: Lines = Lines(),  # noqa: B008 - it is immutable
) -> float:
    drivers = {
        PrinterName(each.name): open_driver(
            DriverConfig(PrinterName(each.name), url=each.url, identity=each.identity, lines=lines)
        )
        for each in there
    }
    try:
        return await work(drivers)
    finally:
        for each in drivers.values():
            await each.close()


async def _listen(driver: PrinterDriver) -> None:
    async for _ in driver.watch():
        pass  # the loop would look at it


async def _cpu_s(work: Awaitable[object]) -> float:
    before = time.process_time()
    await work
    return time.process_time() - before


ROWS = (
    Row("poll", 1.0, "a look at each of 1,000 printers : 5 s", poll),
    Row("pushes", 1.0, "1,000 websockets, 10 s of what Moonraker tells : 25 % of a core", pushes),
    Row("decide", 1.0, "a decision on 1,000 printers and 50 live plates : 150 ms", decide),
    Row("growth", 12.0, "that decision : the same on 100 printers", growth),
    Row("start", 1.0, "a printer is free until its start is decided, wall : 2 s", start),
)
