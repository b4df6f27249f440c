"""What one OctoPrint tells by its websocket: when something changed, and what was cancelled."""

from __future__ import annotations

import json
from collections.abc import Callable

from farmctl.printers.config import Connection, Listen
from farmctl.printers.octoprint.said import Said, text
from farmctl.printers.octoprint.wire import OURS, Wire, carried
from farmctl.printers.web.pushes import NoMessage, Pushes, message_in, websocket_at
from farmctl.system.clock import Clock

CANCELLED = "PrintCancelled"
EVENTS = (
    "PrinterStateChanged",
    "PrintStarted",
    "PrintDone",
    "PrintFailed",
    CANCELLED,
    "PrinterProfileModified",
)
"""What is worth a look; all of it is rare."""


class Ear:
    """Hears one OctoPrint.

    Args:
        wire: Where to ask to be let in.

    Attributes:
        cancelled: Our files whose print was cancelled while somebody listened here.
    """

    def __init__(self, wire: Wire) -> None:
        self.cancelled: frozenset[str] = frozenset()
        self._wire = wire

    async def follow(self, connection: Connection, changed: Callable[[], None]) -> None:
        """Listen on a connection that was just opened. Raises NoMessage when not let in."""
        login = carried(await self._wire.tell("POST", "/api/login", json={"passive": True}))
        name, session = text(login, "name"), text(login, "session")
        if not name or not session:
            raise NoMessage
        await connection.send(json.dumps({"auth": f"{name}:{session}"}))
        wanted = {"state": False, "plugins": False, "events": EVENTS}
        await connection.send(json.dumps({"subscribe": wanted}))
        async for each in connection:
            message = message_in(each)
            if "reauthRequired" in message:
                raise NoMessage  # as after a restart: it tells nothing any more
            if "event" in message:
                self._hear(message["event"])
            if "event" in message or "history" in message:
                changed()  # the history is said once, when it let us in: before, all was missed

    def _hear(self, event: Said) -> None:
        file = text(event, "payload", "path")
        if text(event, "type") == CANCELLED and file.startswith(OURS):
            self.cancelled |= {file}


def pushes(url: str, ear: Ear, clock: Clock, listen: Listen | None = None) -> Pushes:
    """Return what the OctoPrint at `url`, `http://…`, tells by itself."""
    return Pushes(websocket_at(url, "/sockjs/websocket"), {}, ear.follow, clock, listen)
