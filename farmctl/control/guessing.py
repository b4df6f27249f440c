"""What is expected of work that is not done yet: figures by rule of thumb, marked as such."""

from __future__ import annotations

from farmctl.ledger.state import State
from farmctl.model.events.plates import PlateSliced, Sliced
from farmctl.model.ids import InstanceId, item_of
from farmctl.model.recorded import PlateRecord

GUESSED = "guessed"
"""The key of a slice that nobody made."""

_SHARE = 0.5  # of a part's volume that is laid down: walls and a fifth of infill
_FLOW_MM3_S = 5.0  # what a 0.4 mm nozzle lays down, turns and travels included
_FILAMENT_MM2 = 2.405  # the cross-section of 1.75 mm filament
_DENSITY_MG_MM3 = 1.24


def guess_slice(state: State, plate: PlateRecord) -> PlateSliced:
    """Return roughly what a plate takes, from the volume of its parts."""
    composed = plate.composed
    volume = sum(_volume_mm3(state, each.instance) for each in composed.placed)
    return PlateSliced(
        plate=composed.plate,
        key=GUESSED,
        gcode=GUESSED,
        model_3mf=GUESSED,
        settings=composed.settings,
        slicer=composed.slicer,
        cached=False,
        summary=guess(volume, len(composed.placed)),
    )


def guess(volume_mm3: int, parts: int = 1) -> Sliced:
    """Return roughly what parts of this volume take together."""
    laid_mm3 = max(1.0, volume_mm3 * _SHARE)
    return Sliced(
        time_ms=round(laid_mm3 / _FLOW_MM3_S * 1000),
        filament_um=round(laid_mm3 / _FILAMENT_MM2 * 1000),
        filament_mg=round(laid_mm3 * _DENSITY_MG_MM3),
        layers=0,
        height_um=0,
        box_um=(),
        objects=parts,
    )


def _volume_mm3(state: State, instance: InstanceId) -> int:
    item = item_of(instance)
    plan = state.plans.get(item)
    checked = state.models.get(plan.written.model) if plan else None
    return checked.volume_mm3 if checked else 0
