"""Figures of a mesh: is it closed, which way does it face, how large, how many bodies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from farmctl.geometry.clean import Indices, Mesh, ranked


class Measured(Struct, frozen=True):
    """What a mesh is, in millimetres.

    `open_edges` belong to an odd number of facets; `missing_share` is the share of the surface
    that the holes they border would cover; at `flipped_edges` neighbours face opposite ways.
    `volume_mm3` is negative when the facets face inwards.
    """

    triangles: int
    bodies: int
    size_mm: tuple[float, float, float]
    volume_mm3: float
    open_edges: int
    flipped_edges: int
    missing_share: float

    @property
    def closed(self) -> bool:
        """Say whether the surface bounds a solid and all facets agree on its side."""
        return not self.open_edges and not self.flipped_edges


def measure(mesh: Mesh) -> Measured:
    """Return the figures of a mesh with at least one facet."""
    points = mesh.vertices.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    corners = points[mesh.faces] - (low + high) / 2
    crosses = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    label = bodies(mesh.faces, len(points))
    size_x, size_y, size_z = (float(length) for length in high - low)
    open_edges, flipped = _odd_edges(mesh)
    area = float(np.sqrt((crosses**2).sum(axis=1)).sum()) / 2
    missing = _hole_area(points, open_edges)
    return Measured(
        triangles=len(mesh.faces),
        bodies=int(np.count_nonzero(label == np.arange(len(label)))),
        size_mm=(size_x, size_y, size_z),
        volume_mm3=float((corners[:, 0] * crosses).sum()) / 6,
        open_edges=len(open_edges),
        flipped_edges=flipped,
        missing_share=missing / (area + missing) if missing else 0.0,
    )


def bodies(faces: Indices, vertices: int) -> Indices:
    """Return for each vertex the lowest vertex it hangs together with, through any facets.

    Borůvka's way: each component takes the lowest neighbour's label, then chains are shortened,
    until no edge joins two labels; the number of components at least halves each time.
    """
    label = np.arange(vertices)
    one, other = faces[:, :2].ravel(), faces[:, 1:].ravel()
    while True:
        here, there = label[one], label[other]
        apart = here != there
        if not apart.any():
            return label
        one, other, here, there = one[apart], other[apart], here[apart], there[apart]
        np.minimum.at(label, np.maximum(here, there), np.minimum(here, there))
        while not np.array_equal(shorter := label[label], label):
            label = shorter


def _odd_edges(mesh: Mesh) -> tuple[Indices, int]:
    """Return the open edges, each (from, to) as its facet runs, and how many are flipped.

    In a closed surface each edge is run through once in each direction, so the directed edges
    and the reversed ones are the same collection: one comparison tells.
    """
    start, end = mesh.faces.ravel(), mesh.faces[:, [1, 2, 0]].ravel()
    vertices = len(mesh.vertices)
    if np.array_equal(np.sort(start * vertices + end), np.sort(end * vertices + start)):
        return np.empty((0, 2), np.int64), 0
    distinct, edge = ranked(np.minimum(start, end) * vertices + np.maximum(start, end))
    uses = np.bincount(edge, minlength=len(distinct))
    balance = np.bincount(edge, np.where(start < end, 1, -1), minlength=len(distinct))
    is_open = uses % 2 == 1
    flipped = int(np.count_nonzero(~is_open & (balance != 0)))
    first = np.full(len(distinct), -1)
    first[edge[::-1]] = np.arange(len(edge))[::-1]
    shown = first[is_open]
    return np.stack([start[shown], end[shown]], axis=1), flipped


def _hole_area(points: npt.NDArray[np.float64], open_edges: Indices) -> float:
    """Return the area of flat patches over the holes: half the sum of p x q around each rim."""
    if not len(open_edges):
        return 0.0
    used, edge = ranked(open_edges.ravel())
    ends = edge.reshape(-1, 2)
    rim = bodies(np.column_stack([ends, ends[:, 1]]), len(used))[ends[:, 0]]
    rims, number = ranked(rim)
    corners = points[open_edges] - points[open_edges].mean(axis=(0, 1))
    turns = np.cross(corners[:, 0], corners[:, 1]) / 2
    totals = np.stack(
        [np.bincount(number, turns[:, axis], minlength=len(rims)) for axis in range(3)], axis=1
    )
    return float(np.sqrt((totals**2).sum(axis=1)).sum())
