"""What PrusaSlicer writes about a file in its comments.

Its settings are proof of what it understood. Its figures are claims, to be compared with what is
measured, never to be planned with.
"""

from __future__ import annotations

import re

from farmctl.errors import FarmctlError

_BEGIN = b"; prusaslicer_config = begin"
_END = b"; prusaslicer_config = end"
_TIME = re.compile(rb"\n; estimated printing time \(normal mode\) = ([^\r\n]+)")
_FILAMENT = re.compile(rb"\n; filament used \[mm\] = ([0-9., ]+)")
_LABEL = re.compile(rb"; printing object ([^\r\n]+) id:\d+ copy \d+")
_SPAN = re.compile(rb"(\d{1,9})([dhms])")
_SECONDS = {b"d": 86400, b"h": 3600, b"m": 60, b"s": 1}


class UnreadableGcode(FarmctlError):  # noqa: N818 - reads as what it says
    """A file does not hold what a slicer's output must hold."""


def embedded_settings(raw: bytes) -> dict[str, str]:
    """Return the settings that the slicer really used, as it echoes them at the end of its output.

    Raises UnreadableGcode when the block is missing, not whole, there twice, or names a key twice.
    """
    lines = raw.splitlines()
    begins = [number for number, line in enumerate(lines) if line == _BEGIN]
    ends = [number for number, line in enumerate(lines) if line == _END]
    if not begins and not ends:
        raise UnreadableGcode(
            "the g-code holds no PrusaSlicer settings", "export it from PrusaSlicer, unchanged"
        )
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        raise UnreadableGcode(
            "the g-code holds PrusaSlicer's settings more than once, or not whole",
            "slice again; custom g-code must not contain `; prusaslicer_config`",
        )
    return _settings(lines[begins[0] + 1 : ends[0]])


def _settings(lines: list[bytes]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for line in lines:
        text = line.decode("utf-8", "replace")
        key, equals, value = text.removeprefix("; ").partition(" =")
        if not text.startswith("; ") or not equals:
            raise UnreadableGcode(f"`{text}` is no setting of PrusaSlicer", "slice again")
        if key in settings:
            raise UnreadableGcode(f"the g-code names the setting `{key}` twice", "slice again")
        settings[key] = value.removeprefix(" ")
    return settings


def estimated_time_ms(raw: bytes) -> int | None:
    """Return the slicer's own estimate (`1d 2h 3m 4s`), None when it made none."""
    claim = _TIME.search(raw)
    spans = _SPAN.findall(claim[1]) if claim else []
    return 1000 * sum(int(count) * _SECONDS[unit] for count, unit in spans) if spans else None


def filament_used_um(raw: bytes) -> tuple[int, ...]:
    """Return the slicer's own filament lengths, one per tool; custom g-code is not in them."""
    claim = _FILAMENT.search(raw)
    figures = claim[1].split(b",") if claim else []
    return tuple(round(1000 * float(figure)) for figure in figures if _is_number(figure))


def _is_number(text: bytes) -> bool:
    return re.fullmatch(rb"\s*\d{1,12}(\.\d+)?\s*", text) is not None


def objects(raw: bytes) -> list[str]:
    """Return the names that objects are labelled with, in the order in which they first appear."""
    names = dict.fromkeys(_LABEL.findall(raw))
    return [name.decode("utf-8", "replace") for name in names]
