"""What a file will make, in figures: integers in base units, so that they can be recorded."""

from __future__ import annotations

from msgspec import Struct


class Filament(Struct, frozen=True):
    """What a tool pushes; a density of None means that nobody said it (PrusaSlicer's 0)."""

    diameter_mm: float
    density_g_cm3: float | None


class Placement(Struct, frozen=True):
    """Where on the bed a part of the plate lies: the box around it, seen from above."""

    min_x_mm: float
    min_y_mm: float
    max_x_mm: float
    max_y_mm: float


class Bounds(Struct, frozen=True):
    """The box around moves."""

    min_x_um: int
    min_y_um: int
    min_z_um: int
    max_x_um: int
    max_y_um: int
    max_z_um: int


class FilamentUse(Struct, frozen=True):
    """The filament that one tool takes.

    Args:
        tool: Its number, from 0.
        length_um: How far the filament is pushed at the furthest: what is pulled back and pushed
            again counts once.
        volume_nl: Its volume in nanolitres: 1000 are 1 mm³.
        mass_mg: Its mass; None when the density is not known.
    """

    tool: int
    length_um: int
    volume_nl: int
    mass_mg: int | None


class Summary(Struct, frozen=True):
    """The measured figures of a file.

    Args:
        time_ms: Motion and dwells; not heating, homing and people.
        filaments: One entry for each tool that pushes any, by number.
        layers: Heights at which something is laid down, above the bed; within the placements,
            where some were given. A spiral counts one for each layer height that it rises.
        first_layer_um: The lowest of them, 0 when there is none.
        layer_heights_um: The different distances between neighbouring layers, smallest first.
        height_um: The highest of them.
        laid: The box around everything that is laid down, start g-code included.
        travelled: The box around the ends of all moves.
        objects: How many of the placements get something.
        empty_placements: The numbers, from 0, of those that get nothing.
        max_nozzle_mc: The highest target of a nozzle in m°C; None when the file sets none.
        max_bed_mc: The highest target of the bed in m°C; None when the file sets none.
        retractions: How often filament is pulled back.
    """

    time_ms: int
    filaments: tuple[FilamentUse, ...]
    layers: int
    first_layer_um: int
    layer_heights_um: tuple[int, ...]
    height_um: int
    laid: Bounds | None
    travelled: Bounds | None
    objects: int
    empty_placements: tuple[int, ...]
    max_nozzle_mc: int | None
    max_bed_mc: int | None
    retractions: int

    @property
    def length_um(self) -> int:
        """Return the filament of all tools together."""
        return sum(use.length_um for use in self.filaments)

    @property
    def mass_mg(self) -> int | None:
        """Return the mass of all filament together, None when any is not known."""
        masses = [use.mass_mg for use in self.filaments if use.mass_mg is not None]
        return sum(masses) if len(masses) == len(self.filaments) else None
