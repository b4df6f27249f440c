"""A bad wire below TLS: a TCP proxy that goes down, turns to another machine, or cuts a call short.

What is said cannot be read there. But records of TLS can be counted: each reply of an FTP server is
one, so that a connection can be cut just when a certain reply would come by.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self

_APPLICATION = 23


class WireTap:
    """A proxy in front of the server at `port` of this machine."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._cut_at: int | None = None

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._thread.start()
        self._server = self._wait(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def go_down(self) -> None:
        """Cut every connection and refuse new ones."""
        self._wait(self._close())

    def go_up(self) -> None:
        """Serve again."""
        self._server = self._wait(asyncio.start_server(self._take, "127.0.0.1", self.port))

    def turn_to(self, port: int) -> None:
        """Stand before the server at another port from now on."""
        self._server_port = port
        self._wait(self._cut())

    def cut(self) -> None:
        """Cut every connection; the next may come."""
        self._wait(self._cut())

    def cut_at_reply(self, number: int) -> None:
        """Let the next connection on which the server says so much end before its last reply."""
        self._cut_at = number

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    async def _close(self) -> None:
        self._server.close()
        await self._cut()

    async def _cut(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back: asyncio.StreamWriter | None = None
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
            ways = [
                asyncio.ensure_future(_pump(reader, back)),
                asyncio.ensure_future(self._replies(there, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            return  # the server is down, or the client left: the closed line says it
        finally:
            for each in (writer, back):
                if each is not None:
                    each.transport.abort()

    async def _replies(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count = 0
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await reader.readexactly(5)
                body = await reader.readexactly(int.from_bytes(head[3:]))
                count += head[0] == _APPLICATION
                if count == self._cut_at:
                    self._cut_at = None
                    return
                writer.write(head + body)
                await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while octets := await reader.read(65536):
            writer.write(octets)
            await writer.drain()
