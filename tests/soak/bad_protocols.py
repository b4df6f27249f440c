"""Protocols that are known to be bad: the checker must catch each of them."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec.structs import replace

from farmctl.model.observation import DeviceState, Observation
from farmctl.printers.driver import Accepted, Answer, PrinterDriver, Rejected, Unknown, Why


class Around:
    """A driver that does all that another does."""

    def __init__(self, driver: PrinterDriver) -> None:
        self.driver = driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)


class NaiveRetry(Around):
    """What was not answered is sent again, until it is; nothing is fenced by deleting it."""

    async def start(self, file: str) -> Answer:
        """Start, and start again."""
        for _ in range(3):
            answer = await self.driver.start(file)
            if not isinstance(answer, Unknown):
                return answer
        return answer

    async def delete(self, file: str) -> Answer:
        """Leave the file where it is."""
        return Accepted(evidence=file)


class Reverting(Around):
    """What was not answered was not done: the plate goes back into the queue."""

    async def start(self, file: str) -> Answer:
        """Start, and call silence a refusal."""
        answer = await self.driver.start(file)
        if isinstance(answer, Unknown):
            return Rejected(Why.NOT_READY, "no start was seen", "timeout")
        return answer


class NeverStarting(Around):
    """Nothing can go wrong where nothing is done."""

    async def start(self, file: str) -> Answer:
        """Say yes, and do nothing."""
        return Accepted(evidence=file)


class Unanswered(Around):
    """A printer that takes a start and never says so."""

    async def start(self, file: str) -> Answer:
        """Wait for ever."""
        del file
        return await asyncio.get_running_loop().create_future()


class AlwaysAsking(Around):
    """Nothing can go wrong where a person says what became of every print."""

    async def start(self, file: str) -> Answer:
        """Start, and not listen to the answer."""
        await self.driver.start(file)
        return Unknown(f"somebody look whether {file} prints")

    async def look(self) -> Observation:
        """See all but the print: whose it is, a person will say."""
        return replace(await self.driver.look(), job=None, state=DeviceState.READY)

    async def evidence(self, _file: str) -> None:
        """Know of no end."""

    async def delete(self, file: str) -> Answer:
        """Never be sure that a file is gone."""
        return Unknown(f"somebody look whether {file} is gone")
