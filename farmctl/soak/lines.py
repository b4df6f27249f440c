"""What drivers are given in place of a network: the same line, with the same fates, for each way.

Of MQTT, a request that is published travels like one of HTTP; what is reported of it comes to who
published it, and what changes to everybody who listens.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx

from farmctl.printers.config import Lines, Session
from farmctl.printers.web.http import Reply, Silence
from farmctl.soak.wire import Asked, Socket, Wire

_ASK_S = 8.0
_TELL_S = 60.0
_NO_SENSE = "{"


def lines_over(wire: Wire) -> Lines:
    """Return the ways to whatever machine stands at the end of a line."""

    @asynccontextmanager
    async def subscribe() -> AsyncIterator[Session]:
        async with wire.listen("", {}) as socket:
            published = Published(wire, socket)
            try:
                yield published
            finally:
                published.hang_up()

    return Lines(wire, wire.listen, subscribe, CardOverWire(wire))


class Published:
    """An open MQTT session over a line."""

    def __init__(self, wire: Wire, socket: Socket) -> None:
        self.serial = wire.server.serial
        self._wire = wire
        self._socket = socket
        self._under_way: set[asyncio.Task[None]] = set()
        self._is_over = False

    def publish(self, text: str) -> bool:
        """Send a request; False once the session is over."""
        if not self._is_over:
            carrying = asyncio.create_task(self._carry(text))
            self._under_way.add(carrying)
            carrying.add_done_callback(self._under_way.discard)
        return not self._is_over

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield what is reported until the session is over."""
        async for text in self._socket:
            yield text
        self._is_over = True

    def hang_up(self) -> None:
        """Take no more; what is on its way arrives."""
        self._is_over = True

    async def _carry(self, text: str) -> None:
        method = "POST" if "print" in json.loads(text) else "GET"
        try:
            asked = Asked(method, "/request", body=text.encode())
            status, said = await self._wire.exchange(asked, _ASK_S)
        except httpx.TransportError:
            return  # nothing is reported of what nobody did, or of what nobody hears
        if self._wire.is_telling:
            for each in said if status == 200 else (_NO_SENSE,):
                self._socket.hear(each)


class CardOverWire:
    """A machine's file server over a line."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def names(self) -> tuple[str, ...] | Silence:
        """Return what is stored."""
        sizes = await self._sizes()
        return sizes if isinstance(sizes, Silence) else tuple(sorted(sizes))

    async def size_b(self, name: str) -> int | Silence | None:
        """Return how many bytes a file has."""
        sizes = await self._sizes()
        return sizes if isinstance(sizes, Silence) else sizes.get(name)

    async def store(self, name: str, octets: bytes) -> Reply | Silence:
        """Store a file."""
        return await self._do(Asked("PUT", f"/ftp/{name}", body=octets), _TELL_S)

    async def delete(self, name: str) -> Reply | Silence:
        """Delete a file."""
        return await self._do(Asked("DELETE", f"/ftp/{name}"), _TELL_S)

    async def _sizes(self) -> dict[str, int] | Silence:
        reply = await self._do(Asked("GET", "/ftp"), _ASK_S)
        if isinstance(reply, Silence):
            return reply
        sizes = cast("Any", reply.body)
        return sizes if isinstance(sizes, dict) else Silence("no list of files", was_sent=True)

    async def _do(self, asked: Asked, patience_s: float) -> Reply | Silence:
        try:
            return Reply(*await self._wire.exchange(asked, patience_s))
        except httpx.ConnectError as error:
            return Silence(str(error), was_sent=False)
        except httpx.TransportError as error:
            return Silence(str(error), was_sent=True)
