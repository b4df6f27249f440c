"""What the person with five kinds of printers brings: a frame, of which a bed holds four."""

from __future__ import annotations

from farmctl.testing.shapes import Point, binary_stl, prism

_WIDE_MM = 90.0
_RIM_MM = 1.2
_HIGH_MM = 0.4


def frame() -> bytes:
    """Return his `frame.stl`: wide, with so little in it that a real server prints it in a minute."""
    inside = _WIDE_MM - _RIM_MM
    return binary_stl(prism(_square(0, _WIDE_MM), 0, _HIGH_MM, [_square(_RIM_MM, inside)]))


def _square(low: float, high: float) -> list[Point]:
    return [(low, low), (high, low), (high, high), (low, high)]
