"""Asking an OctoPrint what machine it stands before, for `farmctl printer add`."""

from __future__ import annotations

from farmctl.errors import DeviceFailed
from farmctl.printers.driver import Machine
from farmctl.printers.octoprint.machine import machine, profile_of
from farmctl.printers.octoprint.questions import PROFILES, SETTINGS
from farmctl.printers.octoprint.said import Said, text
from farmctl.printers.octoprint.seen import identity_of
from farmctl.printers.octoprint.wire import Wire, carried
from farmctl.printers.web.http import Reply, Silence
from farmctl.system.secrets import Secret

VERSION = "/api/version"
_NO_RIGHT = "You don't have the permission"


async def probe(url: str, api_key: Secret | None = None) -> Machine:
    """Return what the machine behind `url` is.

    Raises DeviceFailed when nothing answers, when it is no OctoPrint, when it wants a key, and when
    it does not say which machine it is.
    """
    wire = Wire(url, api_key)
    try:
        return await _probe(url, wire)
    finally:
        await wire.close()


async def _probe(url: str, wire: Wire) -> Machine:
    version = text(_told(url, await wire.ask(VERSION)), "text")
    if not version.startswith("OctoPrint"):
        raise _no_octoprint(url, "HTTP 200")
    identity = identity_of(_told(url, await wire.ask(SETTINGS)))
    if identity is None:
        raise DeviceFailed(
            f"the OctoPrint at {url} does not say which machine it is",
            "turn on its bundled plugin Discovery, and restart OctoPrint",
        )
    profiles = _told(url, await wire.ask(PROFILES))
    return machine(identity, version, profile_of(profiles))


def _told(url: str, reply: Reply | Silence) -> Said:
    if isinstance(reply, Silence):
        raise DeviceFailed(
            f"nothing answers at {url}: {reply.why}", "is the printer on, and the address right?"
        )
    if reply.status == 403 and text(reply.body, "error").startswith(_NO_RIGHT):
        raise DeviceFailed(
            f"the OctoPrint at {url} asks for a key, or for one with more rights",
            "make an application key in its settings, of a user in the group Operators",
        )
    said = carried(reply)
    if not isinstance(said, dict):
        raise _no_octoprint(url, f"HTTP {reply.status}")
    return said


def _no_octoprint(url: str, why: str) -> DeviceFailed:
    return DeviceFailed(
        f"what answers at {url} is not an OctoPrint ({why})",
        "give OctoPrint's own address, usually port 5000 or 80",
    )
