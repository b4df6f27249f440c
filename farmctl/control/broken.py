"""Drivers that break on what a device answers, also those from outside: nothing ends by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from farmctl.errors import FarmctlError
from farmctl.model.ids import PrinterName

LOOK_TIMEOUT_S = 10.0
_MOST = 300
T = TypeVar("T")


class Unusable(FarmctlError):  # noqa: N818 - reads as what it says
    """A question that was not answered, or not in a way that its driver understands."""


async def in_time(name: PrinterName, call: str, ask: Callable[[], Awaitable[T]]) -> T:
    """Return the answer to a question. Raises Unusable after 10 s, and when the driver breaks."""
    try:
        async with asyncio.timeout(LOOK_TIMEOUT_S):
            return await ask()
    except TimeoutError as error:
        raise Unusable(f"no answer in {LOOK_TIMEOUT_S:.0f} s") from error
    except Exception as error:
        raise Unusable(nonsense(name, call, error)) from error


def nonsense(name: PrinterName, call: str, error: Exception) -> str:
    """Return what is told of a driver that broke: printer, call, what, and the mend."""
    return f"{name}: {call}: {senseless(error)}"


def senseless(error: Exception) -> str:
    """Return what broke a driver, and the mend."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    said = " ".join(what.split())[:_MOST]
    mend = "is it the right kind of printer, and a version that farmctl knows? farmctl doctor"
    return f"its driver cannot make sense of it ({said}); {mend}"
