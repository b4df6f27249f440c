"""What one Moonraker tells by its websocket: when something changed that is worth a look."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from farmctl.printers.config import Connection, Listen
from farmctl.printers.moonraker.status import WATCHED, Objects, merged
from farmctl.printers.moonraker.wire import key_header
from farmctl.printers.web.pushes import Pushes, message_in, websocket_at
from farmctl.system.clock import Clock
from farmctl.system.secrets import Secret

_TOLD = frozenset(
    (
        "notify_klippy_ready",
        "notify_klippy_shutdown",
        "notify_klippy_disconnected",
        "notify_history_changed",
    )
)


def pushes(url: str, api_key: Secret | None, clock: Clock, listen: Listen | None = None) -> Pushes:
    """Return what the Moonraker at `url`, `http://…`, tells by itself."""
    return Pushes(websocket_at(url, "/websocket"), key_header(api_key), _follow, clock, listen)


async def _follow(connection: Connection, changed: Callable[[], None]) -> None:
    await connection.send(_subscription())
    seen: Objects = {}
    async for text in connection:
        message = message_in(text)
        if message.get("method") == "notify_klippy_ready":
            await connection.send(_subscription())  # a restart forgot the old one
        before = seen
        seen = merged(seen, status_in(message))
        if before != seen or message.get("method") in _TOLD:
            changed()


def _subscription() -> str:
    fields = {name: list(fields) for name, fields in WATCHED.items()}
    return json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "printer.objects.subscribe",
            "params": {"objects": fields},
        }
    )


def status_in(message: Mapping[str, Any]) -> Objects:
    """Return the status that a push, or the answer to a subscription, carries."""
    match message:
        case {"method": "notify_status_update", "params": [dict(status), *_]}:
            return status
        case {"result": {"status": dict(status)}}:
            return status
        case _:
            return {}
