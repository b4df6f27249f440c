"""Facts about build plates: parts arranged for one printer class, sliced and run."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.model.events.registry import fact
from farmctl.model.ids import InstanceId, PlateId


class Placed(Struct, frozen=True):
    """One part on a plate.

    Args:
        label: Its position's name in the g-code, `P01`.
        instance: Which ordered part it is.
        variant: Digest of the plan's variant it is made by.
        mesh: Digest of the clean mesh.
        x_um: Where the centre of its footprint lies on the bed.
        y_um: The same.
        rotate_mdeg: Rotation about x, y, z, in thousandths of a degree.
    """

    label: str
    instance: InstanceId
    variant: str
    mesh: str
    x_um: int
    y_um: int
    rotate_mdeg: tuple[int, ...] = (0, 0, 0)


@fact("plate.composed", subject="plate/{plate}")
class PlateComposed(Struct, frozen=True):
    """Parts were arranged for one printer class.

    Args:
        plate: `plate-12`.
        printer_class: `voron-350@3.0.0`.
        profile: `petg-0.4-standard@1.8.2`.
        slicer: Digest of the pinned slicer.
        settings: Digest of the effective settings.
        nozzle_um: The nozzle.
        filaments: `PETG/black`, one for each slot.
        tags: What a printer must have.
        placed: The parts.
        replaces: The run whose failed parts this plate makes again.
    """

    plate: PlateId
    printer_class: str
    profile: str
    slicer: str
    settings: str
    nozzle_um: int
    filaments: tuple[str, ...]
    tags: tuple[str, ...]
    placed: tuple[Placed, ...]
    replaces: str | None = None


class Sliced(Struct, frozen=True):
    """What was measured from the g-code.

    Args:
        time_ms: How long it prints.
        filament_um: Length, of all filaments.
        filament_mg: Weight; None without a density.
        layers: How many.
        height_um: The highest extrusion.
        box_um: x0, y0, x1, y1 of the extrusion.
        objects: How many parts got extrusion.
    """

    time_ms: int
    filament_um: int
    filament_mg: int | None
    layers: int
    height_um: int
    box_um: tuple[int, ...]
    objects: int


@fact("plate.sliced", subject="plate/{plate}")
class PlateSliced(Struct, frozen=True):
    """A plate has g-code.

    Args:
        plate: `plate-12`.
        key: The cache key: equal plates of different orders share one slice.
        gcode: Digest of the canonical g-code.
        model_3mf: Digest of the plate's 3MF.
        settings: Digest of the effective settings.
        slicer: Digest of the slicer that ran.
        cached: Whether no slicer was started.
        summary: What was measured.
        warnings: Codes.
        features: What predictions learn from: layer height, infill, speeds, in base units.
    """

    plate: PlateId
    key: str
    gcode: str
    model_3mf: str
    settings: str
    slicer: str
    cached: bool
    summary: Sliced
    warnings: tuple[str, ...] = ()
    features: Mapping[str, int] | None = None


@fact("plate.slice_failed", subject="plate/{plate}")
class PlateSliceFailed(Struct, frozen=True):
    """A plate cannot be sliced; tried again when an input changes."""

    plate: PlateId
    code: str
    message: str


@fact("plate.voided", subject="plate/{plate}")
class PlateVoided(Struct, frozen=True):
    """A plate that was never started is dropped: replaced, order_canceled or withdrawn."""

    plate: PlateId
    reason: str
    why: str
