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
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

from tests.servers.frames import body_length, is_message, read_frame, without


class Fault(StrEnum):
    """What happens to a call on its way."""

    LOSE_REPLY = "lose_reply"  # the server does it; nobody hears of it
    LOSE_REQUEST = "lose_request"  # the server never hears of it
    LATE = "late"  # nobody answers, and the request arrives when `deliver` is called
    CUT_REQUEST = "cut_request"  # half of it reaches the server, and then nothing more
    TWICE = "twice"  # the request arrives two times
    BAD_GATEWAY = "bad_gateway"  # the server does it, the proxy says 502
    HOLD = "hold"  # the server does it; its answer waits for `release`
    SLOW_REQUEST = "slow_request"  # the request takes its time
    SLOW_REPLY = "slow_reply"  # the answer does
    REPLY_TWICE = "reply_twice"  # the answer arrives two times


class Weather(Protocol):
    """What a proxy does to calls for which nothing was said."""

    def of_call(self, call: Call) -> Fault | None:
        """Return what happens to a call."""
        ...

    def of_push(self) -> Fault | None:
        """Return what happens to a message that the server sends by itself."""
        ...

    def seconds(self) -> float:
        """Return how long something late or slow is on its way."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call that came by: method, path, query and its bytes."""

    method: str
    path: str
    query: str
    octets: bytes


class Proxy:
    """A proxy in front of the server at `port` of this machine.

    Args:
        port: The server's.
        weather: What happens to calls by itself; None for nothing.
    """

    def __init__(self, port: int, weather: Weather | None = None) -> None:
        self.calls: list[Call] = []
        self._weather = weather
        self._server_port = port
        self._faults: list[tuple[str, str | None, Fault]] = []
        self._late: list[Call] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held = threading.Event()
        self._released = asyncio.Event()
        self._stalled: str | None = None

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

    def next_call(self, path: str, fault: Fault, method: str | None = None) -> None:
        """Let the next call whose path begins with `path`, by a method or any, meet a fault."""
        self._faults.append((path, method, fault))

    def deliver(self) -> None:
        """Let what is late go on to the server; returns when the server has answered."""
        while self._late:
            self._wait(self._ask(self._late.pop(0)))

    def wait_held(self) -> None:
        """Return when the server has done what is held. Raises AssertionError after 60 s."""
        assert self._held.wait(60), "nothing is held"

    def release(self, *, stall: str | None = None) -> None:
        """Let held answers go on; from now on calls whose path begins with `stall` hang."""
        self._stalled = stall
        self._loop.call_soon_threadsafe(self._released.set)

    def clear_up(self) -> None:
        """Let the weather be fine from now on, and nothing hang."""
        self._weather = None
        self._faults.clear()
        self.release()

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
            call = _call(head + await reader.readexactly(body_length(head)))
            self.calls.append(call)
            writer.write(await self._carry(call))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return  # the client left, or the server is down: the closed line says it
        finally:
            writer.close()

    async def _carry(self, call: Call) -> bytes:
        if self._stalled is not None and call.path.startswith(self._stalled):
            await asyncio.Event().wait()
        fault = self._fault_for(call)
        match fault:
            case Fault.LOSE_REQUEST:
                return b""
            case Fault.LATE:
                self._be_late(call)
                return b""
            case Fault.CUT_REQUEST:
                await self._cut_off(call)
                return b""
            case Fault.SLOW_REQUEST:
                await asyncio.sleep(self._seconds())
            case Fault.TWICE:
                await self._ask(call)
            case _:
                pass  # it is the answer that meets it
        return await self._carry_back(await self._ask(call), fault)

    async def _carry_back(self, reply: bytes, fault: Fault | None) -> bytes:
        match fault:
            case Fault.LOSE_REPLY:
                return b""
            case Fault.BAD_GATEWAY:
                return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
            case Fault.REPLY_TWICE:
                return reply + reply
            case Fault.SLOW_REPLY:
                await asyncio.sleep(self._seconds())
            case Fault.HOLD:
                self._held.set()
                await self._released.wait()
            case _:
                pass
        return reply

    def _fault_for(self, call: Call) -> Fault | None:
        for index, (prefix, method, fault) in enumerate(self._faults):
            if call.path.startswith(prefix) and method in (None, call.method):
                self._faults.pop(index)
                return fault
        return self._weather.of_call(call) if self._weather else None

    def _be_late(self, call: Call) -> None:
        """Keep a call: for `deliver`, or until the weather lets it arrive."""
        if self._weather is None:
            self._late.append(call)
            return
        arrive = self._loop.create_task(self._arrive(call, self._seconds()))
        self._tasks.add(arrive)
        arrive.add_done_callback(self._tasks.discard)

    async def _arrive(self, call: Call, after_s: float) -> None:
        await asyncio.sleep(after_s)
        with suppress(OSError):
            await self._ask(call)

    def _seconds(self) -> float:
        return self._weather.seconds() if self._weather else 1.0

    async def _ask(self, call: Call) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        with closing(writer):
            writer.write(call.octets)
            await writer.drain()
            return await reader.read()

    async def _cut_off(self, call: Call) -> None:
        """Send the first half of a call, and go; returns when the server has seen it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        with closing(writer):
            writer.write(call.octets[: len(call.octets) // 2])
            writer.write_eof()
            await reader.read()

    async def _tunnel(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        with closing(back):
            back.write(without(b"sec-websocket-extensions", head))
            writer.write(await there.readuntil(b"\r\n\r\n"))
            await _first_of(_pump(reader, back), self._push(there, writer))

    async def _push(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry what the server says by itself, frame by frame."""
        while frame := await read_frame(there):
            fault = self._weather.of_push() if self._weather and is_message(frame) else None
            if fault is Fault.SLOW_REPLY:
                await asyncio.sleep(self._seconds())
            if fault is not Fault.LOSE_REPLY:
                writer.write(frame * (2 if fault is Fault.REPLY_TWICE else 1))
                await writer.drain()


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Return when one of these has ended, with the others ended too."""
    ways = [asyncio.ensure_future(each) for each in works]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while octets := await reader.read(65536):
        writer.write(octets)
        await writer.drain()


def _call(octets: bytes) -> Call:
    """Read the request line, and ask the server to close behind its one reply."""
    line, rest = octets.split(b"\r\n", 1)
    method, target, _ = line.decode().split(" ")
    headers, body = without(b"connection", rest).split(b"\r\n\r\n", 1)
    whole = b"\r\n".join([line, headers, b"Connection: close", b"", body])
    path, _, query = target.partition("?")
    return Call(method, path, query, whole)
