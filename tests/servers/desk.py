"""A person at a printer's web page: asks and tells a Moonraker over plain HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.error import URLError

from tests.servers.asking import Reply, ask


class Desk:
    """What everybody who knows the address can see and do.

    Args:
        url: The address.
        key: Returns the API key, or None where none is asked for.
    """

    def __init__(self, url: str, key: Callable[[], str | None]) -> None:
        self.url = url
        self._key = key

    def get(self, path: str, **query: object) -> Reply:
        """Ask the server."""
        return ask("GET", self.url + path, query, self._key())

    def post(self, path: str, **query: object) -> Reply:
        """Tell the server."""
        return ask("POST", self.url + path, query, self._key())

    def gcode(self, script: str) -> Reply:
        """Run g-code, as a person at the printer's console does."""
        return self.post("/printer/gcode/script", script=script)

    def klippy_state(self) -> str:
        """Return Moonraker's word for Klipper's state, `unreachable` without a Moonraker."""
        try:
            return str(self.get("/server/info").result["klippy_state"])
        except URLError:
            return "unreachable"

    def message(self) -> str:
        """Return what Klipper says of its state: why it shut down."""
        return str(self.get("/printer/info").result["state_message"])

    def print_state(self) -> str:
        """Return Klipper's word for what became of the newest print, `unreachable` without one."""
        return str(self._status("print_stats", "state") or "unreachable")

    def print_s(self) -> float:
        """Return for how long the newest print has been extruding, in seconds of the wall clock."""
        return float(self._status("print_stats", "print_duration") or 0.0)

    def is_still(self) -> bool:
        """Return whether no motion is queued and no command runs."""
        return self._status("idle_timeout", "state") != "Printing"

    def history(self) -> list[dict[str, Any]]:
        """Return Moonraker's jobs, newest first."""
        return list(self.get("/server/history/list", limit=0).result["jobs"])

    def _status(self, name: str, field: str) -> Any:
        answer = self.get("/printer/objects/query", **{name: field})
        return answer.result["status"][name][field] if answer.status == 200 else None
