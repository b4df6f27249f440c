"""Measuring a file from its moves: what its comments claim is never looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from farmctl.gcode.commands import Command, FirmwareRetraction, Heat, Heater, Move
from farmctl.gcode.extent import Extent, bounds
from farmctl.gcode.layers import Layers
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.moves import commands
from farmctl.gcode.parts import Parts
from farmctl.gcode.planner import planned
from farmctl.gcode.reels import Reel, uses
from farmctl.gcode.summary import Filament, Placement, Summary


def measure(
    raw: bytes,
    *,
    limits: MotionLimits,
    filaments: Sequence[Filament],
    placements: Sequence[Placement] = (),
) -> Summary:
    """Return the figures of a file on a machine with these limits and filaments, one per tool.

    Raises FarmctlError when the file uses a tool of which no filament is given.
    """
    return measure_commands(
        commands(raw), limits=limits, filaments=filaments, placements=placements
    )


def measure_commands(
    program: Iterable[Command],
    *,
    limits: MotionLimits,
    filaments: Sequence[Filament],
    placements: Sequence[Placement] = (),
) -> Summary:
    """Return the same of the commands of a file. Raises as `measure` does."""
    measurement = _Measurement(placements)
    elapsed_s = 0.0
    for command, seconds, _ in planned(program, limits):
        elapsed_s += seconds
        if type(command) is Move:
            measurement.add_move(command)
        else:
            measurement.add(command)
    return measurement.summary(elapsed_s, filaments)


class _Measurement:
    """Figures that grow command by command."""

    def __init__(self, placements: Sequence[Placement]) -> None:
        self._reels: dict[int, Reel] = {}
        # Each move ends in one of the last two, so that it is looked at once.
        self._starts, self._laid, self._others = Extent(), Extent(), Extent()
        self._layers, self._parts = Layers(placements), Parts(placements)
        self._max_mc: dict[Heater, int] = {}
        self._was_laying = False
        self._firmware_retractions = 0

    def add(self, command: Command) -> None:
        """Take a command that does not move the tool."""
        if isinstance(command, Heat):
            target_mc = round(command.target_c * 1000)
            self._max_mc[command.heater] = max(target_mc, self._max_mc.get(command.heater, 0))
        elif isinstance(command, FirmwareRetraction) and command.pulls_back:
            self._firmware_retractions += 1

    def add_move(self, move: Move) -> None:
        """Take a move."""
        _, _, x, y, z, dx, dy, dz, de, _, tool = move
        if de:
            reel = self._reels.get(tool)
            if reel is None:
                reel = self._reels[tool] = Reel()
            reel.push(de)
        if de <= 0 or not (dx or dy):
            self._was_laying = False
            if dx or dy or dz:
                self._others.include(x, y, z)
            return
        if not self._was_laying:
            self._was_laying = True
            self._starts.include(x - dx, y - dy, z - dz)
            self._parts.add(x - dx, y - dy)
        self._laid.include(x, y, z)
        if z != self._layers.latest_z:
            self._layers.add(x, y, z, rises=dz != 0)
        self._parts.add(x, y)

    def summary(self, elapsed_s: float, filaments: Sequence[Filament]) -> Summary:
        """Return the figures so far."""
        retractions = sum(reel.retractions for reel in self._reels.values())
        furthest_mm = {tool: reel.furthest_mm for tool, reel in self._reels.items()}
        levels_um = self._layers.levels_um()
        return Summary(
            time_ms=round(elapsed_s * 1000),
            filaments=uses(furthest_mm, filaments),
            layers=len(levels_um),
            first_layer_um=levels_um[0] if levels_um else 0,
            layer_heights_um=self._layers.heights_um(),
            height_um=levels_um[-1] if levels_um else 0,
            laid=bounds(self._laid, self._starts),
            travelled=bounds(self._laid, self._others),
            objects=self._parts.found,
            empty_placements=self._parts.missing(),
            max_nozzle_mc=self._max_mc.get(Heater.NOZZLE),
            max_bed_mc=self._max_mc.get(Heater.BED),
            retractions=retractions + self._firmware_retractions,
        )
