"""What PrusaSlicer's window does to settings as it loads them, and its command line does not.

Presets of vendors are written for the window. Each change is a note with its line. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from msgspec.structs import replace

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.lint import kind_of
from farmctl.profiles.reading import Reading
from farmctl.slicing.catalogue import NIL, Catalogue, Kind
from farmctl.slicing.prusaslicer.values import strings

_TEXTS = ("filament_type", "filament_colour")
_Change = tuple[str, str, str]  # setting, its value now, why


def as_loaded(reading: Reading, catalogue: Catalogue) -> Reading:
    """Return settings as PrusaSlicer's window has them when it has loaded them."""
    changes = tuple(_changes(reading, catalogue))
    if not changes or reading.ini.diagnostics:
        return reading
    values = {**reading.ini.values, **{key: value for key, value, _ in changes}}
    lines = {**dict.fromkeys((key for key, _, _ in changes), 0), **reading.ini.lines}
    said = replace(reading.ini, values=values, lines=lines)
    notes = dict.fromkeys(_note(reading, change) for change in changes)
    return replace(reading, ini=said, notes=(*reading.notes, *notes))


def _changes(reading: Reading, catalogue: Catalogue) -> Iterator[_Change]:
    yield from _first_layer(reading)
    yield from _gap_fill(reading, catalogue)
    yield from _filaments(reading, catalogue)


def _first_layer(reading: Reading) -> Iterator[_Change]:
    """A first layer as a share of the others is a height: the slicer has no share any more."""
    key, values = "first_layer_height", reading.ini.values
    said = values.get(key, "")
    share, layer_mm = _number(said.removesuffix("%")), _number(values.get("layer_height", ""))
    if said.endswith("%") and share is not None and layer_mm is not None:
        height = format((share * layer_mm / 100).normalize(), "f")
        yield key, height, f"`{key}`: {said} of the layer height is {height} mm"


def _gap_fill(reading: Reading, catalogue: Catalogue) -> Iterator[_Change]:
    """No speed for filling gaps meant: do not fill them."""
    speed = _number(reading.ini.values.get("gap_fill_speed", ""))
    if speed is not None and speed <= 0 and catalogue.knows("gap_fill_enabled"):
        yield "gap_fill_enabled", "0", "`gap_fill_speed` of 0: gaps are not filled"


def _filaments(reading: Reading, catalogue: Catalogue) -> Iterator[_Change]:
    """A printer with several extruders has the filament in each of them."""
    values = reading.ini.values
    count = values.get("nozzle_diameter", "").count(",") + 1
    if count == 1:
        return
    why = f"the printer has {count} extruders: the filament is in each of them"
    for key, value in values.items():
        if kind_of(catalogue.program, key) is Kind.FILAMENT and catalogue.knows(key):
            repeated = _repeated(key, value, count, catalogue)
            if repeated is not None:
                yield key, repeated, why


def _repeated(key: str, value: str, count: int, catalogue: Catalogue) -> str | None:
    """Return a value for each extruder, or None for one that is a list already."""
    is_text = key in _TEXTS or catalogue.default(key).startswith('"')
    items = strings(value) if is_text else value.split(",")
    if len(items) != 1 or value == NIL or not (value or is_text):
        return None
    return (";" if is_text else ",").join([value or '""'] * count)


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _note(reading: Reading, change: _Change) -> Diagnostic:
    key, _, why = change
    line = 0 if "extruders" in why else reading.ini.lines.get(key, 0)
    message = f"{why}, as PrusaSlicer's window has it"
    return Diagnostic(
        reading.file, line, min(line, 1), "import-as-loaded", message, "", Severity.NOTE
    )
