"""From a shape's name and numbers to the bytes of an STL that are always the same."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from farmctl.errors import UsageError
from farmctl.geometry.clean import Mesh, clean
from farmctl.geometry.golden.solids import SOLIDS
from farmctl.geometry.stl import binary_stl, single
from farmctl.model.golden import SHAPES, Value, chosen, wrong_choice

_HEADER = b"farmctl golden model"
_DECIMALS = 4
"""0.1 µm: what differs below is rounding in the last bit, and differs between machines."""


def golden_stl(shape: str, said: Mapping[str, Value]) -> bytes:
    """Return the STL of a shape: welded, sorted, without normals or times.

    The same numbers are the same bytes, as long as manifold3d cuts the surface into the same
    triangles: documents pin a digest, so that another version of it is noticed.

    Raises UsageError for an unknown shape or number.
    """
    known = SHAPES.get(shape)
    if known is None:
        raise UsageError(f"there is no shape `{shape}`", f"shapes: {', '.join(SHAPES)}")
    for name, value in said.items():
        why = wrong_choice(known, name, value)
        if why is not None:
            raise UsageError(f"{shape}: {why}", "farmctl golden shapes")
    mesh = _mesh(shape, chosen(known, said))
    return binary_stl(mesh.vertices[mesh.faces], _HEADER)


def _mesh(shape: str, numbers: Mapping[str, Value]) -> Mesh:
    made = SOLIDS[shape](numbers).to_mesh()
    points = np.round(np.asarray(made.vert_properties, np.float64)[:, :3], _DECIMALS)
    return clean(single(points)[np.asarray(made.tri_verts, np.int64)]).mesh
