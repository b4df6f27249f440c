"""What a g-code file makes a machine do, in as few steps as tell it apart in time.

Moves between two stops are one step: a plate of a million moves is a few dozen steps, small
enough to keep and to run forward at every look. A script is kept as text, a line a step:

    target bed 60000
    wait bed
    moves 81500000 23400
    stop M600
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import assert_never

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.gcode.commands import Heater


class Moves(Struct, frozen=True):
    """Motion and dwells without a stop between them: microseconds, and filament pushed."""

    duration_us: int
    filament_um: int = 0


class Target(Struct, frozen=True):
    """A heater gets a target, thousandths of a degree (M104, M140, and half of M109, M190)."""

    heater: Heater
    target_mc: int


class Wait(Struct, frozen=True):
    """Nothing goes on until a heater is at its target, from either side, as Klipper waits."""

    heater: Heater


class Stop(Struct, frozen=True):
    """The file asks for a person (M0, M600, M601): the machine pauses."""

    command: str


class Notice(Struct, frozen=True):
    """The machine says something and goes on (an unknown command)."""

    text: str


class Broken(Struct, frozen=True):
    """The machine cannot go on with the file (a malformed move)."""

    text: str


Step = Moves | Target | Wait | Stop | Notice | Broken


class NoScript(FarmctlError):  # noqa: N818 - reads as what it says
    """A text that is no script: the memory of a virtual printer was damaged."""


class Script(Struct, frozen=True):
    """The steps of one file, as text."""

    text: str = ""

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Script:
        """Return the script of some steps."""
        return cls("".join(f"{_line(step)}\n" for step in steps))

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps in order. Raises NoScript."""
        return _steps(self.text)

    @property
    def moving_us(self) -> int:
        """Return how long the machine moves: the print time without heating and stops."""
        return sum(step.duration_us for step in self.steps if isinstance(step, Moves))


def _line(step: Step) -> str:
    match step:
        case Moves(duration_us, filament_um):
            return f"moves {duration_us} {filament_um}"
        case Target(heater, target_mc):
            return f"target {heater} {target_mc}"
        case Wait(heater):
            return f"wait {heater}"
        case Stop(command):
            return f"stop {command}"
        case Notice(text):
            return f"notice {_one_line(text)}"
        case Broken(text):
            return f"broken {_one_line(text)}"
        case never:
            assert_never(never)


def _one_line(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=256)
def _steps(text: str) -> tuple[Step, ...]:
    return tuple(_step(line) for line in text.split("\n") if line)


def _step(line: str) -> Step:
    word, _, rest = line.partition(" ")
    try:
        match word:
            case "moves":
                duration_us, filament_um = rest.split()
                return Moves(int(duration_us), int(filament_um))
            case "target":
                heater, target_mc = rest.split()
                return Target(Heater(heater), int(target_mc))
            case "wait":
                return Wait(Heater(rest))
            case "stop":
                return Stop(rest)
            case "notice":
                return Notice(rest)
            case "broken":
                return Broken(rest)
            case _:
                pass
    except ValueError:
        pass  # told below, with the line
    raise NoScript(
        f"no step of a virtual printer: `{line}`", "delete the printer's files under `virtual/`"
    )
