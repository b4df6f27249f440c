"""The models, by the first three characters of their serial numbers, as their makers tell. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Model(Struct, frozen=True):
    """What a model can do: mm and °C."""

    name: str
    bed_mm: tuple[float, float]
    height_mm: float
    max_nozzle_c: int = 300
    max_bed_c: int = 100


MODELS: Mapping[str, Model] = {
    "00M": Model("X1 Carbon", (256, 256), 250, max_bed_c=110),
    "00W": Model("X1", (256, 256), 250, max_bed_c=110),
    "03W": Model("X1E", (256, 256), 250, max_nozzle_c=320, max_bed_c=110),
    "01S": Model("P1P", (256, 256), 250),
    "01P": Model("P1S", (256, 256), 250),
    "030": Model("A1 mini", (180, 180), 180, max_bed_c=80),
    "039": Model("A1", (256, 256), 250),
}


def model_of(serial: str) -> Model | None:
    """Return the model that a serial number is of; None for one that is not known here."""
    return MODELS.get(serial[:3])
