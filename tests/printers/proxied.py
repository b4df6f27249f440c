"""What rigs behind a proxy have in common: a wire that goes down, or to another machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from farmctl.system.clock import SystemClock
from tests.servers.proxy import Proxy


class At(Protocol):
    """A machine with a port of its own."""

    port: int


class Proxied:
    """A machine that is reached through a proxy.

    Args:
        machine: The machine.
        proxy: The wire to it.
        other: Returns another machine, started when it is first wanted.
    """

    def __init__(self, machine: At, proxy: Proxy, other: Callable[[], At]) -> None:
        self.clock = SystemClock()
        self._at = machine
        self._proxy = proxy
        self._other = other

    async def deliver_late(self) -> None:
        self._proxy.deliver()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        self._proxy.go_down()
        yield
        self._proxy.go_up()

    @asynccontextmanager
    async def another_machine(self) -> AsyncIterator[None]:
        self._proxy.turn_to(self._other().port)
        yield
        self._proxy.turn_to(self._at.port)
