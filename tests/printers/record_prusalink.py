"""Records what the real PrusaLink answers: `python -m tests.printers.record_prusalink [FOLDER]`.

Each scene brings the real server into a state and makes one call there. The exchanges are kept in
`exchanges/prusalink/`, with what differs from run to run replaced, so that recording again shows in
a diff what a new PrusaLink answers differently. The driver's answer table names them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from tests.servers.prusalink import PrusaLinkStack

FOLDER = Path(__file__).parent / "exchanges" / "prusalink"
FILES = "/api/v1/files/local"

QUICK = "G28\nG1 X20 F6000\n"
LONG = "G28\nG90\nG1 Y100 F6000\n" + "G1 X200 F6000\nG1 X20 F6000\n" * 200
BROKEN = "G28\nM109 S400\n"

_FORBIDDEN_NAMES = re.compile(r"[^a-z0-9-]")
_VOLATILE = {
    "date", "free_space", "hostname", "m_timestamp", "progress", "time_printing", "total_space",
}  # fmt: skip
_NOT_KEPT = {
    "axis_x", "axis_y", "axis_z", "fan_hotend", "fan_print", "flow", "inaccurate_estimates",
    "speed", "target_bed", "target_nozzle", "temp_bed", "temp_nozzle", "time_remaining",
}  # fmt: skip
"""What is there or not as the machine last reported."""


class Recorder:
    """Makes calls at one stack and keeps the exchanges.

    Args:
        stack: The real server.
        folder: Where the exchanges go.
    """

    def __init__(self, stack: PrusaLinkStack, folder: Path) -> None:
        self.stack = stack
        self._folder = folder
        # A fresh connection each time: PrusaLink refuses an upload before it has read it, and takes
        # the rest for the next request.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=stack.url, timeout=30, limits=limits)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, name: str, path: str) -> None:
        """Ask, and keep the exchange."""
        self.keep(name, "GET", path)

    def start(self, name: str, file: str) -> None:
        """Start a print, and keep the exchange."""
        self.keep(name, "POST", f"{FILES}/{file}")

    def delete(self, name: str, file: str) -> None:
        """Delete a file, and keep the exchange."""
        self.keep(name, "DELETE", f"{FILES}/{file}")

    def upload(self, name: str, file: str, gcode: str = QUICK, **headers: str) -> None:
        """Store a file, and keep the exchange."""
        said = {"Content-Type": "text/x.gcode"}
        said.update({key.replace("_", "-"): value for key, value in headers.items()})
        self.keep(name, "PUT", f"{FILES}/{file}", said, gcode.encode())

    def job(self, name: str, verb: str, job_id: int) -> None:
        """Tell a job to `pause`, `resume` or `cancel`, and keep the exchange."""
        path = f"/api/v1/job/{job_id}"
        if verb == "cancel":
            self.keep(name, "DELETE", path)
        else:
            self.keep(name, "PUT", f"{path}/{verb}")

    def keep(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> None:
        """Send a request and keep what was said and answered."""
        assert not _FORBIDDEN_NAMES.search(name), name
        said = {"Accept": "application/json", "X-Api-Key": self.stack.key, **(headers or {})}
        if said["X-Api-Key"] == "":
            said.pop("X-Api-Key")
        answer = self._client.request(method, path, headers=said, content=content)
        shown = {key: said[key] for key in said if key not in ("Accept", "X-Api-Key")}
        exchange = {
            "request": {"method": method, "path": self._normal(path), "headers": shown},
            "response": {"status": answer.status_code, "body": self._body(answer)},
        }
        text = json.dumps(exchange, indent=2, sort_keys=True, ensure_ascii=False)
        (self._folder / f"{name}.json").write_text(text + "\n")

    def _body(self, answer: httpx.Response) -> Any:
        try:
            return self._normal(answer.json())
        except ValueError:
            return None

    def _normal(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: self._normal(v, k) for k, v in value.items() if k not in _NOT_KEPT}
        if isinstance(value, list):
            return [self._normal(v, key) for v in value]
        if key in _VOLATILE:
            return f"<{key}>"
        if isinstance(value, str):
            return value.replace(self.stack.url, "<url>")
        return value


def idle(at: Recorder) -> None:
    """Nothing is being printed."""
    at.get("version", "/api/version")
    at.get("info", "/api/v1/info")
    at.get("status-idle", "/api/v1/status")
    at.get("job-idle", "/api/v1/job")
    at.get("files-empty", FILES)
    at.start("start-missing", "nobody.gcode")
    at.delete("delete-missing", "nobody.gcode")
    for verb in ("pause", "resume", "cancel"):
        at.job(f"{verb}-idle", verb, 77)


def uploads(at: Recorder) -> None:
    """A file is stored once; with the wrong type it is not taken."""
    at.upload("upload-new", "new.gcode")
    at.stack.wait_listed("new.gcode")
    at.get("files-one", FILES)
    at.get("file-stored", f"{FILES}/new.gcode")
    at.get("file-missing", f"{FILES}/nobody.gcode")
    at.upload("upload-existing-name", "new.gcode", LONG)
    at.upload("upload-as-octets", "octets.gcode", Content_Type="application/octet-stream")
    at.upload("upload-as-text", "text.gcode", Content_Type="text/plain")
    at.delete("delete-idle", "new.gcode")


def printing(at: Recorder) -> None:
    """A long print, paused, gone on with, stopped."""
    at.stack.store("long.gcode", LONG.encode())
    at.stack.store("other.gcode", LONG.encode())
    at.start("start-idle", "long.gcode")
    at.stack.wait_state("PRINTING")
    job_id = at.stack.job()["id"]
    at.get("status-printing", "/api/v1/status")
    at.get("job-printing", "/api/v1/job")
    at.start("start-printing", "other.gcode")
    at.start("start-printing-missing", "nobody.gcode")
    at.upload("upload-while-printing", "next.gcode")
    at.upload("upload-and-print-while-printing", "stored.gcode", Print_After_Upload="?1")
    at.stack.wait_listed("stored.gcode")
    at.get("file-of-upload-and-print", f"{FILES}/stored.gcode")
    at.delete("delete-in-use-printing", "long.gcode")
    at.delete("delete-other-printing", "other.gcode")
    at.job("resume-printing", "resume", job_id)
    for verb in ("pause", "resume", "cancel"):
        at.job(f"{verb}-other-job", verb, 77)
    at.job("pause-printing", "pause", job_id)
    at.stack.wait_state("PAUSED")
    at.get("status-paused", "/api/v1/status")
    at.get("job-paused", "/api/v1/job")
    at.start("start-paused", "long.gcode")
    at.delete("delete-in-use-paused", "long.gcode")
    at.job("pause-paused", "pause", job_id)
    at.job("resume-paused", "resume", job_id)
    at.stack.wait_state("PRINTING")
    at.job("cancel-printing", "cancel", job_id)
    at.stack.wait_state("STOPPED")
    at.get("status-stopped", "/api/v1/status")
    at.get("job-stopped", "/api/v1/job")
    for verb in ("pause", "resume", "cancel"):
        at.job(f"{verb}-ended", verb, job_id)
    at.start("start-stopped", "long.gcode")
    at.stack.wait_state("IDLE")


def ends(at: Recorder) -> None:
    """A print that comes to its end, and one that the firmware breaks off."""
    at.stack.store("quick.gcode", QUICK.encode())
    at.stack.store("broken.gcode", BROKEN.encode())
    at.stack.print("quick.gcode")
    at.stack.wait_state("FINISHED")
    at.get("status-finished", "/api/v1/status")
    at.get("job-finished", "/api/v1/job")
    at.start("start-finished", "quick.gcode")
    at.delete("delete-finished", "quick.gcode")
    at.stack.wait_state("IDLE")
    at.stack.print("broken.gcode")
    at.stack.wait_state("ERROR")
    at.get("status-error", "/api/v1/status")
    at.get("job-error", "/api/v1/job")
    at.stack.store("later.gcode", QUICK.encode())
    at.start("start-error", "later.gcode")
    at.stack.reset()


def cut_off(at: Recorder) -> None:
    """The machine is reset in mid-print."""
    at.stack.store("reset.gcode", LONG.encode())
    at.stack.print("reset.gcode")
    at.stack.panel("reset")
    at.stack.wait_state("STOPPED")
    at.get("status-reset", "/api/v1/status")
    at.stack.wait_state("IDLE")


def no_machine(at: Recorder) -> None:
    """PrusaLink has just started: it has not found its machine yet."""
    at.stack.restart_prusalink()
    at.stack.wait_state("HTTP 503")
    at.get("status-no-printer", "/api/v1/status")
    at.upload("upload-no-printer", "early.gcode")
    at.start("start-no-printer", "long.gcode")
    at.stack.wait_ready()
    at.get("info-after-restart", "/api/v1/info")


def strangers(at: Recorder) -> None:
    """No key, and a wrong one."""
    for who, key in (("no-key", ""), ("wrong-key", "not-the-key")):
        said = {"X-Api-Key": key}
        at.keep(f"status-{who}", "GET", "/api/v1/status", said)
        at.keep(f"start-{who}", "POST", f"{FILES}/long.gcode", said)
        at.keep(f"delete-{who}", "DELETE", f"{FILES}/long.gcode", said)
        at.keep(f"cancel-{who}", "DELETE", "/api/v1/job/1", said)
        typed = {**said, "Content-Type": "text/x.gcode"}
        at.keep(f"upload-{who}", "PUT", f"{FILES}/new.gcode", typed, QUICK.encode())


SCENES: tuple[Callable[[Recorder], None], ...] = (
    idle,
    uploads,
    printing,
    ends,
    cut_off,
    strangers,
    no_machine,
)


def main(keep: Path) -> None:
    """Record every scene into `keep`."""
    keep.mkdir(parents=True, exist_ok=True)
    with PrusaLinkStack() as stack, closing(Recorder(stack, keep)) as at:
        for scene in SCENES:
            scene(at)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
