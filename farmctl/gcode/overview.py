"""A file at a glance: its summary, where it is surely all right.

Beds are convex, so that a file whose furthest moves are all right is all right in between. Where
that does not settle it, nothing is said here: then each line has to be looked at (`check`).
"""

from __future__ import annotations

from collections.abc import Sequence

from farmctl.gcode.check import Inspection, PrintSpace, body_at
from farmctl.gcode.commands import Dwell, FirmwareRetraction, Heat, Heater
from farmctl.gcode.extent import Extent, bounds
from farmctl.gcode.layers import heights_between
from farmctl.gcode.levels import levels
from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.loops import Loops
from farmctl.gcode.polygon import Polygon
from farmctl.gcode.reels import uses
from farmctl.gcode.runs import Runs, runs_of
from farmctl.gcode.sight import Sight
from farmctl.gcode.stretches import OpenStretch
from farmctl.gcode.summary import Filament, Placement, Summary


def summary_at_a_glance(  # noqa: PLR0913 - what is asked of a file has six parts
    raw: bytes,
    space: PrintSpace,
    loops: Loops,
    *,
    limits: MotionLimits,
    filaments: Sequence[Filament],
    placements: Sequence[Placement] = (),
) -> Summary | None:
    """Return what `measure` says of a file, if it surely may run; None where `check` has to tell.

    Raises FarmctlError when the file uses a tool of which no filament is given.
    """
    start = raw[: body_at(raw)]
    sight = Sight(sum(leg.moves for leg in loops.legs(start, limits)), placements)
    legs = sight.passing(loops.legs(raw, limits))
    runs = runs_of(legs, filaments, placements, OpenStretch(loops.flows))
    if not _is_surely_fine(sight, runs, space):
        return None
    return _summary(sight, runs, filaments)


def _is_surely_fine(sight: Sight, runs: Runs, space: PrintSpace) -> bool:
    """Return whether nothing that was seen can be wrong."""
    heats = (each for _, each in runs.marks if isinstance(each, Heat))
    said = Inspection(space, b"")
    for each in (*sight.said, *heats):
        said.inspect(each)
    return not said.has_faults and _is_within(sight, space)


def _is_within(sight: Sight, space: PrintSpace) -> bool:
    """Return whether all is laid where it may be, and something is."""
    bed = Polygon(space.bed)
    heights_mm = [z for each in (sight.laid, sight.others) for _, _, z in each.corners()]
    return (
        bool(sight.in_body.corners())
        and bed.is_convex
        and _furthest_mm(bed, sight.in_body) <= 0.0
        and _furthest_mm(bed, sight.in_start) <= space.margin_mm
        and all(0.0 <= z <= space.height_mm for z in heights_mm)
    )


def _furthest_mm(bed: Polygon, extent: Extent) -> float:
    """Return how far the corners of a box are outside; nothing in it is further."""
    corners = extent.corners()
    xs, ys = [x for x, _, _ in corners], [y for _, y, _ in corners]
    return max((bed.outside_mm(x, y) for x in xs for y in ys), default=0.0)


def _summary(sight: Sight, runs: Runs, filaments: Sequence[Filament]) -> Summary:
    dwells_s = sum(each.seconds for _, each in runs.marks if isinstance(each, Dwell))
    by_firmware = [each for _, each in runs.marks if isinstance(each, FirmwareRetraction)]
    retractions = [reel.retractions for reel in runs.reels.values()]
    levels_um = levels(runs.of).heights_um.tolist()
    return Summary(
        time_ms=round((float(runs.of.seconds.sum()) + dwells_s) * 1000),
        filaments=uses({tool: reel.furthest_mm for tool, reel in runs.reels.items()}, filaments),
        layers=len(levels_um),
        first_layer_um=levels_um[0] if levels_um else 0,
        layer_heights_um=heights_between(levels_um),
        height_um=levels_um[-1] if levels_um else 0,
        laid=bounds(sight.laid, sight.begun),
        travelled=bounds(sight.laid, sight.others),
        objects=sight.parts.found,
        empty_placements=sight.parts.missing(),
        max_nozzle_mc=_hottest_mc(runs, Heater.NOZZLE),
        max_bed_mc=_hottest_mc(runs, Heater.BED),
        retractions=sum(retractions) + sum(each.pulls_back for each in by_firmware),
    )


def _hottest_mc(runs: Runs, heater: Heater) -> int | None:
    heats = (each for _, each in runs.marks if isinstance(each, Heat) and each.heater is heater)
    return max((round(each.target_c * 1000) for each in heats), default=None)
