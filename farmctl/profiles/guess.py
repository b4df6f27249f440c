"""What settings tell about themselves: material, nozzle, quality, bed, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from farmctl.slicing import ini

_FINE_UP_TO = Decimal("0.3")  # layer height as a share of the nozzle
_DRAFT_FROM = Decimal("0.65")
_POINT = re.compile(r"(-?[\d.]+)x(-?[\d.]+)")


class Facts(Struct, frozen=True):
    """What a class and a profile say about themselves.

    Args:
        material: `PETG`; empty when nothing tells.
        quality: draft, standard, fine; empty when nothing tells.
        nozzle_um: 0 when nothing tells.
        bed_um: The corners of the bed.
        height_um: How high a print may be.
        nozzle_c: The hottest that these settings ask of the nozzle.
        bed_c: The hottest that they ask of the bed.
        profile_name: From the file's name, or from material, nozzle and quality.
        class_name: From the printer's name in the settings, or from the bed.
    """

    material: str
    quality: str
    nozzle_um: int
    bed_um: tuple[tuple[int, int], ...]
    height_um: int
    nozzle_c: int
    bed_c: int
    profile_name: str
    class_name: str

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what a person must say, as they would call it."""
        said = {"material": self.material, "nozzle": self.nozzle_um, "quality": self.quality}
        return tuple(name for name, value in said.items() if not value)


def facts(
    values: Mapping[str, str],
    file: str,
    material: str | None = None,
    quality: str | None = None,
    nozzle_um: int | None = None,
) -> Facts:
    """Return what the settings tell; what a person says wins."""
    material = _material(material or _first(values, "filament_type").strip('"'))
    nozzle_um = nozzle_um or _um(_first(values, "nozzle_diameter"))
    quality = quality or _quality(_um(values.get("layer_height", "")), nozzle_um)
    bed_um = tuple((_um(x), _um(y)) for x, y in _POINT.findall(values.get("bed_shape", "")))
    return Facts(
        material=material,
        quality=quality,
        nozzle_um=nozzle_um,
        bed_um=bed_um,
        height_um=_um(values.get("max_print_height", "")),
        nozzle_c=_hottest(values, "temperature", "first_layer_temperature"),
        bed_c=_hottest(values, "bed_temperature", "first_layer_bed_temperature"),
        profile_name=_profile_name(file, material, nozzle_um, quality),
        class_name=_class_name(values, bed_um),
    )


def slug(text: str) -> str:
    """Return a name that a folder and a farm can have: `My PETG (2)` becomes `my-petg-2`."""
    joined = re.sub(r"[^a-z0-9.]+", "-", text.lower())
    return re.sub(r"[.-]{2,}", "-", joined).strip("-.")


def _material(text: str) -> str:
    return re.sub(r"[^A-Z0-9+]+", "-", text.upper()).strip("-")


def _first(values: Mapping[str, str], key: str) -> str:
    return re.split("[,;]", values.get(key, ""))[0].strip()


def _um(text: str) -> int:
    try:
        return int(Decimal(text) * 1000)
    except (InvalidOperation, ValueError, OverflowError):
        return 0


def _quality(layer_um: int, nozzle_um: int) -> str:
    if not layer_um or not nozzle_um:
        return ""
    share = Decimal(layer_um) / nozzle_um
    if share <= _FINE_UP_TO:
        return "fine"
    return "draft" if share >= _DRAFT_FROM else "standard"


def _hottest(values: Mapping[str, str], *keys: str) -> int:
    figures = [_um(text) for key in keys for text in values.get(key, "").split(",")]
    return max(1000, *figures) // 1000  # a limit of nothing would be none


def _profile_name(file: str, material: str, nozzle_um: int, quality: str) -> str:
    stem, _, ending = file.rsplit("/", 1)[-1].rpartition(".")
    if ending.lower() == "ini" and slug(stem):
        name = slug(stem)
        return name if slug(material) in name else f"{slug(material)}-{name}"
    return slug(f"{material}-{ini.millimetres(nozzle_um)}-{quality}")


def _class_name(values: Mapping[str, str], bed_um: tuple[tuple[int, int], ...]) -> str:
    for key in ("printer_model", "printer_settings_id"):
        name = slug(values.get(key, "").strip('"'))
        if name:
            return name
    widest = max((x for x, _ in bed_um), default=0) - min((x for x, _ in bed_um), default=0)
    return f"own-{widest // 1000}"
