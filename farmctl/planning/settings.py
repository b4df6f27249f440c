"""The complete settings that a part is sliced with, and what they mean for a bed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache

from msgspec import Struct

from farmctl.model.desired import ClassAt, SlicerAt
from farmctl.planning.packing import Spacing
from farmctl.profiles import recipe as layering
from farmctl.slicing import catalogue

GAP_UM = 2_000
"""Between parts at least: what keeps them apart when one is taken off."""

_SUPPORT_REACH_UM = 3_000  # supports may stand so far outside of a part's outline

Scalar = str | bool | int | float


class Recipe(Struct, frozen=True):
    """Everything that settings are made of.

    Args:
        slicer: Its catalogue is the lowest layer.
        printer_class: The class, at one version.
        profile: `petg-0.4-standard@1.8.2`.
        profile_settings: That version's file.
        nozzle_um: The nozzle.
        supports: none or auto.
        overrides: Settings for this part alone, sorted.
    """

    slicer: SlicerAt
    printer_class: ClassAt
    profile: str
    profile_settings: bytes
    nozzle_um: int
    supports: str = "none"
    overrides: tuple[tuple[str, Scalar], ...] = ()


class Settings(Struct, frozen=True, dict=True):
    """Complete settings: each value, the artifact that slicers get, and its digest."""

    values: Mapping[str, str]
    text: bytes
    digest: str

    @cached_property
    def spacing(self) -> Spacing:
        """Return the room that parts need with them."""
        return spacing_of(self.values)

    @cached_property
    def nozzle_c(self) -> int:
        """Return how hot the nozzle gets."""
        return hottest_c(self.values, "temperature", "first_layer_temperature")

    @cached_property
    def bed_c(self) -> int:
        """Return how hot the bed gets."""
        return hottest_c(self.values, "bed_temperature", "first_layer_bed_temperature")


def settings_of(recipe: Recipe) -> Settings:
    """Return the complete settings.

    Raises InvalidDocuments when a layer says what the slicer does not know, SlicerFailed when the
    catalogue is damaged.
    """
    layers = layering.Recipe(
        machine=recipe.printer_class.pin,
        machine_ini=recipe.printer_class.settings,
        profile=recipe.profile,
        profile_ini=recipe.profile_settings,
        nozzle_um=recipe.nozzle_um,
        supports=recipe.supports,
        overrides=tuple((key, written(value)) for key, value in recipe.overrides),
    )
    return _settings(recipe.slicer.catalogue, layers)


@lru_cache(maxsize=512)
def _settings(known: bytes, layers: layering.Recipe) -> Settings:
    complete = layering.settings_of(layers, catalogue.read(known, "the slicer's catalogue"))
    return Settings(complete.values, complete.text, complete.digest)


def written(value: Scalar) -> str:
    """Return a setting's value as slicers write it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else format(Decimal(str(value)), "f")


def spacing_of(values: Mapping[str, str]) -> Spacing:
    """Return the room that parts need with these settings (names as PrusaSlicer has them).

    A brim lies around every part, a skirt around all of them. Parts that are printed one after
    the other have the bed to themselves.
    """
    around = _brim_um(values) + _reach_um(values)
    skirts = _um(values, "skirts") // 1000
    width_um = 2 * _um(values, "nozzle_diameter")
    skirt_um = _um(values, "skirt_distance") + skirts * width_um if skirts else 0
    alone = values.get("complete_objects") == "1"
    return Spacing(max(GAP_UM, 2 * around), around + skirt_um, alone=alone)


def hottest_c(values: Mapping[str, str], *keys: str) -> int:
    """Return the highest temperature that these settings ask for, in whole °C, rounded up."""
    texts = [each for key in keys for each in values.get(key, "").split(",")]
    return max((-(-_thousandths(each) // 1000) for each in texts), default=0)


def _brim_um(values: Mapping[str, str]) -> int:
    if values.get("brim_type") == "no_brim" or not _um(values, "brim_width"):
        return 0
    return _um(values, "brim_width") + _um(values, "brim_separation")


def _reach_um(values: Mapping[str, str]) -> int:
    raft = _um(values, "raft_first_layer_expansion") if _um(values, "raft_layers") else 0
    return max(raft, _SUPPORT_REACH_UM if values.get("support_material") == "1" else 0)


def _um(values: Mapping[str, str], key: str) -> int:
    """Return a length in mm as µm; the first of a list, and 0 for what is no plain length."""
    return _thousandths(values.get(key, "").split(",")[0])


def _thousandths(text: str) -> int:
    try:
        return max(0, int(Decimal(text.strip()) * 1000))
    except (InvalidOperation, ValueError, OverflowError):
        return 0
