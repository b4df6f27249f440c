"""One check's place: a driver that is opened for it, and what most checks do with one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from farmctl.model.observation import DeviceState, Ending, Observation
from farmctl.printers.driver import Accepted, Answer, PrinterDriver, Rejected, Why
from farmctl.system.clock import Clock
from farmctl.system.entropy import fresh_hex
from farmctl.testing.rig import Nonconforming, Rig, Samples, expect

_BACKSTOP_S = 1.0


class Bench:
    """A rig and the driver under test."""

    def __init__(self, rig: Rig, driver: PrinterDriver) -> None:
        self.rig = rig
        self.driver = driver
        self._wake = Wake(driver, rig.clock)

    @property
    def samples(self) -> Samples:
        """Return what can be printed here."""
        return self.rig.samples

    async def until(self, wanted: Callable[[Observation], bool], what: str) -> Observation:
        """Return the first look that shows what is wanted, waking as the driver's watch says."""
        deadline = self.rig.clock.monotonic() + self.rig.patience_s
        while True:
            seen = await self.driver.look()
            if wanted(seen):
                return seen
            if self.rig.clock.monotonic() >= deadline:
                raise Nonconforming(f"{what}: not seen in {self.rig.patience_s:g} s, but {seen}")
            await self._wake.wait(_BACKSTOP_S)

    async def until_idle(self) -> Observation:
        """Return the first look that shows no job."""
        return await self.until(lambda seen: seen.job is None, "the job is gone")

    async def until_ended(self, file: str) -> Ending:
        """Return the evidence of how the job of `file` ended, once it did."""
        await self.until_idle()
        deadline = self.rig.clock.monotonic() + self.rig.patience_s
        while (ending := await self.driver.evidence(file)) is None:
            expect(self.rig.clock.monotonic() < deadline, f"{file} ended without evidence")
            await self._wake.wait(_BACKSTOP_S)
        return ending

    async def uploaded(self, gcode: bytes) -> str:
        """Store g-code under a fresh name and return the name."""
        return await self.uploaded_as(lambda _: gcode)

    async def uploaded_as(self, gcode_for: Callable[[str], bytes]) -> str:
        """Store g-code that depends on its fresh name, and return the name."""
        file = f"farmctl-{fresh_hex(12)}.gcode"
        answer = await self.driver.upload(file, gcode_for(file))
        expect(isinstance(answer, Accepted), f"upload of a new file: {answer}")
        return file

    async def started(self, gcode: bytes) -> str:
        """Store a file, start it, and return its name; it may be over already."""
        return await self.started_as(lambda _: gcode)

    async def started_as(self, gcode_for: Callable[[str], bytes]) -> str:
        """Store a file whose g-code depends on its name, start it, and return its name."""
        file = await self.uploaded_as(gcode_for)
        answer = await self.driver.start(file)
        expect(isinstance(answer, Accepted), f"start on an idle machine: {answer}")
        return file

    async def printing(self) -> str:
        """Start the long sample and return its name once the device shows it."""
        file = await self.started(self.samples.long)
        await self.until(lambda seen: prints(seen, file), f"{file} is printed")
        return file

    async def by_hand(self) -> Observation:
        """Let a person start a print and return what the driver sees of it."""
        await self.rig.start_by_hand()
        return await self.until(
            lambda seen: seen.state is DeviceState.PRINTING and seen.job is not None,
            "a print that was started by hand",
        )

    async def watching(self) -> None:
        """Let the driver's watch begin, and pass over what it first says."""
        await self._wake.wait(_BACKSTOP_S)

    async def woken(self) -> bool:
        """Return whether the driver's watch yields within the rig's patience."""
        return await self._wake.wait(self.rig.patience_s)

    async def close(self) -> None:
        """End the watch and the driver."""
        await self._wake.close()
        await self.driver.close()


class Wake:
    """A driver's watch, waited for a while at a time without ending it."""

    def __init__(self, driver: PrinterDriver, clock: Clock) -> None:
        self._watch = driver.watch()
        self._clock = clock
        self._next: asyncio.Task[bool] | None = None

    async def wait(self, seconds: float) -> bool:
        """Return True at the watch's next yield, False after `seconds`."""
        if self._next is None:
            self._next = asyncio.ensure_future(_next_of(self._watch))
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        await asyncio.wait({self._next, timer}, return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        if not self._next.done():
            return False
        expect(self._next.result(), "watch ended before the driver was closed")
        self._next = None
        return True

    async def close(self) -> None:
        """Stop waiting, and let the watch clean up while the loop still runs."""
        if self._next is not None:
            self._next.cancel()
            with suppress(asyncio.CancelledError):
                await self._next
        if isinstance(self._watch, AsyncGenerator):
            await self._watch.aclose()


async def _next_of(watch: AsyncIterator[None]) -> bool:
    async for _ in watch:
        return True
    return False


@asynccontextmanager
async def bench(rig: Rig, identity: str | None = None) -> AsyncIterator[Bench]:
    """Open a driver for one check and close it afterwards."""
    opened = Bench(rig, rig.connect(identity))
    try:
        yield opened
    finally:
        await opened.close()


def prints(seen: Observation, file: str) -> bool:
    """Return whether a look shows the job of `file`. Some firmware changes the case of names."""
    return seen.job is not None and seen.job.file.casefold() == file.casefold()


def rejects(answer: Answer, why: Why) -> bool:
    """Return whether an answer is a certain no for this cause."""
    return isinstance(answer, Rejected) and answer.why is why
