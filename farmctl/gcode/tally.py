"""Adding up a toolpath: from columns of moves to the figures of a file."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np

from farmctl.gcode.commands import Dwell, FirmwareRetraction
from farmctl.gcode.figures import FeatureFigures, Figures, LayerFigures
from farmctl.gcode.labels import labels
from farmctl.gcode.levels import NO_LAYER, levels
from farmctl.gcode.reels import uses
from farmctl.gcode.stretches import Flows
from farmctl.gcode.stretches import flows as flows_over
from farmctl.gcode.summary import Filament, FilamentUse, Placement
from farmctl.gcode.targets import Targets, targets
from farmctl.gcode.toolpath import Flags, Floats, Toolpath, Whole, of_each

_WALL = "External perimeter"
_SUPPORTS = ("Support material", "Support material interface")


def tally(
    path: Toolpath,
    filaments: Sequence[Filament],
    placements: Sequence[Placement] = (),
    flows: Flows = flows_over,
) -> Figures:
    """Return the figures of a file whose moves are `path`; `flows` may be a faster one.

    Raises FarmctlError when it uses a tool of which no filament is given.
    """
    used = uses(_furthest_mm(path), filaments)
    found = _Tally(path, filaments, placements)
    per_layer, features, seen = found.per_layer(flows), found.features(), found.targets()
    first = per_layer[0] if per_layer else None
    return Figures(
        time_ms=_thousandths(found.seconds()),
        filament_um=sum(use.length_um for use in used),
        filament_mg=_mass_mg(used),
        layers=len(per_layer),
        height_um=per_layer[-1].z_um if per_layer else 0,
        max_flow_nl_s=max((layer.max_flow_nl_s for layer in per_layer), default=0),
        min_layer_ms=min((layer.time_ms for layer in per_layer), default=0),
        retractions=_retractions(path),
        travel_um=_thousandths(found.travel_mm()),
        first_layer_um2=round(first.volume_nl * 1_000_000 / first.z_um) if first else 0,
        supports_nl=sum(each.volume_nl for each in features if each.name in _SUPPORTS),
        seams=found.seams(),
        nozzle_min_mc=min(seen.nozzle_mc, default=None),
        nozzle_max_mc=max(seen.nozzle_mc, default=None),
        bed_min_mc=min(seen.bed_mc, default=None),
        bed_max_mc=max(seen.bed_mc, default=None),
        fan_min_permille=min(seen.fan_permille, default=0),
        fan_max_permille=max(seen.fan_permille, default=0),
        features=features,
        per_layer=per_layer,
    )


class _Tally:
    """What each move of a toolpath lays, in which layer and as what."""

    def __init__(
        self, path: Toolpath, filaments: Sequence[Filament], placements: Sequence[Placement]
    ) -> None:
        self._path = path
        self._is_laying = (path.de > 0) & ((path.dx != 0) | (path.dy != 0))
        self._lengths = _lengths_mm(path)
        self._volumes = np.where(self._is_laying, path.de * _bores_mm2(path, filaments), 0.0)
        self._labels = labels(path)
        self._levels = levels(path, self._is_laying, placements)
        self._goes_on = _goes_on(path, self._is_laying)
        self._dwells = [(at, each.seconds) for at, each in path.marks if isinstance(each, Dwell)]

    def seconds(self) -> float:
        """Return what all of it takes."""
        return float(self._path.seconds.sum()) + sum(seconds for _, seconds in self._dwells)

    def travel_mm(self) -> float:
        """Return the way of the tool while it lays nothing."""
        return float(self._lengths[~self._is_laying].sum())

    def targets(self) -> Targets:
        """Return the temperatures and fan speeds in layers."""
        return targets(self._path, self._is_laying, self._levels.of_move)

    def seams(self) -> int:
        """Return how many lines hold an external perimeter."""
        is_wall = self._is_laying & self._labels.is_called(_WALL)
        is_wall &= self._levels.of_move != NO_LAYER
        line_of_move = np.cumsum(~self._goes_on)
        return _different(line_of_move[is_wall])

    def features(self) -> tuple[FeatureFigures, ...]:
        """Return the figures of each feature that is laid, by name."""
        laid = np.flatnonzero(self._is_laying)
        of_move = self._labels.of_move[laid]
        columns = self._path.seconds, self._lengths, self._volumes
        sums = [np.bincount(of_move, column[laid], len(self._labels.names)) for column in columns]
        found = np.flatnonzero(np.bincount(of_move)).tolist()
        return tuple(
            FeatureFigures(
                self._labels.names[number], *(_thousandths(each[number]) for each in sums)
            )
            for number in found
        )

    def per_layer(self, flows: Flows) -> tuple[LayerFigures, ...]:
        """Return the figures of each layer, from the lowest."""
        # What belongs to no layer is added up in front, and left out.
        count, of_move = len(self._levels.heights_um) + 1, self._levels.of_move - NO_LAYER
        seconds = np.bincount(of_move, self._path.seconds, count)
        for before, dwell_s in self._dwells:
            if 0 < before < len(of_move) and of_move[before]:
                seconds[of_move[before - 1]] += dwell_s
        volumes = np.bincount(of_move, self._volumes, count)
        peaks = np.zeros(count)
        np.maximum.at(peaks, of_move, self._flows(flows))
        columns = (map(_thousandths, each[1:]) for each in (seconds, volumes, peaks))
        heights_um = self._levels.heights_um.tolist()
        return tuple(map(LayerFigures, heights_um, *columns))

    def _flows(self, flows: Flows) -> Floats:
        """Return the flow over the stretch that ends with each move, 0 without any."""
        lengths = np.where(self._is_laying, self._lengths, 0.0)
        columns = lengths, self._volumes, self._path.speed, self._goes_on
        found = np.zeros(self._path.moves)
        if flows is not flows_over:
            flows(*columns, found)
            return found
        # Plain Python is twice as fast with its own numbers as with those of an array.
        listed = found.tolist()
        lengths_mm, volumes_mm3, speeds, goes_on = (column.tolist() for column in columns)
        flows(lengths_mm, volumes_mm3, speeds, goes_on, listed)
        return np.array(listed)


def _goes_on(path: Toolpath, is_laying: Flags) -> Flags:
    """Return for each move whether it goes on with the line that the move before it lays."""
    goes_on = np.zeros(path.moves, dtype=np.bool_)
    goes_on[1:] = is_laying[1:] & is_laying[:-1]
    changes = [before for before, _ in path.tools if before < path.moves]
    goes_on[changes] = False
    return goes_on


def _different(numbers: Whole) -> int:
    """Return how many different ones there are among sorted numbers."""
    return len(numbers) and 1 + int(np.count_nonzero(numbers[1:] != numbers[:-1]))


def _lengths_mm(path: Toolpath) -> Floats:
    """Return the way of each move; in place, because new memory is what takes time."""
    squares = path.dx * path.dx
    squares += path.dy * path.dy
    squares += path.dz * path.dz
    return np.sqrt(squares, out=squares)


def _bores_mm2(path: Toolpath, filaments: Sequence[Filament]) -> Floats | float:
    """Return for each move the area across its filament, or one for all moves.

    A tool without a filament pushes nothing.
    """
    areas = np.array([*(pi * each.diameter_mm**2 / 4 for each in filaments), 0.0])
    if len(path.tools) == 1:
        return float(areas[min(path.tools[0][1], len(filaments))])
    return areas[np.minimum(of_each(path.moves, path.tools), len(filaments))]


def _pushes_mm(path: Toolpath) -> dict[int, Floats]:
    """Return for each tool what the moves push that are made with it."""
    tools = {tool for _, tool in path.tools}
    if len(tools) == 1:
        return dict.fromkeys(tools, path.de)
    tool_of_move = of_each(path.moves, path.tools)
    return {tool: path.de[tool_of_move == tool] for tool in tools}


def _furthest_mm(path: Toolpath) -> dict[int, float]:
    """Return for each tool how far its filament is pushed at the furthest."""
    return {
        tool: float(np.cumsum(pushes).max(initial=0.0)) for tool, pushes in _pushes_mm(path).items()
    }


def _retractions(path: Toolpath) -> int:
    """Return how often filament is pulled back; a wipe pulls it back in several moves."""
    count = sum(isinstance(each, FirmwareRetraction) and each.pulls_back for _, each in path.marks)
    for pushes in _pushes_mm(path).values():
        is_back = pushes[pushes != 0] < 0
        count += int(is_back[:1].sum()) + int((is_back[1:] & ~is_back[:-1]).sum())
    return count


def _mass_mg(used: Sequence[FilamentUse]) -> int | None:
    masses = [use.mass_mg for use in used if use.mass_mg is not None]
    return sum(masses) if len(masses) == len(used) else None


def _thousandths(figure: float) -> int:
    """Return s in ms, mm in µm, mm³ in nl."""
    return round(float(figure) * 1000)
