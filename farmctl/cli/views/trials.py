"""A draft that was tried out, as people and programs read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from farmctl.cli.views.slices import duration
from farmctl.farm.profiles.trying import Trial, Tried


def trial_rows(found: Trial) -> list[tuple[str, ...]]:
    """Return each figure of the draft; beside it production's, and how much that changes."""
    rows = []
    for each in _figures():
        row = [each.name, each.shown(found.draft)]
        if found.before:
            change = _change(each.value(found.before), each.value(found.draft))
            row += [each.shown(found.before), change]
        rows.append(tuple(row))
    return rows


def _change(before: float, after: float) -> str:
    if not before:
        return "-"
    share = (after - before) / before * 100
    return "same" if abs(share) < 0.05 else f"{share:+.1f} %"


def _filament_mm(tried: Tried) -> float:
    return tried.summary.length_um / 1000


def _mass(tried: Tried) -> str:
    mass_mg = tried.summary.mass_mg
    return f", {mass_mg / 1000:.2f} g" if mass_mg is not None else ""


class _Figure(Struct, frozen=True):
    """One line of the table: its name, how it is shown, and what is compared."""

    name: str
    shown: Callable[[Tried], str]
    value: Callable[[Tried], float]


def _figures() -> tuple[_Figure, ...]:
    return (
        _Figure("time", lambda each: duration(each.summary.time_ms), _time_ms),
        _Figure("filament", lambda each: f"{_filament_mm(each):.1f} mm{_mass(each)}", _filament_mm),
        _Figure("layers", lambda each: str(each.summary.layers), _layers),
        _Figure("peak flow", lambda each: f"{each.flow_mm3_s:.1f} mm³/s", _flow),
    )


def _time_ms(tried: Tried) -> float:
    return tried.summary.time_ms


def _layers(tried: Tried) -> float:
    return tried.summary.layers


def _flow(tried: Tried) -> float:
    return tried.flow_mm3_s


def trial_body(found: Trial) -> Mapping[str, object]:
    """Return a trial as the body of a JSON document."""
    return {
        "part": found.part,
        "class": found.printer_class,
        "material": found.material,
        "draft": _item(found.draft),
        "production": _item(found.before) if found.before else None,
    }


def _item(tried: Tried) -> Mapping[str, object]:
    summary = tried.summary
    return {
        "version": tried.said,
        "time_s": round(summary.time_ms / 1000),
        "filament_mm": _filament_mm(tried),
        "mass_g": None if summary.mass_mg is None else summary.mass_mg / 1000,
        "layers": summary.layers,
        "height_mm": summary.height_um / 1000,
        "peak_flow_mm3_s": round(tried.flow_mm3_s, 2),
    }
