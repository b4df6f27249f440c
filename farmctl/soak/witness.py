"""Who stands between a controller and its printers, and notes when it looked and when it acted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable

from msgspec import Struct

from farmctl.model.events.runs import Effect
from farmctl.model.observation import Ending, Observation
from farmctl.printers.driver import Answer, Finding, PrinterDriver, Promises


class Looked(Struct, frozen=True):
    """A look that showed something, with the number of effects that had ended when it began."""

    life: int
    printer: str
    after: int


class Began(Struct, frozen=True):
    """An effect that is sent, with what else was under way, and how many had ended before."""

    life: int
    printer: str
    effect: Effect
    file: str
    beside: tuple[Effect, ...]
    after: int


Note = Looked | Began


class Witness:
    """Notes of all controllers, in the order in which they were made.

    Attributes:
        notes: What was not read yet.
        sent: How many effects were sent.
    """

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.sent = 0
        self._lives = 0

    def enter(self) -> int:
        """Return the number of another controller's life."""
        self._lives += 1
        return self._lives

    def take(self) -> list[Note]:
        """Return what was noted since the last time."""
        notes, self.notes = self.notes, []
        return notes


class Watched:
    """A driver that somebody watches: it does what the driver does.

    Args:
        driver: What is done.
        witness: Who notes it.
        life: Whose it is.
        printer: Which printer's.
    """

    def __init__(self, driver: PrinterDriver, witness: Witness, life: int, printer: str) -> None:
        self._driver = driver
        self._witness = witness
        self._life = life
        self._printer = printer
        self._under_way: list[Effect] = []
        self._ended = 0

    @property
    def promises(self) -> Promises:
        """Return what the driver promises."""
        return self._driver.promises

    def watch(self) -> AsyncIterator[None]:
        """Yield what the driver yields."""
        return self._driver.watch()

    async def files(self) -> tuple[str, ...]:
        """Return the files that the driver finds."""
        return await self._driver.files()

    async def evidence(self, file: str) -> Ending | None:
        """Return the evidence that the driver finds."""
        return await self._driver.evidence(file)

    async def doctor(self) -> tuple[Finding, ...]:
        """Return what the driver says is wrong."""
        return await self._driver.doctor()

    async def close(self) -> None:
        """Close the driver."""
        await self._driver.close()

    async def look(self) -> Observation:
        """Look, and note it when there was anything to see."""
        after = self._ended
        seen = await self._driver.look()
        if seen.is_reachable:
            self._witness.notes.append(Looked(self._life, self._printer, after))
        return seen

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Note it, and do it."""
        return await self._sent(Effect.UPLOAD, file, self._driver.upload(file, gcode))

    async def start(self, file: str) -> Answer:
        """Note it, and do it."""
        return await self._sent(Effect.START, file, self._driver.start(file))

    async def pause(self, file: str) -> Answer:
        """Note it, and do it."""
        return await self._sent(Effect.PAUSE, file, self._driver.pause(file))

    async def resume(self, file: str) -> Answer:
        """Note it, and do it."""
        return await self._sent(Effect.RESUME, file, self._driver.resume(file))

    async def cancel(self, file: str) -> Answer:
        """Note it, and do it."""
        return await self._sent(Effect.CANCEL, file, self._driver.cancel(file))

    async def exclude(self, file: str, part: str) -> Answer:
        """Note it, and do it."""
        return await self._sent(Effect.EXCLUDE, file, self._driver.exclude(file, part))

    async def delete(self, file: str) -> Answer:
        """Note it, and do it."""
        return await self._sent(Effect.DELETE, file, self._driver.delete(file))

    async def _sent(self, effect: Effect, file: str, answer: Awaitable[Answer]) -> Answer:
        beside = tuple(self._under_way)
        began = Began(self._life, self._printer, effect, file, beside, self._ended)
        self._witness.notes.append(began)
        self._witness.sent += 1
        self._under_way.append(effect)
        try:
            return await answer
        finally:
            self._under_way.remove(effect)
            self._ended += 1
