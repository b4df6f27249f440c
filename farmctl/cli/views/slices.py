"""A slice, as people and programs read it: every figure is measured from the g-code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from farmctl.artifacts.store import ArtifactStore
from farmctl.farm.slices.recall import Sliced
from farmctl.gcode.summary import Bounds, FilamentUse, Summary

if TYPE_CHECKING:
    from farmctl.slicing.verify import Verification


def slice_lines(found: Sliced, store: ArtifactStore) -> Iterator[str]:
    """Yield what was sliced, what it takes, and where the g-code is."""
    record, answer = found.record, found.answer
    how = "from the cache" if found.cached else "sliced"
    yield f"{answer.name}: {answer.profile} on {answer.printer_class}, {how}"
    yield from _figures(record.summary, found.answer.material)
    for warning in record.warnings:
        yield f"warning    {warning.what}: {warning.mend}"
    yield f"g-code     {record.gcode}"
    yield f"           {store.path(record.gcode)}"


def _figures(summary: Summary, material: str) -> Iterator[str]:
    yield f"time       {duration(summary.time_ms)}"
    for use in summary.filaments:
        yield f"filament   {filament_words(use)} {material}"
    heights = ", ".join(f"{each / 1000:g}" for each in summary.layer_heights_um)
    layer = f" of {heights} mm" if heights else ""
    yield f"layers     {summary.layers}{layer}, {summary.height_um / 1000:g} mm high"
    if summary.laid:
        yield f"on the bed {box_words(summary.laid)}"
    yield f"objects    {summary.objects}"


def duration(time_ms: int) -> str:
    """Return `1 h 52 min`, `28 min 57 s` or `9 s`."""
    minutes, seconds = divmod(round(time_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def filament_words(use: FilamentUse) -> str:
    """Return `1289.2 mm, 3.10 cm³, 3.85 g`; grams only where the density is known."""
    grams = f", {use.mass_mg / 1000:.2f} g" if use.mass_mg is not None else ""
    return f"{use.length_um / 1000:.1f} mm, {use.volume_nl / 1e6:.2f} cm³{grams}"


def box_words(box: Bounds) -> str:
    """Return `x 115 to 135, y 115 to 135 mm`: the box around all that is laid down."""
    x = f"x {box.min_x_um / 1000:g} to {box.max_x_um / 1000:g}"
    return f"{x}, y {box.min_y_um / 1000:g} to {box.max_y_um / 1000:g} mm"


def verified_line(shown: Verification) -> str:
    """Return how equal several slices of one thing are."""
    line = f"sliced {shown.times} times: {shown.equality}"
    if not shown.layers:
        return line
    layers = ", ".join(str(each) for each in shown.layers[:12])
    more = f" and {len(shown.layers) - 12} more" if len(shown.layers) > 12 else ""
    return f"{line} in layers {layers}{more}"


def slice_body(found: Sliced, store: ArtifactStore) -> dict[str, object]:
    """Return a slice as the body of a JSON document."""
    record, answer, summary = found.record, found.answer, found.record.summary
    return {
        "subject": answer.name,
        "model": answer.model,
        "class": answer.printer_class,
        "profile": answer.profile,
        "cached": found.cached,
        "key": record.key,
        "mesh": answer.mesh,
        "settings": record.settings,
        "slicer": record.slicer,
        "plate": record.plate,
        "gcode": record.gcode,
        "path": str(store.path(record.gcode)),
        "summary": summary_body(summary, found.answer.material),
        "warnings": [
            {"code": each.code, "what": each.what, "mend": each.mend} for each in record.warnings
        ],
        "limits": list(record.limits),
    }


def summary_body(summary: Summary, material: str) -> Mapping[str, object]:
    """Return the measured figures, in the units that their names say."""
    laid = summary.laid
    return {
        "time_s": round(summary.time_ms / 1000),
        "filaments": [
            {
                "material": material,
                "length_mm": use.length_um / 1000,
                "volume_cm3": use.volume_nl / 1e6,
                "mass_g": None if use.mass_mg is None else use.mass_mg / 1000,
            }
            for use in summary.filaments
        ],
        "layers": summary.layers,
        "height_mm": summary.height_um / 1000,
        "box_mm": [
            each / 1000 for each in (laid.min_x_um, laid.min_y_um, laid.max_x_um, laid.max_y_um)
        ]
        if laid
        else None,
        "objects": summary.objects,
    }
