"""Keeps what a real OctoPrint answers, with what differs from run to run replaced."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx

from tests.servers.octoprint import KEY, OctoPrintServer

_FORBIDDEN_NAMES = re.compile(r"[^a-z0-9-]")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VOLATILE = {
    "_credentials_seen", "created", "date", "files_deleted", "files_uploaded", "free",
    "longest_print_date", "longest_print_duration", "most_plugins", "needs", "options",
    "printTime", "prints_cancelled", "prints_errored", "prints_finished",
    "prints_started_per_weekday", "progress", "session", "statistics", "total",
    "averagePrintTime", "lastPrintTime", "print_duration_cancelled", "print_duration_errored",
    "print_duration_finished", "print_duration_total",
}  # fmt: skip


class OctoPrintRecorder:
    """Makes calls at one OctoPrint and keeps the exchanges.

    Args:
        server: The real server.
        folder: Where the exchanges go.
    """

    def __init__(self, server: OctoPrintServer, folder: Path) -> None:
        self.server = server
        self._folder = folder
        self._client = httpx.Client(base_url=server.url, timeout=60, trust_env=False)
        self._ids: list[str] = []

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, name: str, path: str, only: str | None = None, key: str = KEY) -> None:
        """Ask, and keep the exchange: of the body all, or only one part, `a.b`."""
        self._keep(name, "GET", path, key, only)

    def upload(self, name: str, file: str, gcode: bytes, key: str = KEY) -> None:
        """Store a file where none of its name is, and keep the exchange."""
        files = {"file": (file, gcode, "application/octet-stream")}
        form = {"noOverwrite": "true", "print": "false", "select": "false"}
        self._keep(name, "POST", "/api/files/local", key, data=form, files=files)

    def start(self, name: str, file: str, key: str = KEY) -> None:
        """Select a file and print it, and keep the exchange."""
        said = {"command": "select", "print": True}
        self._keep(name, "POST", f"/api/files/local/{file}", key, json=said)

    def job(self, name: str, command: str, action: str | None = None, key: str = KEY) -> None:
        """Tell the present print what to do, and keep the exchange."""
        said = {"command": command, **({"action": action} if action else {})}
        self._keep(name, "POST", "/api/job", key, json=said)

    def steer(self, when: str, key: str = KEY) -> None:
        """Tell the present print all that can be told, and keep the exchanges."""
        self.job(f"pause-{when}", "pause", "pause", key)
        self.job(f"resume-{when}", "pause", "resume", key)
        self.job(f"cancel-{when}", "cancel", None, key)

    def delete(self, name: str, file: str, key: str = KEY) -> None:
        """Delete a file, and keep the exchange."""
        self._keep(name, "DELETE", f"/api/files/local/{file}", key)

    def login(self, name: str) -> None:
        """Ask to be let in to the websocket, and keep the exchange."""
        self._keep(name, "POST", "/api/login", KEY, json={"passive": True})

    def _keep(
        self, name: str, method: str, path: str, key: str, only: str | None = None, **content: Any
    ) -> None:
        assert not _FORBIDDEN_NAMES.search(name), name
        answer = self._client.request(method, path, headers={"X-Api-Key": key}, **content)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        body = answer.json() if is_json else None
        if only is not None:
            body = _part(body, only.split("."))
        exchange = {
            "request": {"method": method, "path": path, "said": content.get("json")},
            "response": {"status": answer.status_code, "body": self._normal(body)},
        }
        text = json.dumps(exchange, indent=2, sort_keys=True, ensure_ascii=False)
        (self._folder / f"{name}.json").write_text(text + "\n")

    def _normal(self, value: Any, key: str = "") -> Any:
        if key in _VOLATILE and value not in (None, {}):
            return f"<{key}>"
        if isinstance(value, dict):
            return {k: self._normal(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self._normal(v, key) for v in value]
        if isinstance(value, str) and _UUID.fullmatch(value):
            return self._id(value)
        return value.replace(self.server.url, "<url>") if isinstance(value, str) else value

    def _id(self, value: str) -> str:
        """Return the same word for the same id, so that a changed id shows."""
        if value not in self._ids:
            self._ids.append(value)
        return f"<machine-{self._ids.index(value) + 1}>"


def _part(body: Any, path: list[str]) -> Any:
    return {path[0]: _part(body[path[0]], path[1:])} if path else body
