"""The filament of each tool: how far it is pushed, and what that weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import pi

from farmctl.errors import FarmctlError
from farmctl.gcode.summary import Filament, FilamentUse


class Reel:
    """The filament of one tool: where it is, and where it was at the furthest."""

    __slots__ = ("at_mm", "furthest_mm", "is_back", "retractions")

    def __init__(self) -> None:
        self.at_mm = self.furthest_mm = 0.0
        self.is_back = False
        self.retractions = 0

    def push(self, de: float) -> None:
        """Push the filament, or pull it back; a wipe pulls it back in several moves."""
        at_mm = self.at_mm = self.at_mm + de
        if de < 0:
            self.retractions += not self.is_back
            self.is_back = True
            return
        self.is_back = False
        if at_mm > self.furthest_mm:
            self.furthest_mm = at_mm


def uses(
    furthest_mm: Mapping[int, float], filaments: Sequence[Filament]
) -> tuple[FilamentUse, ...]:
    """Return what each tool takes that pushes its filament so far.

    Raises FarmctlError for a tool of which no filament is given.
    """
    return tuple(
        _use(tool, length_mm, filaments)
        for tool, length_mm in sorted(furthest_mm.items())
        if length_mm > 0
    )


def _use(tool: int, length_mm: float, filaments: Sequence[Filament]) -> FilamentUse:
    if tool >= len(filaments):
        raise FarmctlError(
            f"the g-code pushes filament with tool {tool}, but {len(filaments)} are known",
            "say the filament of each tool that the profile uses",
        )
    filament = filaments[tool]
    volume_mm3 = length_mm * pi * filament.diameter_mm**2 / 4
    # 1 g/cm³ is 1 mg/mm³.
    mass = None if filament.density_g_cm3 is None else volume_mm3 * filament.density_g_cm3
    return FilamentUse(
        tool=tool,
        length_um=round(length_mm * 1000),
        volume_nl=round(volume_mm3 * 1000),
        mass_mg=None if mass is None else round(mass),
    )
