"""Asking a Moonraker what machine it stands before, for `farmctl printer add`."""

from __future__ import annotations

import asyncio
from typing import Any

from farmctl.errors import DeviceFailed
from farmctl.printers.driver import Machine
from farmctl.printers.moonraker.machine import machine
from farmctl.printers.moonraker.wire import Wire, carried
from farmctl.printers.web.http import Reply, Silence
from farmctl.system.secrets import Secret

IDENTITY = ("/server/database/item", {"namespace": "moonraker", "key": "instance_id"})
CONFIGURED = {"configfile": "settings", "toolhead": "axis_maximum"}


async def probe(url: str, api_key: Secret | None = None) -> Machine:
    """Return what the machine behind `url` is.

    Raises DeviceFailed when nothing answers, when it is no Moonraker, and when it wants a key.
    """
    wire = Wire(url, api_key)
    try:
        return await _probe(url, wire)
    finally:
        await wire.close()


async def _probe(url: str, wire: Wire) -> Machine:
    server = _result(url, await wire.ask("/server/info"))
    identity = _result(url, await wire.ask(*IDENTITY))
    klipper, objects = await asyncio.gather(
        wire.ask("/printer/info"), wire.ask("/printer/objects/query", CONFIGURED)
    )
    return machine(
        str(identity["value"]),
        server,
        _or_nothing(klipper),
        _or_nothing(objects).get("status", {}),
    )


def _result(url: str, reply: Reply | Silence) -> dict[str, Any]:
    if isinstance(reply, Silence):
        raise DeviceFailed(
            f"nothing answers at {url}: {reply.why}", "is the printer on, and the address right?"
        )
    if reply.status == 401:
        raise DeviceFailed(
            f"the Moonraker at {url} asks for a key",
            "give its API key, or name this computer under trusted_clients in moonraker.conf",
        )
    result = carried(reply)
    if not isinstance(result, dict):
        raise DeviceFailed(
            f"what answers at {url} is not a Moonraker (HTTP {reply.status})",
            "give Moonraker's own address, usually port 7125",
        )
    return result


def _or_nothing(reply: Reply | Silence) -> dict[str, Any]:
    """Return a result, or nothing: a Moonraker without a Klipper can be added too."""
    found = carried(reply)
    return found if isinstance(found, dict) else {}
