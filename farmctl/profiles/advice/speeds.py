"""The speeds that settings mean: some are shares of others."""

from __future__ import annotations

from farmctl.profiles.advice.subject import Subject, share

_SHARE_OF = {
    "external_perimeter_speed": "perimeter_speed",
    "small_perimeter_speed": "perimeter_speed",
    "solid_infill_speed": "infill_speed",
    "top_solid_infill_speed": "solid_infill_speed",
    "support_material_interface_speed": "support_material_speed",
}
PRINTING = (
    "perimeter_speed",
    "external_perimeter_speed",
    "small_perimeter_speed",
    "infill_speed",
    "solid_infill_speed",
    "top_solid_infill_speed",
    "gap_fill_speed",
    "bridge_speed",
    "support_material_speed",
    "support_material_interface_speed",
    "max_print_speed",
)


def speed(subject: Subject, key: str) -> float:
    """Return a speed in mm/s; 0 where the slicer chooses."""
    whole = speed(subject, _SHARE_OF[key]) if key in _SHARE_OF else 0.0
    return share(subject.values.get(key, ""), whole)
