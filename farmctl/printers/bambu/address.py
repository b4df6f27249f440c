"""Where a Bambu is: `bambu://HOST`, or `bambu://HOST:8883,990` with other ports. Pure."""

from __future__ import annotations

import re

from msgspec import Struct

from farmctl.errors import UsageError

MQTT, FTPS = 8883, 990
USER = "bblp"
_URL = re.compile(
    r"(?:bambu://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/,?#@\[\]]+)"
    r"(?::(?P<mqtt>\d{1,5})(?:,(?P<ftps>\d{1,5}))?)?/?"
)


class Place(Struct, frozen=True):
    """An address: a host, and the ports of MQTT and FTPS there."""

    host: str
    mqtt: int = MQTT
    ftps: int = FTPS


def place_of(url: str) -> Place:
    """Return what an address names. Raises UsageError."""
    found = _URL.fullmatch(url)
    if found is None:
        raise UsageError(f"`{url}` is not the address of a Bambu", "write bambu://192.168.1.40")
    host = found["host"].strip("[]")
    return Place(host, int(found["mqtt"] or MQTT), int(found["ftps"] or FTPS))
