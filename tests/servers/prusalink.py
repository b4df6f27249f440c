"""A real PrusaLink in front of a simulated MK3S.

    with PrusaLinkStack() as stack:
        ask("GET", stack.url + "/api/v1/status", {}, stack.key)

It is idle some ten seconds after its start: PrusaLink waits eight for the printer to boot.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.servers.children import Child
from tests.servers.install import ROOT, installed

HERE = Path(__file__).parent
READY_S = 60.0
USER, PASSWORD = "maker", "Prusa-link-1"
KEY = "key-of-the-tests"
_FILES = "/api/v1/files/local"


class PrusaLinkStack:
    """Two processes in one folder, each of which can be broken and mended alone.

    The folder is made in `/var/tmp`, since PrusaLink takes no files below `/tmp`, and removed by
    `stop`.

    Args:
        number: Of the machine; its serial number ends with it.
        speed: How many times as fast as a real printer the machine runs.
        key: The API key.
    """

    def __init__(self, number: int = 1, speed: float = 5.0, *, key: str = KEY) -> None:
        self.serial = f"CZPX1819X004XK{number:05}"
        self.key = key
        self._speed = speed
        self._venv = installed("prusalink")
        self._children: dict[str, Child] = {}

    def __enter__(self) -> Self:
        """Start, and wait until it could print."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End both processes."""
        self.stop()

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gcodes(self) -> Path:
        """Return the folder of the stored files."""
        return self.folder / "gcodes"

    def start(self) -> None:
        """Start both and wait until the printer is idle."""
        self.begin()
        self.wait_ready()

    def begin(self) -> None:
        """Start both."""
        self.folder = Path(tempfile.mkdtemp(prefix="prusalink-", dir="/var/tmp"))
        self.port = _free_port()
        self._lay_out()
        self._start_mk3()
        self._start_prusalink()

    def stop(self) -> None:
        """End what runs, and remove the folder. May be called twice."""
        for name in sorted(self._children):
            self._children.pop(name).kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_ready(self) -> None:
        """Return when PrusaLink is idle and has asked the machine for all it needs."""
        self.wait_until(self._is_ready, "PrusaLink is ready")

    def wait_first_ready(self) -> None:
        """Do the same of a machine that was never used: it is switched on again where it hangs.

        Now and then PrusaLink takes an answer from before it opened the port for one to its first
        question, and waits for ever.
        """
        try:
            self.wait_ready()
        except AssertionError:
            self.switch_off_and_on()
            self.wait_ready()

    def restart_prusalink(self) -> None:
        """End PrusaLink without a word and start it again; it is not ready for ten seconds."""
        self._children.pop("prusalink").kill()
        self._start_prusalink()

    def reset(self) -> None:
        """Press the machine's reset button; returns when PrusaLink is idle again."""
        self.panel("reset")
        self.wait_state("BUSY", "STOPPED", "IDLE")
        self.wait_state("IDLE")

    def cut_power(self) -> None:
        """Switch the machine off and on; returns when PrusaLink is idle again."""
        self.switch_off_and_on()
        self.wait_ready()

    def switch_off_and_on(self) -> None:
        """Do so to the machine, and with it to the computer in it that PrusaLink runs on."""
        for name in ("prusalink", "mk3"):
            self._children.pop(name).kill()
        self._start_mk3()
        self._start_prusalink()

    def panel(self, word: str) -> None:
        """Do something at the machine: `pause`, `resume`, `stop`, `reset`."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as panel:
            panel.sendto(word.encode(), str(self.folder / "panel"))

    def starts(self) -> int:
        """Return how many prints began, by the machine's own print timer.

        The machine is told of a print a moment after PrusaLink shows it.
        """
        self.wait_until(lambda: self._is_timed() == self.is_printing(), "the timer is right")
        starts = self.folder / "starts"
        return len(starts.read_text().splitlines()) if starts.exists() else 0

    def state(self) -> str:
        """Return PrusaLink's word for what the printer does, `unreachable` without a PrusaLink."""
        try:
            status, said = self.ask("GET", "/api/v1/status")
        except URLError:
            return "unreachable"
        return str(said["printer"]["state"]) if status == 200 else f"HTTP {status}"

    def wait_state(self, *states: str) -> None:
        """Return when the printer is in one of these states."""
        self.wait_until(lambda: self.state() in states, f"the printer is {states}")

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Return when something is so. Raises AssertionError after 60 s."""
        self._children["prusalink"].wait_for(is_so, timeout_s=READY_S, what=what)

    def is_printing(self) -> bool:
        """Return whether there is a print, running or paused."""
        return self.state() in ("PRINTING", "PAUSED")

    def job(self) -> dict[str, Any]:
        """Return the job that is shown; empty without one."""
        return dict(self.ask("GET", "/api/v1/job")[1] or {})

    def store(self, file: str, gcode: bytes) -> None:
        """Store a file as a person's slicer does; returns when PrusaLink has found it."""
        status, _ = self.ask("PUT", f"{_FILES}/{file}", gcode)
        assert status == 201, status
        self.wait_listed(file)

    def wait_listed(self, file: str) -> None:
        """Return when PrusaLink has found a file."""
        self.wait_until(lambda: self.ask("GET", f"{_FILES}/{file}")[0] == 200, f"{file} is listed")

    def print(self, file: str) -> None:
        """Start a stored file at PrusaLink's web page; returns when it prints.

        Now and then PrusaLink never answers: it is then switched off and on, and asked again, so
        that the machine may have begun two prints.
        """
        try:
            self._begin_print(file)
        except TimeoutError:
            self.switch_off_and_on()
            self.wait_ready()
            self.wait_listed(file)
            self._begin_print(file)
        self.wait_state("PRINTING")

    def end_job(self) -> None:
        """Stop what is printed, as at the web page; returns when it has stopped.

        A print that is stopped before the machine was told of it leaves PrusaLink broken.
        """
        self.starts()
        self.ask("DELETE", f"/api/v1/job/{self.job()['id']}")
        self.wait_state("STOPPED", "IDLE")

    def tidy(self) -> None:
        """Bring it back to idle, without files, whatever a test left behind."""
        self.leave()
        self.wait_state("IDLE")

    def leave(self) -> None:
        """End what a test left behind; PrusaLink is idle again eleven seconds after a print."""
        if self._children.keys() != {"mk3", "prusalink"}:
            self.stop()
            self.start()
        if self.state() == "ERROR":
            self.reset()
        if self.is_printing():
            self.end_job()
        for file in self.gcodes.glob("*.gcode"):
            file.unlink()

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        """Make one call as a person's tools do. Raises URLError when nothing answers."""
        headers = {"X-Api-Key": self.key, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "text/x.gcode"
        request = Request(self.url + path, data=body, headers=headers, method=method)
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, _json(answer.read())
        except HTTPError as error:
            return error.code, _json(error.read())

    def _begin_print(self, file: str) -> None:
        self.wait_state("IDLE")
        status, _ = self.ask("POST", f"{_FILES}/{file}")
        assert status == 204, status

    def _is_ready(self) -> bool:
        """It says IDLE before it knows which machine that is, and before it has its files."""
        if self.state() != "IDLE":
            return False
        _, info = self.ask("GET", "/api/v1/info")
        status, _ = self.ask("GET", _FILES)
        return info["serial"] == self.serial and status == 200

    def _lay_out(self) -> None:
        self.gcodes.mkdir()
        said = f"{USER}:Administrator:{PASSWORD}".encode()
        values = {
            "folder": self.folder,
            "port": self.port,
            "user": USER,
            "digest": hashlib.md5(said, usedforsecurity=False).hexdigest(),
            "key": self.key,
        }
        for name in ("prusalink.ini", "prusa_printer_settings.ini"):
            template = Template((HERE / name).read_text())
            (self.folder / name).write_text(template.substitute(values))

    def _is_timed(self) -> bool:
        return (self.folder / "timer").read_text() != "stopped"

    def _start_prusalink(self) -> None:
        program = str(self._venv / "bin/prusalink")
        self._spawn("prusalink", program, "-f", "-i", "-c", f"{self.folder}/prusalink.ini")

    def _start_mk3(self) -> None:
        for name in ("tty", "panel"):
            (self.folder / name).unlink(missing_ok=True)
        options = ("--folder", str(self.folder), "--serial", self.serial)
        speed = ("--speed", str(self._speed))
        child = self._spawn("mk3", sys.executable, "-m", "tests.servers.mk3", *options, *speed)
        child.wait_for((self.folder / "panel").exists, timeout_s=READY_S, what="the simulated MK3")

    def _spawn(self, name: str, *argv: str) -> Child:
        log = self.folder / f"{name}.out"
        self._children[name] = Child(argv, cwd=ROOT, log=log)
        return self._children[name]


def _json(octets: bytes) -> Any:
    with suppress(ValueError):
        return json.loads(octets)
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
