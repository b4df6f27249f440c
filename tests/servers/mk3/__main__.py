"""Runs the simulated MK3S on a pseudo terminal.

    python -m tests.servers.mk3 --folder FOLDER --serial CZPX1819X004XK00001 [--speed 5]

The terminal is `FOLDER/tty`. Each datagram on `FOLDER/panel` is one thing that somebody does at the
machine: `pause`, `resume`, `stop`, `reset`.
"""

from __future__ import annotations

import argparse
import os
import select
import socket
import time
import tty
from pathlib import Path

from tests.servers.mk3.firmware import Firmware

_TICK_S = 0.01


def main() -> None:
    """Run until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--serial", required=True)
    parser.add_argument("--speed", type=float, default=1.0)
    wanted = parser.parse_args()
    line = _open_terminal(wanted.folder / "tty")
    panel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    panel.bind(str(wanted.folder / "panel"))

    def say(text: str) -> None:
        try:
            os.write(line, text.encode() + b"\n")
        except BlockingIOError:
            return  # nobody reads: a real line would lose it too

    def clock() -> float:
        return time.monotonic() * wanted.speed

    _serve(Firmware(say, clock, wanted.serial, wanted.folder), line, panel)


def obey(firmware: Firmware, word: str) -> None:
    """Do at the machine what one word says."""
    deeds = {
        "pause": firmware.pause,
        "resume": firmware.resume,
        "stop": firmware.stop,
        "reset": firmware.reset,
    }
    deeds[word]()


def _open_terminal(port: Path) -> int:
    """Return our end of a new terminal; the other end stays open so that hosts may come and go."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    port.symlink_to(os.ttyname(theirs))
    return ours


def _serve(firmware: Firmware, line: int, panel: socket.socket) -> None:
    unread = b""
    while True:
        ready, _, _ = select.select([line, panel.fileno()], [], [], _TICK_S)
        if line in ready:
            *lines, unread = (unread + os.read(line, 4096)).split(b"\n")
            for each in lines:
                if each.strip():
                    firmware.take(each.decode(errors="replace").strip())
        if panel.fileno() in ready:
            obey(firmware, panel.recv(64).decode())
        firmware.tick()


if __name__ == "__main__":
    main()
