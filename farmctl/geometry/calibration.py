"""A cube to try settings with: small, closed, with a top, walls and infill to look at."""

from __future__ import annotations

import struct

CUBE_MM = 20.0
_CORNERS = [(x, y, z) for z in (0.0, CUBE_MM) for y in (0.0, CUBE_MM) for x in (0.0, CUBE_MM)]
_FACETS = (
    *((0, 2, 1), (1, 2, 3), (4, 5, 6), (5, 7, 6), (0, 1, 4), (1, 5, 4)),
    *((2, 6, 3), (3, 6, 7), (0, 4, 2), (2, 4, 6), (1, 3, 5), (3, 7, 5)),
)


def calibration_cube() -> bytes:
    """Return a cube of 20 mm as binary STL; the same bytes each time."""
    corners = [[figure for place in facet for figure in _CORNERS[place]] for facet in _FACETS]
    facets = [struct.pack("<12fH", 0, 0, 0, *each, 0) for each in corners]
    return struct.pack("<80xI", len(facets)) + b"".join(facets)
