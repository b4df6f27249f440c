"""A controller that kills itself at one point of a dispatch: `python -m … FOLDER STEP SIDE`.

The farm's disk and drivers are wrapped; what runs between them is the program as it is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from farmctl.farm import Farm
from farmctl.farm.acting.running import until_idle
from farmctl.farm.acting.session import driver_config, session
from farmctl.model.observation import Ending, Observation
from farmctl.printers.driver import Answer, Finding, PrinterDriver, Promises
from farmctl.printers.virtual import memory_of
from farmctl.sim.faults import Fault, inject
from farmctl.system.disk import OpenFile, RealDisk

T = TypeVar("T")
BEFORE, AFTER = "before", "after"
SIDES = (BEFORE, AFTER)


@dataclass(frozen=True)
class Moment:
    """One step: a fact that is written, or a call that is made once another fact is there."""

    writes: bytes = b""
    calls: str = ""
    once: bytes = b""


STEPS: Mapping[str, Moment] = {
    "decide": Moment(writes=b'"type":"dev.farmctl.run.queued.v1"'),  # in one with its decision
    "upload": Moment(calls="upload"),
    "look": Moment(calls="look", once=b'"type":"dev.farmctl.run.upload_accepted.v1"'),
    "intend": Moment(writes=b'"type":"dev.farmctl.run.start_intended.v1"'),
    "start": Moment(calls="start"),
    "answer": Moment(writes=b'"type":"dev.farmctl.run.start_accepted.v1"'),
    "confirm": Moment(writes=b'"type":"dev.farmctl.run.started.v1"'),
    "fence": Moment(calls="delete", once=b'"type":"dev.farmctl.run.start_unknown.v1"'),
    "end": Moment(writes=b'"type":"dev.farmctl.run.completed.v1"'),
}


class Death:
    """Comes before or after one moment."""

    def __init__(self, moment: Moment, side: str) -> None:
        self.moment = moment
        self.side = side
        self.is_near = not moment.once

    def heard(self, data: bytes) -> None:
        """Come nearer with the fact that the moment waits for."""
        self.is_near |= self.moment.once in data

    def at(self, side: str, *, writes: bytes = b"", calls: str = "") -> None:
        """End this process, without a word, when this is the moment."""
        is_it = calls == self.moment.calls if calls else bool(self.moment.writes)
        if is_it and self.is_near and side == self.side and self.moment.writes in writes:
            os.kill(os.getpid(), signal.SIGKILL)


class DeadlyFile:
    """Death may come before bytes are appended, and after they are durable."""

    def __init__(self, file: OpenFile, death: Death) -> None:
        self.file = file
        self.death = death

    def append(self, data: bytes) -> None:
        """Append and sync, if there is still time."""
        self.death.at(BEFORE, writes=data)
        self.file.append(data)
        self.death.at(AFTER, writes=data)
        self.death.heard(data)

    def write_at(self, offset: int, data: bytes) -> None:
        """Overwrite."""
        self.file.write_at(offset, data)

    def is_there(self) -> bool:
        """Tell whether it still has a name."""
        return self.file.is_there()


class DeadlyDisk(RealDisk):
    """Files of lines are written at the risk of death."""

    def __init__(self, death: Death) -> None:
        self.death = death

    def opened(self, path: Path) -> OpenFile:
        """Return a file for many writes."""
        file = super().opened(path)
        return DeadlyFile(file, self.death) if path.suffix == ".jsonl" else file


class DeadlyDriver:
    """Death may come before a call, and after it was answered."""

    def __init__(self, driver: PrinterDriver, death: Death) -> None:
        self.driver = driver
        self.death = death

    @property
    def promises(self) -> Promises:
        """Return what the printer promises."""
        return self.driver.promises

    async def _call(self, name: str, call: Awaitable[T]) -> T:
        self.death.at(BEFORE, calls=name)
        answer = await call
        self.death.at(AFTER, calls=name)
        return answer

    async def look(self) -> Observation:
        """Look."""
        return await self._call("look", self.driver.look())

    def watch(self) -> AsyncIterator[None]:
        """Listen."""
        return self.driver.watch()

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Upload."""
        return await self._call("upload", self.driver.upload(file, gcode))

    async def start(self, file: str) -> Answer:
        """Start."""
        return await self._call("start", self.driver.start(file))

    async def pause(self, file: str) -> Answer:
        """Pause."""
        return await self.driver.pause(file)

    async def resume(self, file: str) -> Answer:
        """Resume."""
        return await self.driver.resume(file)

    async def cancel(self, file: str) -> Answer:
        """Cancel."""
        return await self.driver.cancel(file)

    async def delete(self, file: str) -> Answer:
        """Delete."""
        return await self._call("delete", self.driver.delete(file))

    async def files(self) -> tuple[str, ...]:
        """List."""
        return await self.driver.files()

    async def evidence(self, file: str) -> Ending | None:
        """Ask how it ended."""
        return await self.driver.evidence(file)

    async def doctor(self) -> tuple[Finding, ...]:
        """Ask what is wrong."""
        return await self.driver.doctor()

    async def close(self) -> None:
        """Let go."""
        await self.driver.close()


class DeafDriver(DeadlyDriver):
    """The first start is lost on its way to the printer: what follows is a fence."""

    def __init__(self, driver: PrinterDriver, death: Death, farm: Farm) -> None:
        super().__init__(driver, death)
        self.farm = farm

    async def start(self, file: str) -> Answer:
        """Send a start that is lost."""
        desired = self.farm.desired()
        one = next(each for each in desired.farm.printers if each.name == "one")
        inject(memory_of(driver_config(self.farm, desired, one)), Fault.LOST_REQUEST)
        return await super().start(file)


async def run(folder: Path, step: str, side: str) -> None:
    """Keep the farm going until the moment comes."""
    death = Death(STEPS[step], side)
    farm = Farm(folder, folder / ".farmctl", disk=DeadlyDisk(death))
    async with session(farm, "run") as here:
        for name, driver in here.observer.drivers.items():
            is_deaf = step == "fence" and name == "one"
            deadly = DeafDriver(driver, death, farm) if is_deaf else DeadlyDriver(driver, death)
            here.observer.drivers[name] = deadly
        await until_idle(here, lambda _: None)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
