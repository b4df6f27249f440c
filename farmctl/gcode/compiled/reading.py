"""Reading a file: the compiled scan as far as it gets, then the interpreter for one line."""

from __future__ import annotations

from math import hypot

import numpy as np

from farmctl.gcode.arcs import MOST_PIECES
from farmctl.gcode.commands import Command, LimitChange, Move, ToolChange
from farmctl.gcode.compiled.modal import given_to, taken_from
from farmctl.gcode.compiled.scan import scan
from farmctl.gcode.kinematics import NOTHING_MM
from farmctl.gcode.moves import Interpreter
from farmctl.gcode.planner import rests
from farmctl.gcode.toolpath import LABEL, Floats, Label, Mark, label_of

_NOTED_AT_ONCE = 4096
_REMEMBERED = 10_000
"""Different lines whose meaning is kept, because most come again and again."""


class Reading:
    """What the lines of a file do: columns of `count` moves, and the rest in lists beside them.

    Each entry of the lists has the number of moves before it; `rests` have nothing else.
    """

    def __init__(self) -> None:
        self.count = 0
        self.moves = _room_for(0)
        self._notes = np.empty((_NOTED_AT_ONCE, 3), dtype=np.int64)
        self.rests: list[int] = []
        self.changes: list[tuple[int, LimitChange]] = []
        self.tools: list[tuple[int, int]] = [(0, 0)]
        self.labels: list[Label] = []
        self.marks: list[tuple[int, Mark]] = []
        self._interpreter = Interpreter()
        self._known: dict[bytes, Command | str | None] = {}

    def read(self, raw: bytes) -> None:
        """Read a whole file."""
        self.moves = _room_for(raw.count(b"\n") + 1)
        letters = np.frombuffer(raw, dtype=np.uint8)
        modal = taken_from(self._interpreter)
        at = 0
        while at < len(raw):
            begun = at, self.count
            at, self.count, noted = scan(letters, begun, modal, self.moves, self._notes)
            self._take_noted(raw, noted)
            if self.count >= self.moves.shape[1] - MOST_PIECES:
                self.moves = _larger(self.moves)
            elif at < len(raw) and noted < _NOTED_AT_ONCE:
                at = self._interpret(raw, at, modal)

    def _interpret(self, raw: bytes, at: int, modal: Floats) -> int:
        """Read one line that is not plain; return where the next one begins."""
        end = raw.find(b"\n", at) + 1 or len(raw)
        given_to(self._interpreter, modal)
        for command in self._interpreter.read(raw[at:end]):
            self._take(command, self.count)
        modal[:] = taken_from(self._interpreter)
        return end

    def _take_noted(self, raw: bytes, noted: int) -> None:
        """Take the lines that mean the same wherever they stand."""
        for begin, end, before in self._notes[:noted].tolist():
            line = raw[begin:end]
            if line not in self._known:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[line] = self._meaning(line)
            self._take(self._known[line], before)

    def _meaning(self, line: bytes) -> Command | str | None:
        """Return the command of a line, or the label, or None when it says nothing."""
        if line.startswith(LABEL):
            return label_of(line)
        return next(self._interpreter.read(line), None)

    def _take(self, said: Command | str | None, before: int) -> None:
        """Take what a line says, with the number of moves before it."""
        if said is None:
            return
        if isinstance(said, str):
            self.labels.append((before, said))
        elif type(said) is Move:
            self._take_move(said)
        else:
            self._take_other(said, before)

    def _take_other(self, command: Command, before: int) -> None:
        if rests(command):
            self.rests.append(before)
        if isinstance(command, LimitChange):
            self.changes.append((before, command))
        elif isinstance(command, ToolChange):
            self.tools.append((before, command.tool))
            # A heater without a tool of its own is that of the tool in use.
            self._known.clear()
        elif isinstance(command, Mark):
            self.marks.append((before, command._replace(line=0, end=0)))

    def _take_move(self, move: Move) -> None:
        _, _, x, y, z, dx, dy, dz, de, feed, _ = move
        if max(hypot(dx, dy, dz), abs(de)) < NOTHING_MM:
            return
        self.moves[:, self.count] = x, y, z, dx, dy, dz, de, feed
        self.count += 1


def _room_for(moves: int) -> Floats:
    """Return columns for so many moves, and for the most that one line can make."""
    return np.empty((8, moves + MOST_PIECES + 1))


def _larger(moves: Floats) -> Floats:
    """Return columns for twice as many, with all that is in these."""
    room = moves.shape[1]
    larger = _room_for(2 * room)
    larger[:, :room] = moves
    return larger
