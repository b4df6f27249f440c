"""The HTTP side of one Moonraker."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import httpx

from farmctl.printers.web.http import Http, Reply, Silence
from farmctl.system.secrets import Secret


def key_header(api_key: Secret | None) -> dict[str, str]:
    """Return the header that lets us in."""
    return {"X-Api-Key": api_key.reveal()} if api_key else {}


class Wire(Http):
    """The HTTP side of one Moonraker.

    Args:
        url: Where it is.
        api_key: What lets us in, when it asks.
        transport: What carries requests; None for the network.
    """

    def __init__(
        self, url: str, api_key: Secret | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        super().__init__(url, key_header(api_key), transport)

    async def exists(self, file: str) -> bool | Silence:
        """Return whether a g-code file is stored."""
        reply = await self.ask_once(gcode_path(file), method="HEAD")
        return reply if isinstance(reply, Silence) else reply.status != 404

    async def upload(self, form: Mapping[str, str], file: str, octets: bytes) -> Reply | Silence:
        """Store a file."""
        files = {"file": (file, octets, "application/octet-stream")}
        return await self.tell("POST", "/server/files/upload", data=form, files=files)


def gcode_path(file: str) -> str:
    """Return the path of a stored g-code file."""
    return f"/server/files/gcodes/{quote(file)}"


def carried(reply: Reply | Silence) -> object:
    """Return what a successful call carries; None when it was not one."""
    match reply:
        case Reply(status, {"result": result}) if status < 300:
            return result
        case _:
            return None
