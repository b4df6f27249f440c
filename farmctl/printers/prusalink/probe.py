"""Asking a PrusaLink what machine it stands before, for `farmctl printer add`."""

from __future__ import annotations

from farmctl.errors import DeviceFailed
from farmctl.printers.driver import Machine
from farmctl.printers.prusalink.machine import machine, printer_type
from farmctl.printers.prusalink.questions import Questions, Unseen
from farmctl.printers.prusalink.wire import Wire
from farmctl.system.secrets import Secret


async def probe(url: str, api_key: Secret | None = None) -> Machine:
    """Return what the machine behind `url` is.

    Raises DeviceFailed when nothing answers, when it is no PrusaLink, and when it wants a key.
    """
    wire = Wire(url, api_key)
    try:
        return await _probe(url, Questions(wire))
    finally:
        await wire.close()


async def _probe(url: str, questions: Questions) -> Machine:
    seen = await questions.shown_now()
    if isinstance(seen, Unseen):
        raise _failed(url, seen)
    version = await questions.version()
    if seen.serial is None:
        raise DeviceFailed(
            f"the PrusaLink at {url} has no printer yet", "wait until its page shows the printer"
        )
    if printer_type(version) is None:
        raise DeviceFailed(
            f"what answers at {url} is not a PrusaLink", "give the address of PrusaLink's own page"
        )
    return machine(seen, seen.serial, version)


def _failed(url: str, unseen: Unseen) -> DeviceFailed:
    if unseen.is_forbidden:
        return DeviceFailed(
            f"the PrusaLink at {url} asks for a key, or for another one",
            "give its API key, or user:password, from its page under Settings",
        )
    if unseen.is_silent:
        return DeviceFailed(
            f"nothing answers at {url}: {unseen.why}", "is the printer on, and the address right?"
        )
    return DeviceFailed(
        f"what answers at {url} is not a PrusaLink: {unseen.why}",
        "give the address of PrusaLink's own page, without a path",
    )
