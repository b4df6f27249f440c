"""What a file makes a machine do, in figures to hold against those of another file.

Integers in base units, so that they can be kept in git and two of them differ only where the print
does. All of it comes from the moves. The one comment that is looked at is `;TYPE:`, by which
PrusaSlicer names what it lays down, because nothing else tells a wall from an infill: the features,
the seams and the supports follow from it, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence

from farmctl.gcode.limits import MotionLimits
from farmctl.gcode.measured import FeatureFigures, Figures, LayerFigures
from farmctl.gcode.summary import Filament, Placement

__all__ = ["FeatureFigures", "Figures", "LayerFigures", "measure_figures"]


def measure_figures(
    raw: bytes,
    *,
    limits: MotionLimits,
    filaments: Sequence[Filament],
    placements: Sequence[Placement] = (),
    many: bool = False,
) -> Figures:
    """Return the figures of a file on a machine with these limits and filaments, one per tool.

    Where it is one of `many`, faster loops are loaded for it.

    Raises FarmctlError when the file uses a tool of which no filament is given.
    """
    from farmctl.gcode.loops import loops_for  # noqa: PLC0415 - numpy, not for who reads figures
    from farmctl.gcode.tally import tally  # noqa: PLC0415 - the same

    loops = loops_for(len(raw), many=many)
    return tally(loops.legs(raw, limits), filaments, placements, loops.flows)
