"""What a line of g-code does, as immutable values. Lengths are in mm, times in s, targets in °C.

Every command carries the number of its line (from 1) and `end`, the offset of the first byte after
that line: what a printer has read of the file once the command is under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Move(NamedTuple):
    """A straight move (G0, G1, or a piece of an arc) to `x, y, z` in machine coordinates.

    `dx, dy, dz` is the way there, `de` the filament pushed (pulled back when negative), `feed` the
    speed asked for in mm/s. `G1 F1200` alone is a move of no length.
    """

    line: int
    end: int
    x: float
    y: float
    z: float
    dx: float
    dy: float
    dz: float
    de: float
    feed: float
    tool: int


class Dwell(NamedTuple):
    """G4: stand still."""

    line: int
    end: int
    seconds: float


class Heater(StrEnum):
    """What a temperature belongs to."""

    NOZZLE = "nozzle"
    BED = "bed"
    CHAMBER = "chamber"


class Heat(NamedTuple):
    """A target for a heater; `waits` until it is reached (M109, M190, M191)."""

    line: int
    end: int
    heater: Heater
    target_c: float
    waits: bool
    tool: int


class Fan(NamedTuple):
    """M106 and M107: the part fan, 0 to 255."""

    line: int
    end: int
    speed: float


class Pause(NamedTuple):
    """The print waits for a person (M0, M1, M25, M226, M600, M601, PAUSE)."""

    line: int
    end: int
    code: str


class Home(NamedTuple):
    """G28: the named axes are at 0 afterwards; `axes` is `XYZ` when none was named."""

    line: int
    end: int
    axes: str


class ToolChange(NamedTuple):
    """T0, T1, …: filament of this tool from here on."""

    line: int
    end: int
    tool: int


class FirmwareRetraction(NamedTuple):
    """G10 (`pulls_back`) and G11: the firmware's own retraction, of a length it knows."""

    line: int
    end: int
    pulls_back: bool


class LimitChange(NamedTuple):
    """The file sets limits of motion (M201, M203, M204, M205, SET_VELOCITY_LIMIT)."""

    line: int
    end: int
    code: str
    values: Mapping[str, float]


class Other(NamedTuple):
    """A command that neither moves nor waits nor heats, or a macro, kept as written.

    `code` is its first word in capitals.
    """

    line: int
    end: int
    code: str
    text: str


class Malformed(NamedTuple):
    """A known command whose words cannot be read: firmware refuses it, or guesses."""

    line: int
    end: int
    text: str


Command = (
    Move
    | Dwell
    | Heat
    | Fan
    | Pause
    | Home
    | ToolChange
    | FirmwareRetraction
    | LimitChange
    | Other
    | Malformed
)
