"""Keeps what a real server answers, with what differs from run to run replaced."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx

from tests.servers.klipper import KlipperStack

_FORBIDDEN_NAMES = re.compile(r"[^a-z0-9-]")
_VOLATILE = {
    "cputime", "elapsed_time", "end_time", "eventtime", "file_position", "filament_used",
    "group_id", "hostname", "memavail", "metadata", "modified", "print_duration", "process_id",
    "progress", "python_path", "klipper_path", "size", "software_version", "start_time",
    "state_message", "sysload", "total_duration", "user_id", "uuid", "warnings", "cpu_info",
    "permissions", "log_file", "config_file", "print_start_time", "components",
    "total_time", "total_print_time", "total_filament_used", "longest_job", "longest_print",
}  # fmt: skip


class Recorder:
    """Makes calls at one stack and keeps the exchanges.

    Args:
        stack: The real server.
        folder: Where the exchanges go.
    """

    def __init__(self, stack: KlipperStack, folder: Path) -> None:
        self.stack = stack
        self._folder = folder
        # A fresh connection each time: Moonraker refuses an upload before it has read it, and then
        # closes what a next request would be sent on.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=stack.url, timeout=30, limits=limits)
        self._instances: list[str] = []

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, name: str, path: str, **query: str) -> None:
        """Ask, and keep the exchange."""
        self.keep(name, self._client.build_request("GET", path, params=query))

    def post(self, name: str, path: str, **query: str) -> None:
        """Tell, and keep the exchange."""
        self.keep(name, self._client.build_request("POST", path, params=query))

    def delete(self, name: str, file: str) -> None:
        """Delete a file, and keep the exchange."""
        self.keep(name, self._client.build_request("DELETE", f"/server/files/gcodes/{file}"))

    def start(self, name: str, file: str) -> None:
        """Start a print, and keep the exchange."""
        self.post(name, "/printer/print/start", filename=file)

    def upload(self, name: str, file: str, gcode: str, checksum: str | None = None) -> None:
        """Upload a file, and keep the exchange."""
        octets = gcode.encode()
        form = {
            "root": "gcodes",
            "print": "false",
            "checksum": checksum or hashlib.sha256(octets).hexdigest(),
        }
        upload = self._client.build_request(
            "POST", "/server/files/upload", data=form, files={"file": (file, octets)}
        )
        self.keep(name, upload)

    def query(self, name: str) -> None:
        """Ask Klipper's objects, and keep the exchange."""
        fields = {
            "webhooks": "",
            "print_stats": "state,filename,message,print_duration",
            "virtual_sdcard": "progress,is_active,file_path",
        }
        self.get(name, "/printer/objects/query", **fields)

    def newest_job(self, name: str) -> None:
        """Ask for the newest job of the history, and keep the exchange."""
        self.get(name, "/server/history/list", limit="1", order="desc")

    def keep(self, name: str, request: httpx.Request) -> None:
        """Send a request and keep what was said and answered."""
        assert not _FORBIDDEN_NAMES.search(name), name
        answer = self._client.send(request)
        exchange = {
            "request": {
                "method": request.method,
                "path": request.url.path,
                "query": dict(request.url.params),
            },
            "response": {"status": answer.status_code, "body": self._normal(answer.json())},
        }
        text = json.dumps(exchange, indent=2, sort_keys=True, ensure_ascii=False)
        (self._folder / f"{name}.json").write_text(text + "\n")

    def store(self, **files: str) -> None:
        """Put g-code files beside the server's back, as a person's slicer does."""
        for name, gcode in files.items():
            (self.stack.gcodes / f"{name}.gcode").write_text(gcode)

    def _normal(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: self._normal(v, k) for k, v in value.items()}
        if isinstance(value, list) and key not in _VOLATILE:
            return [self._normal(v, key) for v in value]
        if key == "traceback":
            return value.strip().splitlines()[-1]
        if key in _VOLATILE:
            return f"<{key}>"
        if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value):
            return self._instance(value)
        if isinstance(value, str):
            return value.replace(str(self.stack.folder), "<folder>")
        return value

    def _instance(self, value: str) -> str:
        """Return the same word for the same id, so that a changed id shows."""
        if value not in self._instances:
            self._instances.append(value)
        return f"<instance-{self._instances.index(value) + 1}>"
