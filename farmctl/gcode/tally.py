"""Adding up a toolpath: from legs of moves to the figures of a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from farmctl.gcode.commands import Dwell, FirmwareRetraction
from farmctl.gcode.figures import FeatureFigures, Figures, LayerFigures
from farmctl.gcode.labels import labels
from farmctl.gcode.levels import NO_LAYER, levels
from farmctl.gcode.reels import uses
from farmctl.gcode.runs import Runs, runs_of
from farmctl.gcode.stretches import Flows, OpenStretch
from farmctl.gcode.stretches import flows as flows_over
from farmctl.gcode.summary import Filament, FilamentUse, Placement
from farmctl.gcode.targets import Targets, targets
from farmctl.gcode.toolpath import Leg, Whole

_WALL = "External perimeter"
_SUPPORTS = ("Support material", "Support material interface")


def tally(
    legs: Iterable[Leg],
    filaments: Sequence[Filament],
    placements: Sequence[Placement] = (),
    flows: Flows = flows_over,
) -> Figures:
    """Return the figures of a file that makes these moves; `flows` may be a faster one.

    Raises FarmctlError when it uses a tool of which no filament is given.
    """
    runs = runs_of(legs, filaments, placements, OpenStretch(flows))
    used = uses({tool: reel.furthest_mm for tool, reel in runs.reels.items()}, filaments)
    found = _Tally(runs)
    per_layer, features, seen = found.per_layer(), found.features(), found.targets()
    first = per_layer[0] if per_layer else None
    return Figures(
        time_ms=_thousandths(found.seconds()),
        filament_um=sum(use.length_um for use in used),
        filament_mg=_mass_mg(used),
        layers=len(per_layer),
        height_um=per_layer[-1].z_um if per_layer else 0,
        max_flow_nl_s=max((layer.max_flow_nl_s for layer in per_layer), default=0),
        min_layer_ms=min((layer.time_ms for layer in per_layer), default=0),
        retractions=found.retractions(),
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
    """What each run lays, in which layer and as what."""

    def __init__(self, runs: Runs) -> None:
        self._runs, self._of = runs, runs.of
        self._labels = labels(runs)
        self._levels = levels(runs.of)
        self._dwells = [(at, each.seconds) for at, each in runs.marks if isinstance(each, Dwell)]

    def seconds(self) -> float:
        """Return what all of it takes."""
        return float(self._of.seconds.sum()) + sum(seconds for _, seconds in self._dwells)

    def travel_mm(self) -> float:
        """Return the way of the tool while it lays nothing."""
        return float(self._of.lengths[~self._of.is_laying].sum())

    def retractions(self) -> int:
        """Return how often filament is pulled back; a wipe pulls it back in several moves."""
        marks = (each for _, each in self._runs.marks if isinstance(each, FirmwareRetraction))
        of_firmware = sum(each.pulls_back for each in marks)
        return of_firmware + sum(reel.retractions for reel in self._runs.reels.values())

    def targets(self) -> Targets:
        """Return the temperatures and fan speeds in layers."""
        return targets(self._runs, self._levels.of_run)

    def seams(self) -> int:
        """Return how many lines hold an external perimeter."""
        is_wall = self._of.is_laying & self._labels.is_called(_WALL)
        is_wall &= self._levels.of_run != NO_LAYER
        line_of_run: Whole = np.cumsum(~self._of.goes_on)
        return _different(line_of_run[is_wall])

    def features(self) -> tuple[FeatureFigures, ...]:
        """Return the figures of each feature that is laid, by name."""
        of_run = self._labels.of_run[self._of.is_laying]
        columns = self._of.seconds, self._of.lengths, self._of.volumes
        count = len(self._labels.names)
        sums = [np.bincount(of_run, column[self._of.is_laying], count) for column in columns]
        found = np.flatnonzero(np.bincount(of_run)).tolist()
        return tuple(
            FeatureFigures(
                self._labels.names[number], *(_thousandths(each[number]) for each in sums)
            )
            for number in found
        )

    def per_layer(self) -> tuple[LayerFigures, ...]:
        """Return the figures of each layer, from the lowest."""
        # What belongs to no layer is added up in front, and left out.
        count, of_run = len(self._levels.heights_um) + 1, self._levels.of_run - NO_LAYER
        seconds = np.bincount(of_run, self._of.seconds, count)
        for before, dwell_s in self._dwells:
            at = int(np.searchsorted(self._of.begins, before))
            if 0 < at < len(of_run) and of_run[at]:
                seconds[of_run[at - 1]] += dwell_s
        volumes = np.bincount(of_run, self._of.volumes, count)
        peaks = np.zeros(count)
        np.maximum.at(peaks, of_run, self._of.flows)
        columns = (map(_thousandths, each[1:]) for each in (seconds, volumes, peaks))
        heights_um = self._levels.heights_um.tolist()
        return tuple(map(LayerFigures, heights_um, *columns))


def _different(numbers: Whole) -> int:
    """Return how many different ones there are among sorted numbers."""
    return len(numbers) and 1 + int(np.count_nonzero(numbers[1:] != numbers[:-1]))


def _mass_mg(used: Sequence[FilamentUse]) -> int | None:
    masses = [use.mass_mg for use in used if use.mass_mg is not None]
    return sum(masses) if len(masses) == len(used) else None


def _thousandths(figure: float) -> int:
    """Return s in ms, mm in µm, mm³ in nl."""
    return round(float(figure) * 1000)
