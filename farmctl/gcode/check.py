"""Whether a machine may run a file: judged from what the file does, before anything is sent.

The nozzle lays filament down only above the bed. Start g-code is the exception: a purge line runs
beside many beds (Y-3 on a Prusa MK3). It belongs to the class, which people reviewed, so everything
before the first layer or object that the slicer marks may lie as far outside as the margin that the
machine travels in. A mark can only relax the bed to that margin; a file without marks is all print.

Only the ends of moves are looked at, which is exact where the bed is convex. What macros do is the
printer's own: a file is checked for what it says itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from farmctl.gcode.commands import Command, Heat, Heater, Malformed, Move, Other
from farmctl.gcode.findings import FORBIDDEN, Finding
from farmctl.gcode.moves import commands
from farmctl.gcode.polygon import Point, Polygon

_FIRST_MARK = re.compile(rb"^(?:;LAYER_CHANGE|; printing object )", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{[a-z_][^}]*\}|\[[a-z_]\w*\]")
_SHOWN = 60
_ROUNDING_MM = 0.01
_DEEPEST_MM = 1.0
"""Z offsets and probing go a little below 0; further down is the bed."""


class PrintSpace(Struct, frozen=True):
    """What machines of a class can do, and may.

    Args:
        bed: The corners of the bed in mm, in order.
        height_mm: How high it prints.
        max_nozzle_c: The highest nozzle target; None when nobody said.
        max_bed_c: The highest bed target; None when nobody said.
        margin_mm: How far outside the bed the tool travels, for purging, wiping and parking.
    """

    bed: tuple[Point, ...]
    height_mm: float
    max_nozzle_c: float | None = None
    max_bed_c: float | None = None
    margin_mm: float = 10.0


def check(raw: bytes, space: PrintSpace) -> list[Finding]:
    """Return what is wrong with a file for a machine, by line; the same thing only once."""
    inspection = Inspection(space, raw)
    for _ in inspection.passing(commands(raw)):
        pass
    return inspection.findings()


def body_at(raw: bytes) -> int:
    """Return the offset of the first line that the slicer marks as its own, 0 without marks."""
    mark = _FIRST_MARK.search(raw)
    return mark.start() if mark else 0


class Inspection:
    """Looks at one command of a file after the other.

    Args:
        space: What machines of the class may do.
        raw: The file.
    """

    def __init__(self, space: PrintSpace, raw: bytes) -> None:
        self._space = space
        self._bed = Polygon(space.bed)
        self._body_at = body_at(raw)
        self._faults: dict[tuple[str, str], _Fault] = {}
        self._lays = False

    def passing(self, program: Iterable[Command]) -> Iterator[Command]:
        """Look at each command and hand it on: who measures a file need not read it again."""
        for command in program:
            if type(command) is Move:
                self.inspect_move(command)
            else:
                self.inspect(command)
            yield command

    def findings(self) -> list[Finding]:
        """Return what was found, by line; the same thing only once."""
        found = [
            Finding(fault.line, code, fault.message) for (code, _), fault in self._faults.items()
        ]
        if not self._lays:
            found.append(Finding(0, "no-extrusion", "nothing is laid down"))
        return sorted(found)

    @property
    def has_faults(self) -> bool:
        """Return whether anything was found so far."""
        return bool(self._faults)

    def inspect_move(self, move: Move) -> None:
        """Look at where a move goes."""
        _, end, x, y, z, dx, dy, _, de, _, _ = move
        if z < -_DEEPEST_MM:
            self._blame(move, "below-bed", "goes {} mm into the bed", -z)
        if de <= 0 or not (dx or dy):
            self._inspect_travel(move)
            return
        is_start = end <= self._body_at
        self._lays = self._lays or not is_start
        start_mm, end_mm = self._bed.outside_mm(x - dx, y - dy), self._bed.outside_mm(x, y)
        allowed_mm = self._space.margin_mm if is_start else 0.0
        if start_mm > allowed_mm + _ROUNDING_MM or end_mm > allowed_mm + _ROUNDING_MM:
            text = "lays filament down {} mm outside the bed"
            self._blame(move, "outside-bed", text, max(start_mm, end_mm))
        if z > self._space.height_mm + _ROUNDING_MM:
            text = f"lays filament down at {{}} mm, the machine prints {self._space.height_mm:g} mm"
            self._blame(move, "above-height", text, z)

    def _inspect_travel(self, move: Move) -> None:
        if move.dx or move.dy:
            outside_mm = self._bed.outside_mm(move.x, move.y)
            if outside_mm > self._space.margin_mm + _ROUNDING_MM:
                self._blame(move, "outside-margin", "goes {} mm outside the bed", outside_mm)

    def inspect(self, command: Command) -> None:
        """Look at a command that does not move the tool."""
        match command:
            case Heat(heater=Heater.NOZZLE):
                self._inspect_heat(command, "nozzle-too-hot", self._space.max_nozzle_c)
            case Heat(heater=Heater.BED):
                self._inspect_heat(command, "bed-too-hot", self._space.max_bed_c)
            case Malformed(text=text):
                self._inspect_text(command, text)
                self._blame(command, "malformed-command", f"`{text[:_SHOWN]}` cannot be read")
            case Other(code=code, text=text):
                self._inspect_text(command, text)
                if code in FORBIDDEN:
                    text = f"`{code}` {FORBIDDEN[code]}"
                    self._blame(command, "forbidden-command", text, subject=code)
            case _:
                pass

    def _inspect_heat(self, heat: Heat, code: str, most_c: float | None) -> None:
        if most_c is not None and heat.target_c > most_c:
            text = f"{heat.heater} target {{}} °C, the class allows {most_c:g} °C"
            self._blame(heat, code, text, heat.target_c)

    def _inspect_text(self, command: Command, text: str) -> None:
        placeholder = _PLACEHOLDER.search(text)
        if placeholder:
            name = placeholder[0][:_SHOWN]
            self._blame(command, "placeholder-left", f"`{name}` was left as it is", subject=name)

    def _blame(
        self,
        command: Command,
        code: str,
        text: str,
        worst: float | None = None,
        *,
        subject: str = "",
    ) -> None:
        """Remember a fault, once for each code and subject.

        With `worst`, `{}` in the text stands for the greatest of them.
        """
        fault = self._faults.setdefault((code, subject), _Fault(command.line, text))
        fault.times += 1
        if worst is not None:
            fault.worst = max(worst, fault.worst or worst)


class _Fault(Struct):
    """Where something is wrong first, how often, and how bad at worst."""

    line: int
    text: str
    times: int = 0
    worst: float | None = None

    @property
    def message(self) -> str:
        """Return the text with the worst figure, and how often."""
        text = self.text
        if self.worst is not None:
            text = text.replace("{}", f"{self.worst:.1f}", 1)
        return text if self.times == 1 else f"{text} ({self.times} times)"
