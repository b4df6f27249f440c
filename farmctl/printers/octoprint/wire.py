"""The HTTP side of one OctoPrint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from farmctl.printers.web.http import Http, Reply, Silence
from farmctl.system.secrets import Secret

STORE = "/api/files/local"
"""Where OctoPrint's own disk is; what is on the printer's SD card is another place."""

OURS = "farmctl-"
"""How the names of farms' files begin."""


class Wire(Http):
    """The HTTP side of one OctoPrint.

    Args:
        url: Where it is.
        api_key: What lets us in.
        transport: What carries requests; None for the network.
    """

    def __init__(
        self, url: str, api_key: Secret | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        headers = {"X-Api-Key": api_key.reveal()} if api_key else {}
        super().__init__(url, headers, transport)

    async def upload(self, file: str, octets: bytes) -> Reply | Silence:
        """Store a file where none of its name is; nothing is printed by it."""
        files = {"file": (file, octets, "application/octet-stream")}
        form = {"noOverwrite": "true", "print": "false", "select": "false"}
        return await self.tell("POST", STORE, data=form, files=files)

    async def start(self, file: str) -> Reply | Silence:
        """Select a stored file and print it."""
        said = {"command": "select", "print": True}
        return await self.tell("POST", stored_path(file), json=said)

    async def job(self, said: Mapping[str, Any]) -> Reply | Silence:
        """Tell the present print what to do."""
        return await self.tell("POST", "/api/job", json=said)


def stored_path(file: str) -> str:
    """Return the path of a stored file."""
    return f"{STORE}/{quote(file)}"


def carried(reply: Reply | Silence) -> object:
    """Return what a successful call carries; None when it was not one."""
    return reply.body if isinstance(reply, Reply) and reply.status == 200 else None
