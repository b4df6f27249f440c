"""Reading a file: the compiled scan as far as it gets, then the interpreter for one line."""

from __future__ import annotations

from math import sqrt

import numpy as np

from farmctl.gcode.commands import Command, LimitChange, Move, ToolChange
from farmctl.gcode.compiled.belt import SECONDS, Belt
from farmctl.gcode.compiled.modal import given_to, taken_from
from farmctl.gcode.compiled.queue import Queue
from farmctl.gcode.compiled.scan import scan
from farmctl.gcode.kinematics import NOTHING_MM
from farmctl.gcode.moves import Interpreter
from farmctl.gcode.planner import rests
from farmctl.gcode.toolpath import LABEL, Mark, Rest, label_of

_NOTED_AT_ONCE = 4096
_REMEMBERED = 10_000
"""Different lines whose meaning is kept, because most come again and again."""


class Reading:
    """What the lines of a file do: moves onto a belt, and the rest beside them."""

    def __init__(self, raw: bytes) -> None:
        self.rests: Queue[None] = Queue()
        self.changes: Queue[LimitChange] = Queue()
        self.tools: Queue[int] = Queue()
        self.labels: Queue[str] = Queue()
        self.marks: Queue[Mark] = Queue()
        self.others: Queue[Rest] = Queue()
        self._raw, self._at = raw, 0
        self._letters = np.frombuffer(raw, dtype=np.uint8)
        self._notes = np.empty((_NOTED_AT_ONCE, 3), dtype=np.int64)
        self._interpreter = Interpreter()
        self._modal = taken_from(self._interpreter)
        self._known: dict[bytes, Command | str | None] = {}

    @property
    def is_done(self) -> bool:
        """Return whether the file was read to its end."""
        return self._at >= len(self._raw)

    def read_on(self, belt: Belt) -> None:
        """Read until the belt is full, or to the end of the file."""
        while not belt.is_full and not self.is_done:
            begun = self._at, belt.count
            scanned = scan(self._letters, begun, self._modal, belt.columns, self._notes)
            self._at, belt.count, noted = scanned
            self._take_noted(belt, noted)
            if noted < _NOTED_AT_ONCE:
                self._interpret(belt)

    def _interpret(self, belt: Belt) -> None:
        """Read the line that is not plain, unless there is no room for it, or none left."""
        if belt.is_full or self.is_done:
            return
        begin, self._at = self._at, self._raw.find(b"\n", self._at) + 1 or len(self._raw)
        given_to(self._interpreter, self._modal)
        for command in self._interpreter.read(self._raw[begin : self._at]):
            if type(command) is Move:
                _put(command, belt)
            else:
                self._take(command, belt.first + belt.count)
        self._modal[:] = taken_from(self._interpreter)

    def _take_noted(self, belt: Belt, noted: int) -> None:
        """Take the lines that mean the same wherever they stand."""
        for begin, end, before in self._notes[:noted].tolist():
            line = self._raw[begin:end]
            if line not in self._known:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[line] = self._meaning(line)
            self._take(self._known[line], belt.first + before)

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
            self.labels.add(before, said)
            return
        if rests(said):
            self.rests.add(before, None)
        if isinstance(said, LimitChange):
            self.changes.add(before, said)
        elif isinstance(said, ToolChange):
            self.tools.add(before, said.tool)
            # A heater without a tool of its own is that of the tool in use.
            self._known.clear()
        elif isinstance(said, Mark):
            self.marks.add(before, said._replace(line=0, end=0))
        elif isinstance(said, Rest):
            self.others.add(before, said._replace(line=0, end=0))


def _put(move: Move, belt: Belt) -> None:
    """Put a move onto the belt, unless it has no length."""
    _, _, x, y, z, dx, dy, dz, de, feed, _ = move
    if max(sqrt(dx * dx + dy * dy + dz * dz), abs(de)) >= NOTHING_MM:
        belt.columns[:SECONDS, belt.count] = x, y, z, dx, dy, dz, de, feed
        belt.count += 1
