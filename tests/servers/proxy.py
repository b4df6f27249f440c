"""A bad wire: a proxy on loopback that loses, delays, doubles or garbles one call.

    with Proxy(stack.port) as proxy:
        proxy.next_call("/printer/print/start", Fault.LOSE_REPLY)
        ...  # talk to proxy.url

It runs in a thread of its own, so it serves tests, drivers and whole programs alike.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, assert_never


class Fault(StrEnum):
    """What happens to a call on its way."""

    LOSE_REPLY = "lose_reply"  # the server does it; nobody hears of it
    LOSE_REQUEST = "lose_request"  # the server never hears of it
    LATE = "late"  # nobody answers, and the request arrives when `deliver` is called
    TWICE = "twice"  # the request arrives two times
    BAD_GATEWAY = "bad_gateway"  # the server does it, the proxy says 502


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call that came by: method, path without the query, and its bytes."""

    method: str
    path: str
    octets: bytes


class Proxy:
    """A proxy in front of the server at `port` of this machine."""

    def __init__(self, port: int) -> None:
        self.calls: list[Call] = []
        self._server_port = port
        self._faults: list[tuple[str, Fault]] = []
        self._late: list[Call] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._thread.start()
        self._server = self._wait(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.port = int(self._server.sockets[0].getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def next_call(self, path: str, fault: Fault) -> None:
        """Let the next call whose path begins with `path` meet a fault."""
        self._faults.append((path, fault))

    def deliver(self) -> None:
        """Let what is late go on to the server; returns when the server has answered."""
        while self._late:
            self._wait(self._ask(self._late.pop(0)))

    def go_down(self) -> None:
        """Cut every connection and refuse new ones."""
        self._wait(self._close())

    def go_up(self) -> None:
        """Serve again."""
        self._server = self._wait(asyncio.start_server(self._take, "127.0.0.1", self.port))

    def turn_to(self, port: int) -> None:
        """Stand before the server at another port from now on."""
        self._wait(self._cut())
        self._server_port = port

    def count(self, path: str) -> int:
        """Return how many calls to `path` came by."""
        return sum(call.path == path for call in self.calls)

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
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"upgrade: websocket" in head.lower():
                await self._tunnel(head, reader, writer)
                return
            call = _call(head + await reader.readexactly(_body_length(head)))
            self.calls.append(call)
            writer.write(await self._carry(call))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return  # the client left, or the server is down: the closed line says it
        finally:
            writer.close()

    async def _carry(self, call: Call) -> bytes:
        fault = self._fault_for(call.path)
        match fault:
            case None:
                return await self._ask(call)
            case Fault.LOSE_REPLY:
                await self._ask(call)
                return b""
            case Fault.LOSE_REQUEST:
                return b""
            case Fault.LATE:
                self._late.append(call)
                return b""
            case Fault.TWICE:
                await self._ask(call)
                return await self._ask(call)
            case Fault.BAD_GATEWAY:
                await self._ask(call)
                return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
            case _:
                assert_never(fault)

    def _fault_for(self, path: str) -> Fault | None:
        for index, (prefix, _) in enumerate(self._faults):
            if path.startswith(prefix):
                return self._faults.pop(index)[1]
        return None

    async def _ask(self, call: Call) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        writer.write(call.octets)
        await writer.drain()
        reply = await reader.read()
        writer.close()
        return reply

    async def _tunnel(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        back.write(head)
        ways = [
            asyncio.ensure_future(_pump(reader, back)),
            asyncio.ensure_future(_pump(there, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            back.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while octets := await reader.read(65536):
        writer.write(octets)
        await writer.drain()


def _call(octets: bytes) -> Call:
    """Read the request line, and ask the server to close behind its one reply."""
    line, rest = octets.split(b"\r\n", 1)
    method, target, _ = line.decode().split(" ")
    headers, body = rest.split(b"\r\n\r\n", 1)
    kept = [h for h in headers.split(b"\r\n") if not h.lower().startswith(b"connection:")]
    whole = b"\r\n".join([line, *kept, b"Connection: close", b"", body])
    return Call(method, target.partition("?")[0], whole)


def _body_length(head: bytes) -> int:
    for header in head.lower().split(b"\r\n"):
        if header.startswith(b"content-length:"):
            return int(header.partition(b":")[2])
    return 0
