"""At which temperatures materials are printed: wide ranges, to catch slips of the hand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

_BASE = re.compile(r"[A-Z]+")


class Range(Struct, frozen=True):
    """From, and to, in °C."""

    lowest: int
    highest: int

    def holds(self, value_c: float) -> bool:
        """Return whether a temperature lies in it."""
        return self.lowest <= value_c <= self.highest


class Material(Struct, frozen=True):
    """Where nozzle and bed are, for a material."""

    nozzle_c: Range
    bed_c: Range


MATERIALS: Mapping[str, Material] = {
    "ABS": Material(Range(220, 275), Range(80, 125)),
    "ASA": Material(Range(225, 280), Range(75, 125)),
    "FLEX": Material(Range(195, 260), Range(0, 80)),
    "HIPS": Material(Range(210, 260), Range(75, 120)),
    "NYLON": Material(Range(230, 300), Range(25, 125)),
    "PA": Material(Range(230, 310), Range(25, 125)),
    "PC": Material(Range(245, 320), Range(80, 140)),
    "PET": Material(Range(210, 290), Range(45, 110)),
    "PETG": Material(Range(210, 275), Range(45, 105)),
    "PLA": Material(Range(175, 240), Range(0, 75)),
    "PP": Material(Range(200, 270), Range(0, 115)),
    "PVA": Material(Range(170, 235), Range(0, 75)),
    "PVB": Material(Range(195, 240), Range(0, 85)),
    "TPE": Material(Range(190, 260), Range(0, 80)),
    "TPU": Material(Range(190, 260), Range(0, 80)),
}
"""By the beginning of a material's name: `PLA+` and `PLA-SILK` are PLA."""


def material_of(name: str) -> Material | None:
    """Return the ranges of a material; None for one that nobody here knows."""
    base = _BASE.match(name.upper())
    return MATERIALS.get(base[0]) if base else None
