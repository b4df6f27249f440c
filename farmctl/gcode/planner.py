"""How long each command of a file takes; heating, homing and people take no time here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from farmctl.gcode.commands import (
    Command,
    Dwell,
    FirmwareRetraction,
    Heat,
    Home,
    LimitChange,
    Move,
    Pause,
    ToolChange,
)
from farmctl.gcode.kinematics import Block, kinematics_of
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.lookahead import below_summits2, durations, joined, smooth_starts2, starts2

_BATCH = 256
"""Moves looked ahead over before the settled ones are let go."""


Planned = tuple[Command, float, float]
"""A command with the seconds that it takes and the highest speed of the tool meanwhile in mm/s."""


def timed(commands: Iterable[Command], limits: MotionLimits) -> Iterator[tuple[Command, float]]:
    """Yield each command with the seconds it takes, as `planned` does."""
    for command, seconds, _ in planned(commands, limits):
        yield command, seconds


def planned(commands: Iterable[Command], limits: MotionLimits) -> Iterator[Planned]:
    """Yield each command with its seconds and speed, in order, holding back only what may change.

    A move of the filament alone has the filament's speed. Commands between moves take no time and
    do not stop the machine, unless they wait or move the filament alone: then it comes to rest
    before them. How far and how fast the firmware itself retracts is not said, so it takes no time.
    """
    kinematics = kinematics_of(limits)
    ahead = LookAhead(smooths=kinematics.smooths)
    for command in commands:
        if type(command) is Move:
            ahead.add(command, kinematics.block(command))
            if ahead.is_full:
                yield from ahead.settled()
            continue
        if isinstance(command, LimitChange):
            kinematics.change(command)
        if rests(command):
            yield from ahead.finished(kinematics.rest2)
            kinematics.stand_still()
            yield command, command.seconds if isinstance(command, Dwell) else 0.0, 0.0
        else:
            ahead.add(command, None)
    yield from ahead.finished(kinematics.rest2)


def rests(command: Command) -> bool:
    """Return whether the machine comes to rest before a command."""
    if isinstance(command, Heat):
        return command.waits
    return isinstance(command, Dwell | FirmwareRetraction | Home | Pause | ToolChange)


class LookAhead:
    """Commands held back until no later move can change how long they take."""

    def __init__(self, *, smooths: bool) -> None:
        self._smooths = smooths
        self._commands: list[Command] = []
        self._places: list[int] = []
        self._blocks: list[Block] = []
        self._room = _BATCH

    @property
    def is_full(self) -> bool:
        """Return whether it is time to let the settled moves go."""
        return len(self._blocks) >= self._room

    def add(self, command: Command, block: Block | None) -> None:
        """Take the next command, with its block when it is a move of some length."""
        if block is not None:
            self._places.append(len(self._commands))
            self._blocks.append(block)
        self._commands.append(command)

    def finished(self, exit2: float) -> Iterator[Planned]:
        """Let everything go: the last move ends with the squared speed `exit2`."""
        count = len(self._commands)
        starts, smooth = self._plan(exit2)
        return self._release(len(self._blocks), count, starts, smooth)

    def settled(self) -> Iterator[Planned]:
        """Let go what comes before the last corner that is taken as fast as a corner can be.

        Planned as if the machine stopped behind the latest move, a start can only rise with more
        moves to come, and there it cannot.
        """
        starts, smooth = self._plan(0.0)
        for index in range(len(self._blocks) - 1, 0, -1):
            if starts[index] == smooth[index] == self._blocks[index].entry2:
                self._room = _BATCH
                return self._release(index, self._places[index], starts, smooth)
        self._room = 2 * len(self._blocks)
        return iter(())

    def _plan(self, exit2: float) -> tuple[list[float], list[float]]:
        starts = starts2(self._blocks, exit2)
        return starts, smooth_starts2(self._blocks, exit2) if self._smooths else starts

    def _release(
        self, moves: int, count: int, starts: list[float], smooth: list[float]
    ) -> Iterator[Planned]:
        blocks, starts = self._blocks[:moves], starts[: moves + 1]
        if self._smooths:
            speeds2 = below_summits2(blocks, starts, smooth[: moves + 1])
            starts = joined(starts, speeds2)
        else:
            speeds2 = [block.cruise2 for block in blocks]
        seconds, speeds = [0.0] * count, [0.0] * count
        times, peaks, speed2 = durations(blocks, starts, speeds2)
        for place, time, peak in zip(self._places[:moves], times, peaks, strict=True):
            seconds[place], speeds[place] = time, peak
        released = zip(self._commands[:count], seconds, speeds, strict=True)
        self._commands = self._commands[count:]
        self._places = [place - count for place in self._places[moves:]]
        self._blocks = self._blocks[moves:]
        if self._blocks:
            self._blocks[0] = self._blocks[0]._replace(entry2=speed2)
        return released
