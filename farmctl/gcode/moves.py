"""Reading g-code as Marlin and Klipper do: bytes in, typed commands out, never an exception.

The dialect is the common ground of both firmwares (marlinfw.org/meta/gcode, Klipper's G-Codes.md):
absolute and relative coordinates, offsets (G92), inches, arcs, several tools. As in Klipper, G90
and G91 leave M82 and M83 alone, and filament is relative when either says so. M220 scales speeds;
M221 is left out, because it corrects a machine's extruder and not the part: PrusaSlicer's and
Klipper's own filament figures leave it out too.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from farmctl.gcode.arcs import arc_between
from farmctl.gcode.commands import Command, FirmwareRetraction, Home, Malformed, Move, ToolChange
from farmctl.gcode.statements import STATEMENTS, other
from farmctl.gcode.words import MOST, Line, read_line

SLOWEST_MM_MIN = 0.001
"""A feed below this is none."""
ROUNDING_MM = 1e-9
"""Below a picometre of filament a move is a travel: what is left comes from adding figures."""
_FIRST_FEED_MM_S = 25.0
"""What Marlin and Klipper move with before the first F."""
_MOST_TOOLS = 64
_PLAIN = bytes.maketrans(b"Ee_", b"@??")
"""Makes float() refuse `1E5` and `1_0`: to firmware `X1E5` is X1 and E5."""
_new = tuple.__new__
"""Makes a move as `Move(…)` does, but without Python: files have a million of them."""
_SEMICOLON, _X, _Y, _Z, _E, _F = b";XYZ@F"


def commands(raw: bytes) -> Iterator[Command]:
    """Yield what each line of `raw` does, in order; comments and empty lines yield nothing."""
    return Interpreter().run(raw)


class Interpreter:
    """The modal state that lines of g-code change and depend on.

    `x, y, z, e` is where the machine is; coordinates of the file are added to `*_origin` (G92).
    """

    def __init__(self) -> None:
        self.x = self.y = self.z = self.e = 0.0
        self.x_origin = self.y_origin = self.z_origin = self.e_origin = 0.0
        self.unit_mm = 1.0
        self.asked_feed = self.feed = _FIRST_FEED_MM_S
        self.speed_factor = 1.0
        self.is_relative = False
        self.is_filament_relative = False
        self.tool = 0
        self._retracted: set[int] = set()
        self._line = 0
        self._end = 0

    def read(self, raw: bytes) -> Iterator[Command]:
        """Yield the commands of one line; neither lines nor bytes are counted."""
        words = raw.translate(_PLAIN).split()
        if words and (words[0] == b"G1" or words[0] == b"G0"):
            with contextlib.suppress(ValueError):
                yield self._plain_move(words)
                return
        yield from self._carefully(raw)

    def run(self, raw: bytes) -> Iterator[Command]:
        """Yield the commands of `raw`, keeping count of lines and bytes."""
        for line in io.BytesIO(raw):
            self._line += 1
            self._end += len(line)
            words = line.translate(_PLAIN).split()
            if not words or words[0][0] == _SEMICOLON:
                continue
            if words[0] == b"G1" or words[0] == b"G0":
                try:
                    yield self._plain_move(words)
                    continue
                except ValueError:
                    pass  # glued or odd words: the careful way reads or refuses them
            yield from self._carefully(line)

    def _plain_move(self, words: list[bytes]) -> Move:
        """Return the move of a plainly written line; raise ValueError for any other."""
        x, y, z, pushed = self.x, self.y, self.z, 0.0
        x_zero, y_zero, z_zero = self._zero()
        unit = self.unit_mm
        feed = 0.0
        for word in words[1:]:
            letter = word[0]
            if letter == _X:
                x = x_zero + float(word[1:]) * unit
            elif letter == _Y:
                y = y_zero + float(word[1:]) * unit
            elif letter == _E:
                pushed = self._pushed(float(word[1:]) * unit)
            elif letter == _F:
                feed = float(word[1:]) * unit
            elif letter == _Z:
                z = z_zero + float(word[1:]) * unit
            elif letter == _SEMICOLON:
                break
            else:
                raise ValueError(word)
        return self._go(x, y, z, pushed, feed)

    def _go(self, x: float, y: float, z: float, de: float, feed: float) -> Move:
        """Move to a place in machine coordinates; `feed` in mm/min, 0 for the one in force."""
        if not abs(x) + abs(y) + abs(z) + abs(de) < MOST:
            raise ValueError("out of this world")
        if SLOWEST_MM_MIN < feed < MOST:
            self.asked_feed = feed / 60
            self.feed = self.asked_feed * self.speed_factor
        dx, dy, dz = x - self.x, y - self.y, z - self.z
        self.x, self.y, self.z = x, y, z
        self.e += de
        fields = (self._line, self._end, x, y, z, dx, dy, dz, de, self.feed, self.tool)
        return _new(Move, fields)

    def _zero(self) -> tuple[float, float, float]:
        """Return what coordinates of the file are added to."""
        if self.is_relative:
            return self.x, self.y, self.z
        return self.x_origin, self.y_origin, self.z_origin

    def _pushed(self, e: float) -> float:
        """Return the filament that an E word of so many mm pushes."""
        if self.is_relative or self.is_filament_relative:
            return e
        pushed = e + self.e_origin - self.e
        return pushed if abs(pushed) > ROUNDING_MM else 0.0

    def _carefully(self, raw: bytes) -> Iterator[Command]:
        """Read a line of any kind."""
        line = read_line(raw, self._line, self._end, self.tool)
        if line is None:
            return
        try:
            if line.code in {"G2", "G3"}:
                yield from self._arc(line)
            else:
                yield self._command(line)
        except ValueError:
            yield Malformed(self._line, self._end, line.text)

    def _command(self, line: Line) -> Command:
        if line.code in {"G0", "G1"}:
            words = line.words()
            feed = words.get("F", 0.0) * self.unit_mm
            return self._go(*self._target(words), self._length(words), feed)
        if line.code in STATEMENTS:
            return STATEMENTS[line.code](line)
        if line.code in self._MODAL:
            return self._MODAL[line.code](self, line)
        if line.code[0] == "T" and line.code[1:].isdigit():
            return self._change_tool(line)
        return other(line)

    def _target(self, words: Mapping[str, float]) -> tuple[float, float, float]:
        """Return the place that X, Y and Z name, in machine coordinates."""
        x_zero, y_zero, z_zero = self._zero()
        unit = self.unit_mm
        return (
            x_zero + words["X"] * unit if "X" in words else self.x,
            y_zero + words["Y"] * unit if "Y" in words else self.y,
            z_zero + words["Z"] * unit if "Z" in words else self.z,
        )

    def _length(self, words: Mapping[str, float]) -> float:
        return self._pushed(words["E"] * self.unit_mm) if "E" in words else 0.0

    def _arc(self, line: Line) -> Iterator[Move]:
        words = line.words()
        x, y, z_end = self._target(words)
        sized = {letter: words[letter] * self.unit_mm for letter in "IJR" if letter in words}
        arc = arc_between((self.x, self.y), (x, y), sized, clockwise=line.code == "G2")
        z, pushed = self.z, self._length(words)
        reach = abs(arc.cx) + abs(arc.cy) + 2 * arc.radius + abs(z) + abs(z_end) + abs(pushed)
        if reach >= MOST:
            raise ValueError(line.text)
        feed, done = words.get("F", 0.0) * self.unit_mm, 0.0
        for px, py, share in arc.pieces():
            yield self._go(px, py, z + (z_end - z) * share, pushed * (share - done), feed)
            done = share

    def _change_tool(self, line: Line) -> Command:
        tool = int(line.code[1:])
        if tool >= _MOST_TOOLS:
            return other(line)
        self.tool = tool
        return ToolChange(line.number, line.end, tool)

    def _home(self, line: Line) -> Command:
        axes = "".join(axis for axis in "XYZ" if axis in line.letters()) or "XYZ"
        if "X" in axes:
            self.x = self.x_origin = 0.0
        if "Y" in axes:
            self.y = self.y_origin = 0.0
        if "Z" in axes:
            self.z = self.z_origin = 0.0
        return Home(line.number, line.end, axes)

    def _set_position(self, line: Line) -> Command:
        """G92: the machine stays where it is, and that place gets the named coordinates.

        Without any it is zero: so in Klipper (gcode_move.py) and PrusaSlicer (GCodeProcessor.cpp).
        Marlin does nothing then (G92.cpp).
        """
        words = {letter: value * self.unit_mm for letter, value in line.words().items()}
        words = words or dict.fromkeys("XYZE", 0.0)
        if "X" in words:
            self.x_origin = self.x - words["X"]
        if "Y" in words:
            self.y_origin = self.y - words["Y"]
        if "Z" in words:
            self.z_origin = self.z - words["Z"]
        if "E" in words:
            self.e_origin = self.e - words["E"]
        return other(line)

    def _retract(self, line: Line) -> Command:
        """G10 and G11: what is back already is not pulled back again, and the other way round.

        So in Marlin (fwretract.cpp), for each extruder, and in Klipper (firmware_retraction.py).
        """
        pulls_back = line.code == "G10"
        # With other words G10 is another command: tool offsets (RepRapFirmware), coordinates (CNC).
        if line.words().keys() - {"S"} or pulls_back == (self.tool in self._retracted):
            return other(line)
        self._retracted ^= {self.tool}
        return FirmwareRetraction(line.number, line.end, pulls_back)

    def _set_speed_factor(self, line: Line) -> Command:
        percent = line.words().get("S", 0.0)
        if 1 <= percent < MOST:
            self.speed_factor = percent / 100
            self.feed = self.asked_feed * self.speed_factor
        return other(line)

    def _set_mode(self, line: Line) -> Command:
        match line.code:
            case "G90" | "G91":
                self.is_relative = line.code == "G91"
            case "M82" | "M83":
                self.is_filament_relative = line.code == "M83"
            case _:
                self.unit_mm = 25.4 if line.code == "G20" else 1.0
        return other(line)

    _MODAL: ClassVar[dict[str, Callable[[Interpreter, Line], Command]]] = {
        "G10": _retract,
        "G11": _retract,
        "G20": _set_mode,
        "G21": _set_mode,
        "G28": _home,
        "G90": _set_mode,
        "G91": _set_mode,
        "G92": _set_position,
        "M82": _set_mode,
        "M83": _set_mode,
        "M220": _set_speed_factor,
    }
    """The commands that change what later lines mean, or depend on earlier ones."""
