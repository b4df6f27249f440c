"""Preflight: read a model, clean it, and say what a person should know before it is printed.

It does not see everything: a body that cuts through itself or through another one is joined by
the slicer and not reported, and overhangs, supports and strength are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from farmctl.geometry.clean import Cleaned, Mesh, clean, clean_mesh_bytes, turned_inside_out
from farmctl.geometry.findings import finding, unreadable
from farmctl.geometry.fit import ClassVolume, SizeUm, check_fit
from farmctl.geometry.load import Loaded, load
from farmctl.geometry.measure import Measured, measure
from farmctl.geometry.report import Finding, MeshFacts, PreflightReport, Unreadable
from farmctl.geometry.stl import Corners
from farmctl.model.digest import digest_of

_LIMIT_MM = 1e6
_SOLID_MM3 = 1e-3
_TETRAHEDRON = 4
_OPEN_SHARE = 0.05
_THINNEST_LAYER_MM = 0.1
_THINNEST_LINE_MM = 0.2
_TINY_MM = 3.0
_HUGE_MM = 1000.0


class Ingested(Struct, frozen=True):
    """A report, and the bytes of the clean mesh it is about; none when there is nothing in it."""

    report: PreflightReport
    clean_mesh: bytes | None


def preflight(raw: bytes, name: str, classes: Sequence[ClassVolume] = ()) -> PreflightReport:
    """Return what there is to say about an uploaded model. Never raises for a bad one.

    Args:
        raw: The whole file.
        name: Its file name; the ending says the format.
        classes: What the farm's printer classes can reach; none when there is no farm.
    """
    return ingest(raw, name, classes).report


def ingest(raw: bytes, name: str, classes: Sequence[ClassVolume] = ()) -> Ingested:
    """Return the report of `preflight` together with the clean mesh, to be kept."""
    upload = digest_of(raw)
    try:
        loaded = load(raw, name)
        _refuse_senseless(loaded.corners)
        cleaned = clean(loaded.corners)
        _refuse_flat(cleaned.mesh)
    except Unreadable as error:
        return Ingested(PreflightReport(name, upload, None, (error.finding,)), None)
    mesh, measured = _facing_outwards(cleaned.mesh)
    artifact = clean_mesh_bytes(mesh)
    size_um = _in_um(measured.size_mm)
    facts = MeshFacts(
        digest=digest_of(artifact),
        triangles=measured.triangles,
        bodies=measured.bodies,
        size_um=size_um,
        volume_mm3=round(abs(measured.volume_mm3)),
    )
    findings = (
        *_about_file(loaded, cleaned),
        *_about_surface(measured),
        *_about_size(measured),
        *check_fit(size_um, classes),
    )
    return Ingested(PreflightReport(name, upload, facts, findings), artifact)


def _refuse_senseless(corners: Corners) -> None:
    if not len(corners):
        raise unreadable("no-triangles", "it holds no triangles")
    if not np.isfinite(corners).all():
        raise unreadable("not-finite", "it has corners that are not numbers")
    farthest = float(np.abs(corners).max())
    if farthest > _LIMIT_MM:
        raise unreadable("out-of-range", f"it has corners {farthest / _LIMIT_MM:,.0f} km away")


def _refuse_flat(mesh: Mesh) -> None:
    if len(mesh.faces) < _TETRAHEDRON:
        raise unreadable("no-volume", f"it has {len(mesh.faces)} facets: no solid has under four")


def _facing_outwards(mesh: Mesh) -> tuple[Mesh, Measured]:
    """Return the mesh with a closed surface turned outwards, measured as it was before."""
    measured = measure(mesh)
    if measured.closed and measured.volume_mm3 < 0:
        return turned_inside_out(mesh), measured
    return mesh, measured


def _in_um(size_mm: tuple[float, float, float]) -> SizeUm:
    x, y, z = (round(1000 * length) for length in size_mm)
    return x, y, z


def _about_file(loaded: Loaded, cleaned: Cleaned) -> list[Finding]:
    found = [finding("readable", f"{len(loaded.corners):,} triangles read"), *loaded.notes]
    dropped = []
    if cleaned.without_area:
        dropped.append(f"{cleaned.without_area:,} without area")
    if cleaned.repeated:
        dropped.append(f"{cleaned.repeated:,} that were there already")
    if dropped:
        found.append(finding("cleaned", f"facets dropped: {', '.join(dropped)}"))
    return found


def _about_surface(measured: Measured) -> list[Finding]:
    if abs(measured.volume_mm3) < _SOLID_MM3:
        return [finding("no-volume", "it encloses no space")]
    found = [_about_holes(measured), *_about_winding(measured)]
    found.append(finding("volume", f"{abs(measured.volume_mm3) / 1000:,.2f} cm³"))
    bodies = "one body" if measured.bodies == 1 else f"{measured.bodies} separate bodies"
    return [*found, finding("bodies", bodies)]


def _about_holes(measured: Measured) -> Finding:
    if not measured.open_edges:
        return finding("watertight", "the surface is closed")
    holes = f"{measured.open_edges:,} open edges, {100 * measured.missing_share:.2g} % is missing"
    much = measured.missing_share > _OPEN_SHARE
    return finding("open-surface" if much else "not-watertight", holes)


def _about_winding(measured: Measured) -> list[Finding]:
    if measured.flipped_edges:
        flipped = f"at {measured.flipped_edges:,} edges one facet faces in, the other out"
        return [finding("flipped-facets", flipped)]
    if measured.closed and measured.volume_mm3 < 0:
        return [finding("inside-out", "the surface faced inwards")]
    return [finding("winding", "all facets agree on what is outside")]


def _about_size(measured: Measured) -> list[Finding]:
    thin, middle, long = sorted(measured.size_mm)
    words = " x ".join(f"{length:.4g}" for length in measured.size_mm) + " mm"
    if thin < _THINNEST_LAYER_MM or middle < _THINNEST_LINE_MM:
        return [finding("too-thin", f"it is {words}")]
    if long < _TINY_MM:
        return [finding("tiny", f"it is only {words}")]
    if long > _HUGE_MM:
        return [finding("huge", f"it is {words}")]
    return []
