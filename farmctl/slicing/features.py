"""What predictions will learn from: the settings that decide time, grams and quality, as integers.

Recorded from the first print on, since it cannot be had later.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

_LENGTHS_UM = ("layer_height", "first_layer_height", "nozzle_diameter")
_SPEEDS_UM_S = (
    "perimeter_speed",
    "external_perimeter_speed",
    "infill_speed",
    "solid_infill_speed",
    "travel_speed",
    "first_layer_speed",
)
_COUNTS = ("perimeters", "top_solid_layers", "bottom_solid_layers", "support_material")
_TARGETS_MC = ("temperature", "first_layer_temperature", "bed_temperature")


def features(settings: Mapping[str, str]) -> dict[str, int]:
    """Return the features of complete settings; one that is relative or no number is left out.

    Lengths in µm, speeds in µm/s, infill in thousandths, temperatures in m°C.
    """
    scaled = {
        **{f"{key}_um": (key, 1000) for key in _LENGTHS_UM},
        **{f"{key}_um_s": (key, 1000) for key in _SPEEDS_UM_S},
        **{f"{key}_mc": (key, 1000) for key in _TARGETS_MC},
        **{key: (key, 1) for key in _COUNTS},
    }
    found = {name: _scaled(settings.get(key, ""), scale) for name, (key, scale) in scaled.items()}
    found["infill_permille"] = _scaled(settings.get("fill_density", "").removesuffix("%"), 10)
    return {name: value for name, value in sorted(found.items()) if value is not None}


def _scaled(text: str, scale: int) -> int | None:
    try:
        return int(Decimal(text.partition(",")[0]) * scale)
    except (InvalidOperation, ValueError, OverflowError):
        return None
