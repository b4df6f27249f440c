"""The clean mesh: the one form in which farmctl keeps a model. Version 1.

A binary PLY, so any viewer opens it: each vertex once, sorted by x, y, z; each facet once, begun
at its lowest vertex, sorted; single precision, millimetres. Equal shapes have equal bytes,
whatever file and order they came in. The header names the version; another form gets another one.
"""

from __future__ import annotations

import re
import struct

from msgspec import Struct

from farmctl.errors import FarmctlError

CORNERS_PER_FACET = 3
_HEADER = """\
ply
format binary_little_endian 1.0
comment farmctl clean mesh v1
element vertex {vertices}
property float x
property float y
property float z
element face {faces}
property list uint uint vertex_indices
end_header
"""
_HEADER_FORM = re.compile(
    re.escape(_HEADER).replace(r"\{vertices\}", r"(\d+)").replace(r"\{faces\}", r"(\d+)").encode()
)


class InvalidCleanMesh(FarmctlError):  # noqa: N818 - reads as what it says
    """Bytes that should be a clean mesh are not."""


class CleanMesh(Struct, frozen=True):
    """Vertices (x, y, z in mm) and facets (three vertex numbers), both as flat tuples."""

    vertices: tuple[float, ...]
    faces: tuple[int, ...]


def header(vertices: int, faces: int) -> bytes:
    """Return the header of a clean mesh with so many vertices and facets."""
    return _HEADER.format(vertices=vertices, faces=faces).encode()


def read_clean_mesh(raw: bytes) -> CleanMesh:
    """Return the mesh in the bytes of a clean mesh artifact. Raises InvalidCleanMesh."""
    found = _HEADER_FORM.match(raw)
    if not found:
        raise InvalidCleanMesh("these bytes are no clean mesh v1", "run preflight on the model")
    vertices, faces = int(found.group(1)), int(found.group(2))
    vertices_b, faces_b = 12 * vertices, 16 * faces
    if len(raw) != found.end() + vertices_b + faces_b:
        raise InvalidCleanMesh("the clean mesh is cut off", "run preflight on the model again")
    corners = list(struct.unpack_from(f"<{4 * faces}I", raw, found.end() + vertices_b))
    del corners[::4]  # each facet begins with how many corners it has
    return CleanMesh(struct.unpack_from(f"<{3 * vertices}f", raw, found.end()), tuple(corners))
