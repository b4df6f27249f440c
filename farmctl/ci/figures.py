"""The figures that are kept, compared and shown: their names, units, and what bounds each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from farmctl.gcode.measured import FeatureFigures
from farmctl.gcode.measured import Figures as Whole
from farmctl.model.baseline import Figures

SHARE = "share_permille."
"""Before the name of a feature: how much of all plastic goes into it."""


class Kind(Struct, frozen=True):
    """One figure.

    Args:
        name: As it is kept, with its base unit: `time_ms`.
        label: What people call it.
        unit: What they read it in; empty for a count.
        scale: How many base units that is.
        bound: The key of `expect` in a golden model that bounds it.
        weight: How much a change of it counts when changes are put in order.
    """

    name: str
    label: str
    unit: str
    scale: int
    bound: str
    weight: int = 1


FIGURES: tuple[Kind, ...] = (
    Kind("time_ms", "time", "s", 1000, "time_s", 3),
    Kind("filament_um", "filament", "mm", 1000, "filament_mm", 3),
    Kind("filament_mg", "filament", "g", 1000, "filament_g", 3),
    Kind("layers", "layers", "", 1, "layers", 3),
    Kind("height_um", "height", "mm", 1000, "height_mm", 3),
    Kind("max_flow_nl_s", "highest flow", "mm³/s", 1000, "max_flow_mm3_s", 2),
    Kind("min_layer_ms", "shortest layer", "s", 1000, "min_layer_s", 2),
    Kind("retractions", "retractions", "", 1, "retractions"),
    Kind("travel_um", "travel", "mm", 1000, "travel_mm"),
    Kind("first_layer_um2", "first layer", "mm²", 1_000_000, "first_layer_mm2", 2),
    Kind("supports_nl", "supports", "mm³", 1000, "supports_mm3", 2),
    Kind("seams", "seams", "", 1, "seams"),
    Kind("nozzle_min_mc", "coolest nozzle", "°C", 1000, "nozzle_c", 2),
    Kind("nozzle_max_mc", "hottest nozzle", "°C", 1000, "nozzle_c", 2),
    Kind("bed_min_mc", "coolest bed", "°C", 1000, "bed_c", 2),
    Kind("bed_max_mc", "hottest bed", "°C", 1000, "bed_c", 2),
    Kind("fan_min_permille", "slowest fan", "%", 10, "fan_percent"),
    Kind("fan_max_permille", "fastest fan", "%", 10, "fan_percent"),
)
_BY_NAME = {each.name: each for each in FIGURES}


def flat(whole: Whole) -> Figures:
    """Return what is kept of a measurement: one whole number for each name; unknown ones not."""
    found = {each.name: getattr(whole, each.name) for each in FIGURES}
    known = {name: value for name, value in found.items() if value is not None}
    return known | _shares(whole.features)


def _shares(features: tuple[FeatureFigures, ...]) -> dict[str, int]:
    total = sum(each.volume_nl for each in features)
    laid = [each for each in features if each.volume_nl > 0]
    return {SHARE + slug(each.name): round(1000 * each.volume_nl / total) for each in laid}


def slug(feature: str) -> str:
    """Return a feature as documents name it: `External perimeter` is `external-perimeter`."""
    words = "".join(each if each.isalnum() else " " for each in feature.lower()).split()
    return "-".join(words) or "unnamed"


def kind_of(name: str) -> Kind:
    """Return what a figure is; one of a feature is its share in percent."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    return Kind(name, f"share of {name.removeprefix(SHARE)}", "%", 10, "share_percent")


def in_order(*several: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of all figures in the order that people read them."""
    names = {name for each in several for name in each}
    fixed = [each.name for each in FIGURES if each.name in names]
    return (*fixed, *sorted(names - set(fixed)))


def in_units(name: str, value: int) -> Decimal:
    """Return a figure in the unit that people read it in."""
    return Decimal(value) / kind_of(name).scale


def said(name: str, value: int | None) -> str:
    """Return `1h 02m 03s`, `3.72 g`, `412`, or `-` for one that is not known."""
    if value is None:
        return "-"
    if name == "time_ms":
        return _time(value)
    kind = kind_of(name)
    places = 0 if kind.scale == 1 else 2 if kind.scale <= 1000 else 1
    number = f"{in_units(name, value):,.{places}f}"
    shown = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{shown} {kind.unit}".rstrip()


def _time(ms: int) -> str:
    seconds = round(ms / 1000)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours:
        return f"{hours}h {minutes:02}m {rest:02}s"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"


def permille(before: int, after: int) -> int | None:
    """Return by how many thousandths a figure is more or less; None from nothing to something."""
    if before == after:
        return 0
    return None if before == 0 else round(1000 * (after - before) / before)


def change_said(before: int | None, after: int | None) -> str:
    """Return `+3.2 %`; `=` for no change, `new` and `gone` where one is not known or nothing."""
    if before == after:
        return "="
    if before is None or after is None:
        return "new" if before is None else "gone"
    share = permille(before, after)
    if share is None:
        return "new"
    return f"{share / 10:+.1f} %" if share else ("+0.0 %" if after > before else "-0.0 %")
