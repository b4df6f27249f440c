"""Simulated Moonraker printers on loopback, each behind a port of its own: HTTP and websocket.

A printer tells by itself what changed, to whoever subscribed, when a look would show it: at once
after a call, and when its print comes to an end. Fields that change all the time, as progress does,
are told with those, and not in between. Every second a server tells every websocket how busy it is,
as Moonraker does, asked or not.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import WSMsgType, web
from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.sim.machine import next_change
from farmctl.soak.whole_klipper import WholeKlipper
from farmctl.system.clock import Clock, SystemClock

HOST = "127.0.0.1"
BEAT_S = 1.0
_HIGHEST_PORT = 65_535
_NO_METHOD = -32_601

Objects = dict[str, dict[str, Any]]


class Served(Struct, frozen=True):
    """A printer that is served.

    Args:
        name: `sim-1`.
        port: Where, on loopback.
        printer: The printer itself, for hands and for what it really did.
        show: Tells whoever listens what hands changed.
    """

    name: str
    port: int
    printer: WholeKlipper
    show: Callable[[], None]

    @property
    def url(self) -> str:
        """Return what farm.yaml calls its `url`."""
        return f"http://{HOST}:{self.port}"


@asynccontextmanager
async def serving(
    count: int, *, port: int = 0, speedup: int = 1
) -> AsyncIterator[Sequence[Served]]:
    """Serve so many printers until the block ends.

    Args:
        count: How many.
        port: Of the first; the others have those that follow. 0: any free ones.
        speedup: Machine seconds in a second.

    Raises UsageError where there are not so many ports, or one is taken.
    """
    if port + count - 1 > _HIGHEST_PORT:
        raise UsageError(
            f"there is no port {port + count - 1}", "a lower --port, or fewer printers"
        )
    clock = SystemClock()
    doors = [
        Door(WholeKlipper(f"simulated-{number}", clock.now, speedup), clock)
        for number in range(1, count + 1)
    ]
    beat = asyncio.create_task(_beat(doors, clock))
    try:
        ports = [await _opened(door, port and port + place) for place, door in enumerate(doors)]
        yield [
            Served(f"sim-{number}", found, door.printer, door.show)
            for number, (found, door) in enumerate(zip(ports, doors, strict=True), 1)
        ]
    finally:
        beat.cancel()
        await asyncio.gather(*(door.close() for door in doors))


async def _opened(door: Door, port: int) -> int:
    try:
        return await door.listen(port)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"port {port} cannot be served: {why}", "another --port") from error


async def _beat(doors: Sequence[Door], clock: Clock) -> None:
    while True:
        await clock.sleep(BEAT_S)
        for door in doors:
            door.beat()


class Door:
    """The web server of one printer."""

    def __init__(self, printer: WholeKlipper, clock: Clock) -> None:
        self.printer = printer
        self._clock = clock
        self._listeners: dict[web.WebSocketResponse, Listener] = {}
        self._shown = printer.shown
        self._due: asyncio.TimerHandle | None = None
        self._server: asyncio.Server | None = None
        self._face = web.Server(self._take)

    async def listen(self, port: int) -> int:
        """Listen, and return the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._face, HOST, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._due is not None:
            self._due.cancel()
        if self._server is not None:
            self._server.close()
        await self._face.shutdown(0)

    def beat(self) -> None:
        """Tell whoever listens how busy the server is."""
        if self._listeners:
            self._say("notify_proc_stat_update", self.printer.load())

    def show(self) -> None:
        """Tell what changed since the last time, if anything did, and wait for the next change.

        Called after anything that may have changed the printer: a call, time, a hand.
        """
        if self.printer.shown == self._shown:
            return
        self._shown = self.printer.shown
        for listener in self._listeners.values():
            listener.tell(self.printer)
        job = self.printer.newest()
        if job is not None:
            action = "added" if job["status"] == "in_progress" else "finished"
            self._say("notify_history_changed", {"action": action, "job": job})
        self._await_change()

    def _await_change(self) -> None:
        if self._due is not None:
            self._due.cancel()
        change = next_change(self.printer.machine)
        if change is not None:
            wait_s = max(0.0, (change - self._clock.now()).total_seconds())
            self._due = asyncio.get_running_loop().call_later(wait_s, self._let_happen)

    def _let_happen(self) -> None:
        self.printer.pass_time()
        self._await_change()  # the clock may not be quite there yet
        self.show()

    def _say(self, method: str, said: Mapping[str, Any]) -> None:
        text = json.dumps({"jsonrpc": "2.0", "method": method, "params": [said]})
        for listener in self._listeners.values():
            listener.say(text)

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/websocket":
            return await self._subscribe(request)
        body = await request.content.read()
        status, said = self.printer.answer(request.method, request.path, request.query, body)
        self.show()
        text = "" if said is None else json.dumps(said)
        return web.Response(status=status, text=text, content_type="application/json")

    async def _subscribe(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        listener = self._listeners[socket] = Listener()
        speaks = asyncio.create_task(listener.speak(socket.send_str))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    listener.hear(message.data, self.printer)
        finally:
            del self._listeners[socket]
            speaks.cancel()
        return socket


class Listener:
    """One websocket: what it subscribed to, what it was told last, what it is to be told."""

    def __init__(self) -> None:
        self._asked: Mapping[str, str] = {}
        self._told: Objects = {}
        self._queue: asyncio.Queue[str] = asyncio.Queue()

    def say(self, text: str) -> None:
        """Tell it something, in its turn."""
        self._queue.put_nowait(text)

    def tell(self, printer: WholeKlipper) -> None:
        """Tell it what changed of what it subscribed to."""
        now = printer.status(self._asked)
        changed = {name: _changed(self._told.get(name, {}), now[name]) for name in now}
        self._told = now
        if any(changed.values()):
            status = {name: fields for name, fields in changed.items() if fields}
            params = [status, printer.eventtime]
            self.say(_message(method="notify_status_update", params=params))

    def hear(self, text: str, printer: WholeKlipper) -> None:
        """Take a call; only subscriptions are answered."""
        call = json.loads(text)
        number = call.get("id")
        if call.get("method") != "printer.objects.subscribe":
            error = {"code": _NO_METHOD, "message": "Method not found"}
            self.say(_message(error=error, id=number))
            return
        objects = call["params"]["objects"]
        self._asked = {name: ",".join(fields or ()) for name, fields in objects.items()}
        self._told = printer.status(self._asked)
        result = {"eventtime": printer.eventtime, "status": self._told}
        self.say(_message(result=result, id=number))

    async def speak(self, send: Callable[[str], Any]) -> None:
        """Send what is said until the other side is gone."""
        with suppress(ConnectionError):
            while True:
                await send(await self._queue.get())


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in now.items() if key not in before or before[key] != value}


def _message(**parts: object) -> str:
    return json.dumps({"jsonrpc": "2.0", **parts})
