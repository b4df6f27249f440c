"""A controller's driver, behind the gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from farmctl.model.deeds import LOOK
from farmctl.model.events.runs import Effect
from farmctl.model.observation import Ending, Observation
from farmctl.printers.driver import Answer, Finding, PrinterDriver, Promises
from farmctl.soak.crash.gate import Gate, Mode
from farmctl.soak.wire import Fate

T = TypeVar("T")
_DELIVERED_S = 1.0  # by then a request has arrived, and its reply is on the way
_LOST = {
    Mode.TIMEOUT_BEFORE: Fate.REQUEST_LOST,
    Mode.TIMEOUT_AFTER: Fate.REPLY_LOST,
    Mode.KILLED_AFTER: Fate.REPLY_LOST,
}


class Line(Protocol):
    """The line to the printer."""

    def lose(self, fate: Fate | None) -> None:
        """Let that become of the next request with an effect; None of all that come."""
        ...

    def silence(self, *, is_silent: bool) -> None:
        """Let questions be answered, or not."""
        ...


class GatedDriver:
    """A driver whose every call passes the gate.

    Args:
        driver: What it really is.
        gate: What passes.
        line: What requests get lost on.

    Attributes:
        under_way: The effect that is being called; None while none is.
        loses_start: Whether the next start is lost, as the story wants it.
    """

    def __init__(self, driver: PrinterDriver, gate: Gate, line: Line) -> None:
        self.under_way: Effect | None = None
        self.loses_start = False
        self._driver = driver
        self._gate = gate
        self._line = line

    @property
    def promises(self) -> Promises:
        """Return what the kind promises."""
        return self._driver.promises

    def watch(self) -> AsyncIterator[None]:
        """Yield whenever something changed: what is heard changes nothing."""
        return self._driver.watch()

    async def look(self) -> Observation:
        """Ask what it does."""
        return await self._ask(self._driver.look)

    async def files(self) -> tuple[str, ...]:
        """Ask what it holds."""
        return await self._ask(self._driver.files)

    async def evidence(self, file: str) -> Ending | None:
        """Ask how a job ended."""
        return await self._ask(lambda: self._driver.evidence(file))

    async def upload(self, file: str, gcode: bytes) -> Answer:
        """Store a file."""
        return await self._tell(Effect.UPLOAD, file, self._driver.upload(file, gcode))

    async def start(self, file: str) -> Answer:
        """Print a stored file."""
        return await self._tell(Effect.START, file, self._driver.start(file))

    async def pause(self, file: str) -> Answer:
        """Pause a print."""
        return await self._tell(Effect.PAUSE, file, self._driver.pause(file))

    async def resume(self, file: str) -> Answer:
        """Go on with a print."""
        return await self._tell(Effect.RESUME, file, self._driver.resume(file))

    async def cancel(self, file: str) -> Answer:
        """End a print."""
        return await self._tell(Effect.CANCEL, file, self._driver.cancel(file))

    async def exclude(self, file: str, part: str) -> Answer:
        """Leave a part of a print out."""
        return await self._tell(Effect.EXCLUDE, file, self._driver.exclude(file, part))

    async def delete(self, file: str) -> Answer:
        """Delete a stored file."""
        return await self._tell(Effect.DELETE, file, self._driver.delete(file))

    async def doctor(self) -> tuple[Finding, ...]:
        """Return what is wrong with its configuration: no controller asks."""
        return await self._driver.doctor()

    async def close(self) -> None:
        """Let go of connections."""
        await self._driver.close()

    async def _ask(self, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
        mode = self._gate.arrive(LOOK, "")
        self._line.silence(is_silent=mode in (Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER))
        try:
            answer = await question()
        finally:
            self._line.silence(is_silent=False)
        self._gate.leave(mode)
        return answer

    async def _tell(self, effect: Effect, file: str, call: Coroutine[Any, Any, Answer]) -> Answer:
        with _closing(call):
            mode = self._gate.arrive(effect, file)
            self._line.lose(_LOST.get(mode) if mode else self._fate_in_the_story(effect))
            if mode is Mode.KILLED_AFTER:
                asyncio.get_running_loop().call_later(_DELIVERED_S, self._gate.die)
            self.under_way = effect
            try:
                answer = await call
            finally:
                self.under_way = None
                self._line.lose(None)
        self._gate.leave(mode)
        return answer

    def _fate_in_the_story(self, effect: Effect) -> Fate | None:
        if effect is not Effect.START or not self.loses_start:
            return None
        self.loses_start = False
        return Fate.REQUEST_LOST


@contextmanager
def _closing(call: Coroutine[Any, Any, object]) -> Iterator[None]:
    """A call that was never made is closed: nobody waits for it any more."""
    try:
        yield
    finally:
        call.close()
