"""What the conformance suite needs besides a driver: hands at the machine, and a bad wire.

A `Rig` is written once for each kind of printer, over the real server wherever there is one: a fake
that is kinder than the device makes every figure worthless.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.model.events.runs import Effect
from farmctl.printers.driver import PrinterDriver
from farmctl.sim.device import Lost
from farmctl.system.clock import Clock


class Nonconforming(FarmctlError):  # noqa: N818 - reads as what it says
    """A driver, or the device behind it, does not do what the Protocol promises."""


class Samples(Struct, frozen=True):
    """G-code that the device can print.

    Args:
        short: Done well within the rig's patience.
        long: Not done within a whole check.
        broken: Fails after it began.
    """

    short: bytes
    long: bytes
    broken: bytes


class Rig(Protocol):
    """One device with a person beside it. Each method returns when the device shows its effect."""

    @property
    def clock(self) -> Clock:
        """Return the clock that the driver runs by."""
        ...

    @property
    def samples(self) -> Samples:
        """Return what can be printed here."""
        ...

    @property
    def patience_s(self) -> float:
        """Return how long a change may take to show, heating and the short sample included."""
        ...

    def connect(self, identity: str | None = None) -> PrinterDriver:
        """Return a new driver for the device, pinned to an identity if one is given."""
        ...

    async def physical_starts(self) -> int:
        """Return how often the machine began to print, from something that is not the driver."""
        ...

    async def start_by_hand(self) -> None:
        """Start a long print of a file that is not farmctl's, at the machine."""
        ...

    async def pause_by_hand(self) -> None:
        """Pause what prints, at the machine."""
        ...

    async def cancel_by_hand(self) -> None:
        """End what prints, at the machine."""
        ...

    async def lose_next(self, effect: Effect, lost: Lost) -> None:
        """Let the next such call of the driver meet a bad wire."""
        ...

    async def deliver_late(self) -> None:
        """Let the call that was lost as `LATE` arrive now."""
        ...

    async def restart(self) -> None:
        """Restart the device's firmware and return when it answers again."""
        ...

    def unreachable(self) -> AbstractAsyncContextManager[None]:
        """Refuse all connections to the device within a block."""
        ...

    def another_machine(self) -> AbstractAsyncContextManager[None]:
        """Let another, idle machine answer at the same address within a block."""
        ...

    async def rest(self) -> None:
        """Bring the device back to idle, whatever a check left behind."""
        ...


def expect(claim: object, otherwise: str) -> None:
    """Raise Nonconforming unless the claim holds."""
    if not claim:
        raise Nonconforming(otherwise, "the check says in its docstring what it asks for")
