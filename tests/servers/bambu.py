"""A Bambu in LAN mode: a real broker, a real FTP server, and a simulated printer between them.

    with BambuStack(tmp_path, Authority(tmp_path)) as stack:
        open_driver(DriverConfig("bambu-1", url=stack.url, …))

The printer takes requests from its topic of the broker, prints what was stored in the FTP server's
folder, and reports, `speed` times as fast as a real one.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from farmctl.printers.bambu.package import file_of, packed
from farmctl.sim.device import Lost
from farmctl.soak.bambu import Bambu
from tests.servers.authority import Authority, Pair
from tests.servers.bambu_parts import CODE, PRINTER_CODE, Broker, Card, free_ports, start_ftp
from tests.servers.children import Child

_TICK_S = 0.02
_READY_S = 30.0


class SpedUp:
    """A clock that runs `speed` times as fast as a real one."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began, self._began_s = datetime.now(UTC), time.monotonic()

    def turn_to(self, speed: float) -> None:
        """Run at another speed from now on."""
        self._began, self._began_s = self(), time.monotonic()
        self._speed = speed

    def __call__(self) -> datetime:
        elapsed_s = (time.monotonic() - self._began_s) * self._speed
        return self._began + timedelta(seconds=elapsed_s)


class BambuStack:
    """One machine: two servers in children, its printer in threads of this process.

    Args:
        folder: Where configuration, logs and the card are.
        maker: Signs its certificate.
        serial: Its serial number.
        ftp: `vsftpd` or `pyftpdlib`.
        speed: How many times as fast as a real printer it runs.
        pair: A certificate that is not the one its maker would give it.
    """

    def __init__(
        self,
        folder: Path,
        maker: Authority,
        *,
        serial: str = "01P00A000000001",
        ftp: str = "vsftpd",
        speed: float = 20.0,
        pair: Pair | None = None,
    ) -> None:
        self.folder = folder
        self.serial = serial
        self.mqtt_port, self.ftps_port, self._inside_port = free_ports(3)
        self.card = folder / "card"
        self.requests: list[dict[str, Any]] = []
        self.clock = SpedUp(speed)
        self.body = Bambu(serial, self.clock)
        self.lost: list[Lost] = []
        self.is_silent = False
        self.refuses_commands = False
        self._ftp = ftp
        self._speed = speed
        self._pair = pair or maker.issue(serial)
        self._lock = threading.RLock()
        self._late: list[bytes] = []
        self._known: dict[str, tuple[int, int]] = {}
        self._children: dict[str, Child] = {}
        self._client: Client | None = None
        self._ticking: threading.Thread | None = None
        self._is_over = threading.Event()

    def __enter__(self) -> Self:
        """Start, and wait until it lets clients in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.card.mkdir(exist_ok=True)
        self.switch_on()
        return self

    def __exit__(self, *_: object) -> None:
        """End all of it."""
        self.switch_off()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"bambu://127.0.0.1:{self.mqtt_port},{self.ftps_port}"

    def switch_on(self) -> None:
        """Give it power."""
        broker = Broker(self.folder, self.mqtt_port, self._inside_port, self._pair)
        self._children["broker"] = broker.start()
        card = Card(self.folder, self.card, self.ftps_port, self._pair)
        self._children["ftp"] = start_ftp(self._ftp, card)
        self._is_over.clear()
        client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        client.username_pw_set("printer", PRINTER_CODE)
        subscribed = threading.Event()
        client.on_connect = lambda *_: client.subscribe(f"device/{self.serial}/request")
        client.on_subscribe = lambda *_: subscribed.set()
        client.on_message = self._on_message
        client.connect("127.0.0.1", self._inside_port)
        client.loop_start()
        assert subscribed.wait(_READY_S), "the printer does not reach its own broker"
        self._client = client
        self._ticking = threading.Thread(target=self._tick, daemon=True)
        self._ticking.start()

    def switch_off(self) -> None:
        """Take its power away, as at the plug."""
        self._is_over.set()
        if self._ticking is not None:
            self._ticking.join()
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
        for name in sorted(self._children):
            self._children.pop(name).kill()

    def power_cycle(self) -> None:
        """Switch it off and on: what it printed is cut off, and forgotten."""
        self.switch_off()
        self.body.restart()
        self.switch_on()

    def starts(self) -> int:
        """Return how often it began to print."""
        with self._lock:
            self.body.pass_time()
            return len(self.body.starts)

    def put(self, name: str, gcode: bytes) -> None:
        """Store a file, as somebody does who carries the card to a computer."""
        (self.card / f"{name}.3mf").write_bytes(packed(gcode))

    def by_hand(self, act: Callable[[Bambu], object]) -> None:
        """Do something at its panel; returns when that was reported."""
        with self._lock:
            self._read_card()
            act(self.body)
            self._report()

    def start_by_hand(self, gcode: bytes, name: str = "theirs.gcode") -> None:
        """Print a file at its panel."""
        self.put(name, gcode)
        self.by_hand(lambda body: body.start(name))

    def deliver_late(self) -> None:
        """Let the requests that were late arrive now."""
        with self._lock:
            late, self._late = self._late, []
            for payload in late:
                self._do(payload)

    def tidy(self) -> None:
        """Bring it back to idle, without files or a last print, whatever a test left behind."""
        with self._lock:
            self.clock.turn_to(self._speed)
            self._late.clear()
            self.lost.clear()
            self.is_silent = self.refuses_commands = False
            self.body.cancel()
            self.body.restart()  # else its last print would show for long
            for path in self.card.iterdir():
                path.unlink()
            self.requests.clear()
            self._report()

    def say(self, text: str | bytes) -> None:
        """Report something, whatever it is."""
        assert self._client is not None
        self._client.publish(f"device/{self.serial}/report", text).wait_for_publish(10)

    def _tick(self) -> None:
        """Report what time changes."""
        shown: object = None
        while not self._is_over.wait(_TICK_S):
            with self._lock:
                self.body.pass_time()
                if self.body.shown != shown:
                    shown = self.body.shown
                    self._report()

    def _report(self) -> None:
        if not self.is_silent:
            self.say_nothing_waited(self.body.report())

    def say_nothing_waited(self, text: str) -> None:
        """Report without waiting: from within the client's own thread."""
        if self._client is not None:
            self._client.publish(f"device/{self.serial}/report", text)

    def _on_message(self, _client: Client, _: object, message: MQTTMessage) -> None:
        with self._lock:
            payload = bytes(message.payload)
            request = json.loads(payload)
            self.requests.append(request)
            is_start = request.get("print", {}).get("command") == "project_file"
            lost = self.lost.pop(0) if is_start and self.lost else None
            if self.is_silent or lost is Lost.REQUEST:
                return
            if lost is Lost.LATE:
                self._late.append(payload)
                return
            replies = self._do(payload)
            for each in () if lost is Lost.REPLY else replies:
                self.say_nothing_waited(_garbled(each) if lost is Lost.SENSE else each)

    def _do(self, payload: bytes) -> list[str]:
        self._read_card()
        if self.refuses_commands and "print" in json.loads(payload):
            return [_refusal(json.loads(payload)["print"])]
        replies = self.body.hear(payload)
        self._report()
        return replies

    def _read_card(self) -> None:
        """Take in what was stored, and what was deleted."""
        there = {path.name: path for path in sorted(self.card.iterdir())}
        for name in sorted(self._known.keys() - there.keys()):
            self._known.pop(name)
            self.body.delete(file_of(name))
        for name, path in there.items():
            stat = path.stat()
            if self._known.get(name) != (stat.st_mtime_ns, stat.st_size):
                self._known[name] = (stat.st_mtime_ns, stat.st_size)
                self.body.store(name, path.read_bytes())


def _garbled(text: str) -> str:
    said = json.loads(text)
    return json.dumps({"print": {**said["print"], "result": "mumble", "reason": "502"}})


def _refusal(asked: dict[str, Any]) -> str:
    """Return what is said to who is no program of the maker's, as its users wrote it down."""
    said = {"result": "failed", "reason": "mqtt message verify failed", "err_code": 84033543}
    return json.dumps({"print": {**asked, **said}})


__all__ = ["CODE", "BambuStack"]
