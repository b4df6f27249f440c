"""The line between a driver and a machine, on which requests and replies get lost.

It stands where the network stands: under the driver's own HTTP client and websocket.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol, assert_never
from urllib.parse import parse_qsl, unquote

import httpx
from msgspec import Struct

from farmctl.system.clock import Clock

LATENCY_S = 0.002
_LOGIN = "/api/login"
EFFECT_S = 3.0  # a file to carry, g-code to wait for: room for something to happen meanwhile


class Fate(StrEnum):
    """What becomes of a request."""

    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    LATE = "request late"  # its sender has given up when it arrives
    DOUBLED = "request doubled"  # it arrives twice, and is answered once
    NO_SENSE = "no sense"  # it is done, and what comes back explains nothing
    REFUSED = "refused"  # nobody listens


def has_effect(method: str, path: str) -> bool:
    """Return whether a request asks for more than an answer, or than to be let in."""
    return method not in ("GET", "HEAD") and path != _LOGIN


class Asked(Struct, frozen=True):
    """A request: what its line carries.

    Args:
        method: As of HTTP.
        path: Without the query.
        query: Parameters.
        body: Bytes.
    """

    method: str
    path: str
    query: Mapping[str, str] = {}
    body: bytes = b""

    @property
    def has_effect(self) -> bool:
        """Return whether it asks for more than an answer."""
        return has_effect(self.method, self.path)


class Carried(Struct, frozen=True):
    """How a request comes.

    Args:
        sent_at: When it was sent.
        astray: `late` or `doubled` where that went wrong.
    """

    sent_at: datetime
    astray: str | None = None


class Server(Protocol):
    """What a machine's network answers and tells.

    Attributes:
        carried: How the request comes that it answers; None while it answers none.
    """

    carried: Carried | None

    @property
    def serial(self) -> str:
        """Return the machine's serial number."""
        ...

    def answer(
        self, method: str, path: str, query: Mapping[str, str], body: bytes
    ) -> tuple[int, Any]:
        """Return an HTTP status and a JSON body."""
        ...

    def report(self) -> str:
        """Return what it pushes now, a message a line; what nobody hears is lost."""
        ...


class Wire(httpx.AsyncBaseTransport):
    """Carries requests to whatever machine stands at its end.

    Args:
        server: The machine.
        clock: Whose time requests take.
        fate: Decides what becomes of a request, by method and path; None is nothing.
        late_s: How long a late request is on its way.

    Attributes:
        server: The machine; another one may be put in its place.
        is_up: Whether anybody listens.
        overtaken: How many of the next answers to looks come late.
        is_telling: Whether pushes get through; an open websocket does not say so.
    """

    def __init__(
        self,
        server: Server,
        clock: Clock,
        fate: Callable[[str, str], Fate | None] = lambda _method, _path: None,
        late_s: Callable[[], float] = lambda: 30.0,
    ) -> None:
        self.server = server
        self.is_up = True
        self.is_telling = True
        self.overtaken = 0
        self._clock = clock
        self._fate = fate
        self._late_s = late_s
        self._changed: list[asyncio.Queue[str]] = []
        self._late: list[Callable[[], object]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request of HTTP, or lose it. Raises httpx.TransportError."""
        path, query = _asked_for(request.url.raw_path)
        asked = Asked(request.method, path, query, await request.aread())
        status, said = await self.exchange(asked, request.extensions["timeout"]["read"])
        return httpx.Response(status, content=json.dumps(said))

    async def exchange(self, asked: Asked, patience_s: float) -> tuple[int, Any]:
        """Carry one request and return its answer, or lose it. Raises httpx.TransportError."""
        sent_at = self._clock.now()
        await self._clock.sleep(EFFECT_S if asked.has_effect else 2 * LATENCY_S)
        fate = self._fate(asked.method, asked.path) if self.is_up else Fate.REFUSED
        if self.overtaken and fate is None and not asked.has_effect:
            return await self._overtaken(asked, sent_at, patience_s)
        match fate:
            case None if not asked.has_effect:
                return self._serve(asked, sent_at)  # there and back: nothing is lost by it
            case None:
                return await self._reply(self._serve(asked, sent_at))
            case Fate.REFUSED:
                raise httpx.ConnectError("connection refused")
            case Fate.REQUEST_LOST:
                pass
            case Fate.REPLY_LOST:
                self._serve(asked, sent_at)
                self.tell()
            case Fate.LATE:
                self._keep_for_later(asked, sent_at)
            case Fate.DOUBLED:
                first = self._serve(asked, sent_at)
                self._serve(asked, sent_at, astray="doubled")
                return await self._reply(first)
            case Fate.NO_SENSE:
                self._serve(asked, sent_at)
                return await self._reply((502, None))
            case never:
                assert_never(never)
        await self._clock.sleep(patience_s)
        raise httpx.ReadTimeout("no answer")

    def arrive(self) -> None:
        """Let everything that is on its way arrive now."""
        late, self._late = self._late, []
        for serve in late:
            serve()

    def tell(self) -> None:
        """Push what has changed to whoever listens, if it gets through."""
        texts = self.server.report().splitlines()
        for queue in self._changed if self.is_telling else ():
            for text in texts:
                queue.put_nowait(text)

    def hang_up(self) -> None:
        """Close all websockets."""
        for queue in self._changed:
            queue.put_nowait("")

    @asynccontextmanager
    async def listen(self, _url: str, _headers: Mapping[str, str]) -> AsyncIterator[Socket]:
        """Open a websocket. Raises OSError when nobody listens."""
        await self._clock.sleep(LATENCY_S)
        if not self.is_up:
            raise ConnectionRefusedError
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._changed.append(queue)
        try:
            yield Socket(queue)
        finally:
            self._changed.remove(queue)

    def _serve(self, asked: Asked, sent_at: datetime, astray: str | None = None) -> tuple[int, Any]:
        self.server.carried = Carried(sent_at, astray)
        answered = self.server.answer(asked.method, asked.path, asked.query, asked.body)
        self.server.carried = None
        return answered

    async def _reply(self, answered: tuple[int, Any]) -> tuple[int, Any]:
        await self._clock.sleep(EFFECT_S)
        self.tell()
        return answered

    async def _overtaken(
        self, asked: Asked, sent_at: datetime, patience_s: float
    ) -> tuple[int, Any]:
        """Return an answer that is old when it comes: newer ones came before it."""
        self.overtaken -= 1
        answered = self._serve(asked, sent_at)
        await self._clock.sleep(patience_s / 2)
        return answered

    def _keep_for_later(self, asked: Asked, sent_at: datetime) -> None:
        def serve() -> None:
            if serve in self._late:
                self._late.remove(serve)
            self._serve(asked, sent_at, astray="late")
            self.tell()

        self._late.append(serve)
        asyncio.get_running_loop().call_later(self._late_s(), self._arrive_one, serve)

    def _arrive_one(self, serve: Callable[[], object]) -> None:
        if serve in self._late and self.is_up:
            serve()


@lru_cache(maxsize=256)
def _asked_for(target: bytes) -> tuple[str, Mapping[str, str]]:
    path, _, query = target.decode().partition("?")
    return unquote(path), dict(parse_qsl(query))


class Socket:
    """One open websocket: what is sent is taken, what is pushed is heard."""

    def __init__(self, queue: asyncio.Queue[str]) -> None:
        self._queue = queue

    def hear(self, text: str) -> None:
        """Take what only this side is told."""
        self._queue.put_nowait(text)

    async def send(self, _text: str, /) -> None:
        """Take a subscription: everything is pushed anyway."""

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield pushes until it is closed."""
        while text := await self._queue.get():
            yield text
