"""Runs the simulated micro-controller on a pseudo terminal.

    python -m tests.servers.mcu --port LINK --control SOCKET [--speed 5]

Each datagram on the control socket is one line: `filament 0`, `filament 1`, `fault`, `freeze`,
`thaw`, `temp extruder 480`, `temp extruder` (let go).
"""

from __future__ import annotations

import argparse
import os
import select
import socket
import tty
from collections.abc import Callable
from pathlib import Path

from tests.servers.mcu.board import Board

_TICK_S = 0.002


def main() -> None:
    """Run until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=Path, required=True)
    parser.add_argument("--control", type=Path, required=True)
    parser.add_argument("--speed", type=float, default=1.0)
    wanted = parser.parse_args()
    line = _open_terminal(wanted.port)
    control = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    control.bind(str(wanted.control))
    _serve(Board(_writer(line), wanted.speed), line, control)


def obey(board: Board, line: str) -> None:
    """Do to the board what one control line says."""
    match line.split():
        case ["filament", present]:
            board.set_filament(present=present == "1")
        case ["temp", heater]:
            board.force_temperature(heater, None)
        case ["temp", heater, celsius]:
            board.force_temperature(heater, float(celsius))
        case ["fault"]:
            board.shutdown("Simulated fault")
        case ["freeze"]:
            board.freeze()
        case ["thaw"]:
            board.thaw()
        case _:
            raise ValueError(f"no such control line: {line}")


def _open_terminal(port: Path) -> int:
    """Return our end of a new terminal; the other end stays open so that hosts may come and go."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    port.symlink_to(os.ttyname(theirs))
    return ours


def _writer(line: int) -> Callable[[bytes], None]:
    def write(octets: bytes) -> None:
        try:
            os.write(line, octets)
        except BlockingIOError:
            return  # nobody reads: a real line would lose it too

    return write


def _serve(board: Board, line: int, control: socket.socket) -> None:
    while True:
        ready, _, _ = select.select([line, control.fileno()], [], [], _TICK_S)
        if line in ready:
            board.receive(os.read(line, 4096))
        if control.fileno() in ready:
            obey(board, control.recv(256).decode())
        board.tick()


if __name__ == "__main__":
    main()
