"""A real OctoPrint with its bundled virtual printer.

    with OctoPrintServer(tmp_path) as server:
        server.get("/api/job")

Booted in some seconds. It is hot where the virtual printer stands, so that no print waits for its
heaters. The virtual printer takes 62 ms for a line of g-code, a tenth of the time
for moves, and begins with relative positions: a file should begin with G90.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, Self

import httpx

from tests.servers.asking import Reply
from tests.servers.children import Child
from tests.servers.install import installed

HERE = Path(__file__).parent
READY_S = 90.0
ADMIN, KEY, LOOKER = "A" * 32, "B" * 32, "C" * 32
"""Keys of people: of who may do everything, of an operator, of who may only look."""
_STARTED = re.compile(r'Changing monitoring state from "Operational" to "Starting"')


class OctoPrintServer:
    """One OctoPrint in a folder of its own.

    Args:
        folder: Where configuration, logs and files go.
        without: Bundled plugins that are off, besides those that call home.
    """

    def __init__(self, folder: Path, *, without: Sequence[str] = ()) -> None:
        self.folder = folder
        self.files = folder / "uploads"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._without = without
        self._venv = installed("octoprint")
        self._child: Child | None = None

    def __enter__(self) -> Self:
        """Start, and wait until it could print."""
        self.folder.mkdir(parents=True, exist_ok=True)
        disabled = "".join(f", {plugin}" for plugin in self._without)
        self._lay_out("config", "octoprint.yaml", disabled=disabled)
        self._lay_out("users", "octoprint-users.yaml", admin=ADMIN, key=KEY, looker=LOOKER)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.kill()

    def start(self) -> None:
        """Start OctoPrint; returns when its printer is connected and idle."""
        where = ("--basedir", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port))
        program = str(self._venv / "bin/octoprint")
        argv = (program, "serve", *where, "--iknowwhatimdoing")  # that it runs as root, in CI
        self._child = Child(argv, cwd=self.folder, log=self.folder / "octoprint.out")
        self.wait_state("Operational")

    def kill(self) -> None:
        """End OctoPrint without a word, as a power cut does. May be called twice."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def restart(self) -> None:
        """Cut the power and switch it on again."""
        self.kill()
        self.start()

    def get(self, path: str, **query: str) -> Reply:
        """Ask."""
        return self._call("GET", path, params=query)

    def post(self, path: str, **said: object) -> Reply:
        """Tell."""
        return self._call("POST", path, json=said)

    def delete(self, file: str) -> Reply:
        """Delete a file."""
        return self._call("DELETE", f"/api/files/local/{file}")

    def upload(self, file: str, gcode: bytes) -> Reply:
        """Store a file."""
        return self._call("POST", "/api/files/local", files={"file": (file, gcode)})

    def print(self, file: str) -> Reply:
        """Select a file and print it, as the button of its page does."""
        return self.post(f"/api/files/local/{file}", command="select", print=True)

    def job(self, command: str, action: str | None = None) -> Reply:
        """Tell the print what to do."""
        return self.post("/api/job", command=command, **({"action": action} if action else {}))

    def debug(self, trouble: str) -> None:
        """Let the virtual printer make trouble."""
        self.post("/api/printer/command", command=f"!!DEBUG:{trouble}")

    def gcode(self, *lines: str) -> None:
        """Send g-code, as somebody at its terminal."""
        self.post("/api/printer/command", commands=list(lines))

    def connect(self) -> None:
        """Connect to the printer again; returns when it is idle."""
        self.post("/api/connection", command="connect", port="VIRTUAL")
        self.wait_state("Operational")

    def disconnect(self) -> None:
        """Hang up on the printer, as the button of its page does."""
        self.post("/api/connection", command="disconnect")
        self.wait_state("Offline")

    def state(self) -> str:
        """Return OctoPrint's word for what its printer does; `unreachable` without an answer."""
        try:
            return str(self.get("/api/job").body["state"])
        except (httpx.TransportError, TypeError, KeyError):
            return "unreachable"

    def prints(self, file: str) -> Mapping[str, Any]:
        """Return how often a stored file was printed."""
        counted: Mapping[str, Any] = self.get(f"/api/files/local/{file}").body.get("prints", {})
        return counted

    def wait_state(self, *states: str) -> None:
        """Return when its state begins with one of these words."""
        self.wait_for(lambda: self.state().startswith(states), f"the state is {states}")

    def wait_for(self, is_so: Callable[[], bool], what: str) -> None:
        """Return when something is so. Raises AssertionError after 90 s."""
        assert self._child is not None, "it is not running"
        self._child.wait_for(is_so, timeout_s=READY_S, what=what)

    def starts(self) -> int:
        """Return how many prints began, by OctoPrint's own log."""
        log = self.folder / "logs" / "octoprint.log"
        return len(_STARTED.findall(log.read_text(errors="replace")))

    def tidy(self) -> None:
        """Bring it back to idle, without files, whatever a test left behind."""
        if self._child is None:
            self.start()
        if self.state() in ("Printing", "Starting", "Paused", "Pausing", "Resuming"):
            self.job("cancel")
        self.wait_for(self._rests, "it rests")
        if self.state() != "Operational":
            self.connect()
        for each in self.get("/api/files/local").body["files"]:
            self.delete(each["name"])

    def _lay_out(self, name: str, template: str, **values: str) -> None:
        text = Template((HERE / template).read_text()).substitute(values)
        (self.folder / f"{name}.yaml").write_text(text)

    def _rests(self) -> bool:
        return self.state().startswith(("Operational", "Offline"))

    def _call(self, method: str, path: str, **content: Any) -> Reply:
        headers = {"X-Api-Key": ADMIN}
        answer = httpx.request(
            method, self.url + path, headers=headers, timeout=60, trust_env=False, **content
        )
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return Reply(answer.status_code, answer.json() if is_json else None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
