"""The websocket side: when something changed that is worth a look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from farmctl.printers.config import Connection, Listen
from farmctl.system.clock import Clock

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0

Follow = Callable[[Connection, Callable[[], None]], Awaitable[None]]
"""Subscribes on a connection that was just opened, and calls back at each change until it ends.

It may raise OSError and NoMessage: then the connection is opened again after a while."""


class NoMessage(Exception):  # noqa: N818 - reads as what it says
    """What was pushed is no message of this server."""


class Pushes:
    """What one device tells by itself, from the first call of `changes` to `close`.

    Args:
        url: The websocket, as `ws://…`.
        headers: What lets us in.
        follow: What to make of what is said.
        clock: Waits between two tries to connect.
        listen: Opens the websocket; None for one over the network.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        follow: Follow,
        clock: Clock,
        listen: Listen | None = None,
    ) -> None:
        self._url = url
        self._headers = headers
        self._follow = follow
        self._clock = clock
        self._open = listen or over_network
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def changes(self) -> AsyncIterator[None]:
        """Yield after changes, and when the connection came or went; several may be one."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._closed.is_set():
                return
            yield

    async def close(self) -> None:
        """End `changes`."""
        self._closed.set()
        self._changed.set()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    async def _listen(self) -> None:
        """Stay connected, waiting longer after each try that fails."""
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                async with self._open(self._url, self._headers) as connection:
                    wait_s = _FIRST_WAIT_S
                    self._changed.set()
                    await self._follow(connection, self._changed.set)
            except (OSError, ConnectionClosed, InvalidHandshake, NoMessage):
                pass  # it is gone: a look tells how far
            self._changed.set()
            await self._clock.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)


def websocket_at(url: str, path: str) -> str:
    """Return the address of a websocket of the server at `url`, which is `http://…`."""
    return "ws" + url.rstrip("/").removeprefix("http") + path


def message_in(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object that was pushed. Raises NoMessage."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoMessage from error
    if not isinstance(message, dict):
        raise NoMessage
    return message


def over_network(url: str, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Connection]:
    """Open a websocket. Raises OSError and InvalidHandshake."""
    return connect(url, additional_headers=headers, proxy=None, max_size=None)
