"""STL, binary and ASCII. Millimetres by convention: the format has no unit."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from farmctl.geometry.findings import finding, unreadable
from farmctl.geometry.report import Finding

Corners = npt.NDArray[np.float32]
"""Triangles as corner points: shape (n, 3, 3), millimetres."""

_HEADER_B = 84
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX = re.compile(rb"vertex[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)", re.IGNORECASE)
_END_OF_FACET = re.compile(rb"endfacet", re.IGNORECASE)
_TEXT = re.compile(rb"[\t\r\n -~]*")
_PLAUSIBLE_MM = 1e6


def is_ascii_stl(raw: bytes) -> bool:
    """Say whether the bytes start as an ASCII STL does and not as a binary one can."""
    head = raw[:2048].lstrip().lower()
    return head.startswith(b"solid") and (b"facet" in head or b"endsolid" in head)


def read_stl(raw: bytes) -> tuple[Corners, tuple[Finding, ...]]:
    """Return the triangles and what was odd about the file. Raises Unreadable."""
    if _is_exact_binary(raw):
        return _facets(raw), ()
    if is_ascii_stl(raw):
        return _read_ascii(raw), ()
    return _read_odd_binary(raw)


def _promised(raw: bytes) -> int:
    return int.from_bytes(raw[80:_HEADER_B], "little")


def _is_exact_binary(raw: bytes) -> bool:
    return len(raw) >= _HEADER_B and len(raw) == _HEADER_B + _FACET.itemsize * _promised(raw)


def _facets(raw: bytes) -> Corners:
    count = max(0, len(raw) - _HEADER_B) // _FACET.itemsize
    return np.frombuffer(raw, _FACET, count, _HEADER_B)["corners"].copy() if count else _none()


def _none() -> Corners:
    return np.empty((0, 3, 3), np.float32)


def _read_odd_binary(raw: bytes) -> tuple[Corners, tuple[Finding, ...]]:
    """Take a file whose header and size disagree: the size wins, as it does in slicers."""
    corners = _facets(raw)
    if _TEXT.fullmatch(raw[:1024]) or not _is_plausible(corners):
        raise unreadable("not-a-model", "it is neither a binary nor an ASCII STL")
    promised, held = _promised(raw), len(corners)
    surplus_b = (len(raw) - _HEADER_B) % _FACET.itemsize
    if surplus_b and promised > held:
        raise unreadable(
            "truncated", f"it should hold {promised:,} facets and ends in number {held + 1:,}"
        )
    if surplus_b:
        return corners[:promised], (finding("facet-count", "other bytes follow its facets"),)
    return corners, (finding("facet-count", f"the header says {promised:,} facets, not {held:,}"),)


def _is_plausible(corners: Corners) -> bool:
    return bool(len(corners)) and bool((np.abs(corners) < _PLAUSIBLE_MM).all())


def _read_ascii(raw: bytes) -> Corners:
    points = _VERTEX.findall(raw)
    facets = len(_END_OF_FACET.findall(raw))
    if b"endsolid" not in raw[-512:].lower():
        raise unreadable("truncated", f"it ends after {facets:,} facets, without `endsolid`")
    if len(points) != 3 * facets:
        raise unreadable("not-a-model", f"it has {len(points):,} corners for {facets:,} facets")
    try:
        numbers = [float(number) for point in points for number in point]
    except ValueError as error:
        raise unreadable("not-a-model", f"a corner of a facet is no point: {error}") from error
    return single(np.array(numbers, np.float64)).reshape(-1, 3, 3)


def single(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return the nearest single-precision numbers; what is too large becomes infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return numbers.astype(np.float32)


def binary_stl(corners: Corners, header: bytes) -> bytes:
    """Return triangles as a binary STL; normals are left to the reader, as the format allows."""
    facets = np.zeros(len(corners), _FACET)
    facets["corners"] = corners
    return header.ljust(80)[:80] + len(facets).to_bytes(4, "little") + facets.tobytes()
