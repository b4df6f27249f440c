"""The websocket side: when something changed that is worth a look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from farmctl.printers.config import Connection, Listen
from farmctl.printers.moonraker.status import WATCHED, Objects, merged
from farmctl.system.clock import Clock
from farmctl.system.secrets import Secret

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_TOLD = frozenset(
    (
        "notify_klippy_ready",
        "notify_klippy_shutdown",
        "notify_klippy_disconnected",
        "notify_history_changed",
    )
)


class NoMessage(Exception):  # noqa: N818 - reads as what it says
    """What was pushed is no message of a Moonraker."""


class Pushes:
    """What one Moonraker tells by itself, from the first call of `changes` to `close`.

    Args:
        url: Where it is, as `http://…`.
        api_key: What lets us in, when it asks.
        clock: Waits between two tries to connect.
        listen: Opens the websocket; None for one over the network.
    """

    def __init__(
        self, url: str, api_key: Secret | None, clock: Clock, listen: Listen | None = None
    ) -> None:
        self._url = "ws" + url.rstrip("/").removeprefix("http") + "/websocket"
        self._headers = {"X-Api-Key": api_key.reveal()} if api_key else {}
        self._clock = clock
        self._open = listen or _over_network
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
                    await self._follow(connection)
            except (OSError, ConnectionClosed, InvalidHandshake, NoMessage):
                pass  # it is gone: a look tells how far
            self._changed.set()
            await self._clock.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    async def _follow(self, connection: Connection) -> None:
        await connection.send(_subscription())
        self._changed.set()
        seen: Objects = {}
        async for text in connection:
            message = _message(text)
            if message.get("method") == "notify_klippy_ready":
                await connection.send(_subscription())  # a restart forgot the old one
            before = seen
            seen = merged(seen, status_in(message))
            if before != seen or message.get("method") in _TOLD:
                self._changed.set()


def _message(text: str | bytes) -> dict[str, Any]:
    """Return what was pushed. Raises NoMessage."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoMessage from error
    if not isinstance(message, dict):
        raise NoMessage
    return message


def _over_network(url: str, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Connection]:
    return connect(url, additional_headers=headers, proxy=None, max_size=None)


def _subscription() -> str:
    fields = {name: list(fields) for name, fields in WATCHED.items()}
    return json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "printer.objects.subscribe",
            "params": {"objects": fields},
        }
    )


def status_in(message: Mapping[str, Any]) -> Objects:
    """Return the status that a push, or the answer to a subscription, carries."""
    match message:
        case {"method": "notify_status_update", "params": [dict(status), *_]}:
            return status
        case {"result": {"status": dict(status)}}:
            return status
        case _:
            return {}
