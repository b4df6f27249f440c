"""Debian's headless Chromium, driven over a pipe by the DevTools protocol: no port, no network.

Messages are JSON with a NUL byte after each; the browser reads them at descriptor 3 and answers at 4
(https://chromedevtools.github.io/devtools-protocol/).
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.install import installed

SILENCE_S = 60
"""How long a browser that says nothing is waited for: it has hung then."""
NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
COLOURS = """
(async raw => {
  const image = new Image(); image.src = 'data:image/png;base64,' + raw; await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const all = canvas.getImageData(0, 0, image.width, image.height).data, found = {};
  for (let at = 0; at < all.length; at += 4) {
    const name = all.slice(at, at + 3).join(' '); found[name] = (found[name] || 0) + 1;
  }
  return found;
})('%s')
"""

Colour = tuple[int, int, int]
Box = Mapping[str, float]
"""x, y, width and height in pixels of the page."""


@dataclass
class Wire:
    """The two pipes of one browser.

    Args:
        asked: Every address that a page asked for, in order.
        said: What pages complained of.
    """

    answers: int
    orders: int
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _number: int = 0
    _unread: bytes = b""

    def call(self, session: str, method: str, **params: Any) -> Mapping[str, Any]:
        """Return what the browser answers to a call."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        whole = {**message, "sessionId": session} if session else message
        os.write(self.orders, json.dumps(whole).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                result: Mapping[str, Any] = answer["result"]
                return result

    def read(self) -> Mapping[str, Any]:
        """Return the next thing that the browser says."""
        while b"\0" not in self._unread:
            there, _, _ = select.select([self.answers], [], [], SILENCE_S)
            assert there, f"the browser says nothing for {SILENCE_S} s"
            part = os.read(self.answers, 1 << 20)
            assert part, "the browser has ended"
            self._unread += part
        raw, _, self._unread = self._unread.partition(b"\0")
        message: Mapping[str, Any] = json.loads(raw)
        params = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        if message.get("method") == "Log.entryAdded":
            self.said.append(params["entry"]["text"])
        return message


@dataclass
class Tab:
    """One page of a browser."""

    wire: Wire
    session: str

    @classmethod
    def new(cls, wire: Wire, domains: tuple[str, ...] = ()) -> Tab:
        """Return a new tab, blank, of which the browser tells what these domains tell."""
        made = wire.call("", "Target.createTarget", url="about:blank")
        attached = wire.call("", "Target.attachToTarget", targetId=made["targetId"], flatten=True)
        tab = cls(wire, attached["sessionId"])
        for domain in domains:
            tab.call(f"{domain}.enable")
        return tab

    def call(self, method: str, **params: Any) -> Mapping[str, Any]:
        """Return what the browser answers to a call about this page."""
        return self.wire.call(self.session, method, **params)

    def ask(self, script: str) -> Any:
        """Return what an expression comes to in the page, whatever the page forbids itself."""
        said = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")


@dataclass
class Browser:
    """A browser with one page to look at, and a blank one that reads screenshots for us."""

    page: Tab
    desk: Tab

    @property
    def asked(self) -> list[str]:
        """Every address that the page asked for, its own first."""
        return self.page.wire.asked

    @property
    def said(self) -> list[str]:
        """What the page complained of."""
        return self.page.wire.said

    def show(self, path: Path, width: int, *, dark: bool = False) -> None:
        """Load a file into a window of so many pixels, and wait until it is laid out."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.page.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.page.call("Emulation.setEmulatedMedia", features=[scheme])
        self.page.call("Page.navigate", url=path.as_uri())
        while self.page.wire.read().get("method") != "Page.loadEventFired":
            pass

    def picture(self, box: Box) -> bytes:
        """Return a part of the page as PNG."""
        clip = {**{each: box[each] for each in ("x", "y", "width", "height")}, "scale": 1}
        shot = self.page.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def colours(self, box: Box) -> dict[Colour, int]:
        """Return which colours a part of the page shows, and in how many pixels each."""
        found = self.desk.ask(COLOURS % base64.b64encode(self.picture(box)).decode())
        return {_colour(name): count for name, count in found.items()}

    def close(self) -> None:
        """Let the browser end by itself, so that it writes down what it logged."""
        self.page.wire.call("", "Browser.close")


def _colour(name: str) -> Colour:
    red, green, blue = map(int, name.split())
    return red, green, blue


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Yield a browser of its own that reaches nothing; `net.json` in the folder tells what it tried."""
    kit = installed()
    orders_read, orders = os.pipe()
    answers, answers_write = os.pipe()
    argv = (
        *("bash", "-c", f'exec "$@" 3<&{orders_read} 4>&{answers_write}', "bash"),
        *(str(kit.program), "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}"),
        *(f"--log-net-log={folder / 'net.json'}", *NO_NETWORK, *QUIET),
    )
    environment = {**os.environ, **kit.environment, "HOME": str(folder)}
    with (
        (folder / "chromium.log").open("wb") as log,
        subprocess.Popen(
            argv, pass_fds=(orders_read, answers_write), env=environment, stdout=log, stderr=log
        ) as program,
    ):
        os.close(orders_read)
        os.close(answers_write)
        try:
            wire = Wire(answers, orders)
            looked_at = Tab.new(wire, ("Page", "Network", "Log"))
            browser = Browser(looked_at, Tab.new(wire))
            yield browser
            browser.close()
            program.wait(SILENCE_S)
        finally:
            program.kill()
            os.close(orders)
            os.close(answers)
