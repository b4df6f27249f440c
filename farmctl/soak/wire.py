"""The line between a driver and a machine, on which requests and replies get lost.

It stands where the network stands: under the driver's own HTTP client and websocket.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Protocol

import httpx

from farmctl.system.clock import Clock

LATENCY_S = 0.002
_REPLY = httpx.ReadTimeout("no answer")


class Fate(StrEnum):
    """What becomes of a request."""

    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    LATE = "request late"  # its sender has given up when it arrives
    DOUBLED = "request doubled"  # it arrives twice, and is answered once
    NO_SENSE = "no sense"  # it is done, and what comes back explains nothing
    REFUSED = "refused"  # nobody listens


class Server(Protocol):
    """What a machine's web server answers."""

    def answer(
        self, method: str, path: str, query: Mapping[str, str], body: bytes
    ) -> tuple[int, Any]:
        """Return an HTTP status and a JSON body."""
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
        self._clock = clock
        self._fate = fate
        self._late_s = late_s
        self._changed: list[asyncio.Queue[str]] = []
        self._late: list[Callable[[], object]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request, or lose it. Raises httpx.TransportError."""
        body = await request.aread()
        await self._clock.sleep(LATENCY_S)
        fate = self._fate(request.method, request.url.path) if self.is_up else Fate.REFUSED
        match fate:
            case None:
                return await self._reply(request, self._serve(request, body))
            case Fate.REFUSED:
                raise httpx.ConnectError("connection refused")
            case Fate.REQUEST_LOST:
                pass
            case Fate.REPLY_LOST:
                self._serve(request, body)
            case Fate.LATE:
                self._keep_for_later(request, body)
            case Fate.DOUBLED:
                first = self._serve(request, body)
                self._serve(request, body)
                return await self._reply(request, first)
            case Fate.NO_SENSE:
                self._serve(request, body)
                return await self._reply(request, (502, None))
        await self._clock.sleep(request.extensions["timeout"]["read"])
        raise _REPLY

    def arrive(self) -> None:
        """Let everything that is on its way arrive now."""
        late, self._late = self._late, []
        for serve in late:
            serve()

    def tell(self) -> None:
        """Push to whoever listens that something has changed."""
        for queue in self._changed:
            queue.put_nowait(_CHANGED)

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

    def _serve(self, request: httpx.Request, body: bytes) -> tuple[int, Any]:
        query = dict(request.url.params)
        answered = self.server.answer(request.method, request.url.path, query, body)
        if request.method not in ("GET", "HEAD"):
            self.tell()
        return answered

    async def _reply(self, request: httpx.Request, answered: tuple[int, Any]) -> httpx.Response:
        await self._clock.sleep(LATENCY_S)
        status, said = answered
        return httpx.Response(status, content=json.dumps(said), request=request)

    def _keep_for_later(self, request: httpx.Request, body: bytes) -> None:
        def serve() -> None:
            if serve in self._late:
                self._late.remove(serve)
            self._serve(request, body)

        self._late.append(serve)
        asyncio.get_running_loop().call_later(self._late_s(), self._arrive_one, serve)

    def _arrive_one(self, serve: Callable[[], object]) -> None:
        if serve in self._late and self.is_up:
            serve()


class Socket:
    """One open websocket: what is sent is taken, what is pushed is heard."""

    def __init__(self, queue: asyncio.Queue[str]) -> None:
        self._queue = queue

    async def send(self, _text: str, /) -> None:
        """Take a subscription: everything is pushed anyway."""

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield pushes until it is closed."""
        while text := await self._queue.get():
            yield text


_CHANGED = json.dumps({"method": "notify_history_changed", "params": []})
