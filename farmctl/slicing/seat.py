"""Where a slicer runs: the program, and what of the system it may use."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from farmctl.system.disk import Disk
from farmctl.system.processes import Processes


class Seat(Struct, frozen=True):
    """One slicer program at one place on this machine.

    Args:
        program: Path of the executable.
        memory: A folder where the program's digest is remembered between commands.
        disk: Reads the program, the memory and the slicer's output.
        processes: Starts the program.
    """

    program: Path
    memory: Path
    disk: Disk
    processes: Processes
