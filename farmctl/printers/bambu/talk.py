"""What is said between farmctl and one Bambu: one session at a time, its reports merged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from itertools import count
from typing import Any

from msgspec import Struct

from farmctl.printers.bambu.commands import PUSH_ALL, request
from farmctl.printers.bambu.status import WATCHED, is_full, merged, message_in, report_in
from farmctl.printers.config import Session, Subscribe
from farmctl.printers.web.http import Silence
from farmctl.system.clock import Clock

ASK_S = 8.0
TELL_S = 10.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0

Message = Mapping[str, Any]


class Known(Struct, frozen=True):
    """A machine that answered.

    Args:
        serial: What its certificate names.
        report: All that it reported, the newest last.
    """

    serial: str
    report: Mapping[str, Any]


class Talk:
    """Asks and tells one machine.

    Args:
        subscribe: Opens sessions.
        shut: Says what is known when a session could not be opened.
        clock: Waits between two tries to stay in touch.
        first: The first number that a command gets: others who talk to the machine have theirs.
    """

    def __init__(
        self,
        subscribe: Subscribe,
        shut: Callable[[OSError], Silence],
        clock: Clock,
        first: int,
    ) -> None:
        self._subscribe = subscribe
        self._shut = shut
        self._clock = clock
        self._numbers = count(first)
        self._asking = asyncio.Lock()
        self._opened: asyncio.Future[Session | Silence] | None = None
        self._living: asyncio.Task[None] | None = None
        self._staying: asyncio.Task[None] | None = None
        self._known: dict[str, Any] = {}
        self._waiting: list[
            tuple[Callable[[Message], bool], asyncio.Future[Message | Silence]]
        ] = []
        self._changed = asyncio.Event()
        self._is_closed = False
        self.sessions = 0

    async def status(self) -> Known | Silence:
        """Return all that the machine reports now: it is asked, and nothing older is taken.

        Answers do not say to which question. So one question is asked at a time, and a session on
        which one was not answered is given up: what came then would be taken for a newer answer.
        """
        async with self._asking:
            session = await self._session()
            if isinstance(session, Silence):
                return session
            try:
                heard = await self._exchange(
                    session, json.dumps(PUSH_ALL), _is_answer_to_all, ASK_S
                )
            except asyncio.CancelledError:
                self._hang_up()
                raise
            if isinstance(heard, Silence):
                self._hang_up()
                return Silence(heard.why, was_sent=False)
            return Known(session.serial, dict(self._known))

    async def tell(self, command: Mapping[str, Any]) -> Message | Silence:
        """Give a command of printing once, and return its echo."""
        session = await self._session()
        if isinstance(session, Silence):
            return session
        number = str(next(self._numbers))

        def is_echo(message: Message) -> bool:
            said = message.get("print")
            return (
                isinstance(said, dict)
                and said.get("command") == command["command"]
                and str(said.get("sequence_id")) == number
            )

        return await self._exchange(session, request(command, number), is_echo, TELL_S)

    async def ask(self, question: Mapping[str, Any], section: str) -> Message | Silence:
        """Ask something, and return the next message that has such a section."""
        session = await self._session()
        if isinstance(session, Silence):
            return session
        return await self._exchange(
            session, json.dumps(question), lambda message: section in message, ASK_S
        )

    async def changes(self) -> AsyncIterator[None]:
        """Yield after changes, and when a session began or ended; several may be one."""
        if self._staying is None:
            self._staying = asyncio.create_task(self._stay())
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._is_closed:
                return
            yield

    async def close(self) -> None:
        """Hang up, and end `changes`."""
        self._is_closed = True
        self._changed.set()
        tasks = [each for each in (self._staying, self._living) if each is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _session(self) -> Session | Silence:
        """Return the open session, or open one."""
        if self._living is not None and self._living.cancelling():
            await asyncio.wait([self._living])
        if self._living is None or self._living.done():
            self._opened = asyncio.get_running_loop().create_future()
            self._living = asyncio.create_task(self._live(self._opened))
        assert self._opened is not None  # noqa: S101 - set beside the task
        return await asyncio.shield(self._opened)

    async def _live(self, opened: asyncio.Future[Session | Silence]) -> None:
        """Open a session and listen until it ends.

        That nobody is there changes nothing: told of it, a look would be taken again, for ever.
        """
        was_open = False
        try:
            async with self._subscribe() as session:
                was_open = True
                self.sessions += 1
                self._known = {}
                opened.set_result(session)
                self._changed.set()
                async for text in session:
                    self._hear(message_in(text))
        except OSError as error:
            if not opened.done():
                opened.set_result(self._shut(error))
        finally:
            if not opened.done():
                opened.set_result(Silence("farmctl hung up", was_sent=False))
            self._lose("the machine hung up")
            if was_open:
                self._changed.set()

    async def _stay(self) -> None:
        """Stay in touch, waiting longer after each try that fails."""
        wait_s = _FIRST_WAIT_S
        while True:
            known = await self.status()  # what was reported before is not told again
            if not isinstance(known, Silence):
                wait_s = _FIRST_WAIT_S
            if self._living is not None:
                await asyncio.wait([self._living])
            await self._clock.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    async def _exchange(
        self, session: Session, text: str, is_answer: Callable[[Message], bool], patience_s: float
    ) -> Message | Silence:
        answer: asyncio.Future[Message | Silence] = asyncio.get_running_loop().create_future()
        waiting = (is_answer, answer)
        self._waiting.append(waiting)
        try:
            if not session.publish(text):
                return Silence("the connection is gone", was_sent=False)
            async with asyncio.timeout(patience_s):
                return await answer
        except TimeoutError:
            return Silence(f"no answer in {patience_s:g} s", was_sent=True)
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)

    def _hear(self, message: Message) -> None:
        report = report_in(message)
        if report is not None:
            before = self._known
            self._known = merged(before, report)
            if any(before.get(key) != self._known.get(key) for key in WATCHED):
                self._changed.set()
        for is_answer, answer in self._waiting:
            if not answer.done() and is_answer(message):
                answer.set_result(message)

    def _hang_up(self) -> None:
        if self._living is not None:
            self._living.cancel()

    def _lose(self, why: str) -> None:
        for _, answer in self._waiting:
            if not answer.done():
                answer.set_result(Silence(why, was_sent=True))


def _is_answer_to_all(message: Message) -> bool:
    report = report_in(message)
    return report is not None and is_full(report)
