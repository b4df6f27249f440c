"""Whatever program wrote a model, the same shape becomes the same clean mesh."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.geometry.clean_mesh import read_clean_mesh
from farmctl.geometry.preflight import ingest, preflight
from farmctl.geometry.report import Level
from farmctl.testing import packages, parts
from farmctl.testing.shapes import Facet, ascii_stl, binary_stl, facets_of

pytestmark = pytest.mark.pure

BRACKET = facets_of(parts.bracket())


def obj(facets: list[Facet]) -> bytes:
    corners = "".join(f"v {x!r} {y!r} {z!r}\n" for facet in facets for x, y, z in facet)
    faces = "".join(f"f {3 * n + 1} {3 * n + 2} {3 * n + 3}\n" for n in range(len(facets)))
    return f"# a comment\n{corners}{faces}".encode()


WRITERS: dict[str, Callable[[list[Facet]], bytes]] = {
    "a.stl": binary_stl,
    "text.STL": ascii_stl,
    "a.3mf": lambda facets: packages.package(packages.one_object(facets)),
    "a.obj": obj,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_clean_mesh(name: str) -> None:
    upload = WRITERS[name](BRACKET)
    assert ingest(upload, name).clean_mesh == ingest(parts.bracket(), "bracket.stl").clean_mesh


@pytest.mark.parametrize("name", parts.PARTS)
@pytest.mark.parametrize("kind", ["stl", "stl_ascii", "3mf", "obj"])
def test_trimesh_and_farmctl_see_the_same_part(name: str, kind: str) -> None:
    """Files that trimesh writes, measured by trimesh and by us."""
    mesh = trimesh.load_mesh(io.BytesIO(parts.PARTS[name]()), file_type="stl")
    exported = mesh.export(file_type=kind)
    raw = exported.encode() if isinstance(exported, str) else exported
    report = preflight(raw, f"part.{kind.removesuffix('_ascii')}")
    assert report.verdict is Level.PASS
    assert report.mesh is not None
    assert report.mesh.triangles == len(mesh.faces)
    assert report.mesh.bodies == mesh.body_count
    assert report.mesh.size_um == pytest.approx(mesh.extents * 1000, abs=1)
    assert report.mesh.volume_mm3 == pytest.approx(mesh.volume, rel=1e-5, abs=0.6)


@pytest.mark.parametrize("name", parts.PARTS)
def test_any_viewer_opens_a_clean_mesh(name: str) -> None:
    """It is an ordinary PLY: trimesh reads the same vertices and facets as we do."""
    raw = ingest(parts.PARTS[name](), "part.stl").clean_mesh
    assert raw is not None
    ours, theirs = read_clean_mesh(raw), trimesh.load_mesh(io.BytesIO(raw), file_type="ply")
    assert theirs.vertices.ravel().tolist() == list(ours.vertices)
    assert theirs.faces.ravel().tolist() == list(ours.faces)
    assert theirs.is_watertight


@settings(max_examples=25)
@given(st.integers())
def test_the_order_of_facets_and_corners_does_not_matter(seed: int) -> None:
    chance = random.Random(seed)
    facets = [facet[turn:] + facet[:turn] for facet in BRACKET for turn in [chance.randrange(3)]]
    chance.shuffle(facets)
    shuffled = ingest(binary_stl(facets), "b.stl")
    assert shuffled.clean_mesh == ingest(parts.bracket(), "b.stl").clean_mesh


def test_an_obj_with_quads_texture_and_relative_numbers_is_read() -> None:
    corners = [(x, y, z) for z in (0, 8) for x, y in ((0, 0), (8, 0), (8, 8), (0, 8))]
    quads = ["4 3 2 1", "5 6 7 8", "1 2 6 5", "2 3 7 6", "3 4 8 7", "-5 -8 -4 -1"]
    text = "mtllib ../../secret.mtl\no cube\nvt 0 0\nvn 0 0 1\n"
    text += "".join(f"v {x} {y} {z} 0.5 0.5 0.5\n" for x, y, z in corners)
    text += "usemtl red\ns off\n"
    for quad in quads:
        text += "f " + " ".join(f"{number}/1/1" for number in quad.split()) + "\n"
    report = preflight(text.encode(), "cube.obj")
    assert report.verdict is Level.PASS
    assert report.mesh is not None
    assert (report.mesh.triangles, report.mesh.volume_mm3) == (12, 512)


def test_an_stl_of_several_solids_is_one_part_of_several_bodies() -> None:
    apart = ascii_stl(parts.box_facets(5, 5, 5)) + ascii_stl(parts.box_facets(5, 5, 5, (9, 0, 0)))
    report = preflight(apart, "two.stl")
    assert report.mesh is not None
    assert (report.mesh.bodies, report.mesh.volume_mm3) == (2, 250)


def test_a_binary_stl_whose_header_begins_with_solid_is_still_binary() -> None:
    raw = b"solid facet endsolid".ljust(80) + parts.box()[80:]
    assert ingest(raw, "a.stl").clean_mesh == ingest(parts.box(), "a.stl").clean_mesh


def test_a_lying_header_loses_no_facet() -> None:
    raw = parts.box()
    lying = raw[:80] + (3).to_bytes(4, "little") + raw[84:]
    assert ingest(lying, "a.stl").clean_mesh == ingest(raw, "a.stl").clean_mesh


def test_bytes_after_the_last_facet_are_no_facets() -> None:
    appendix = parts.box(40, 40, 40)[84:][:120]
    report = preflight(parts.box() + appendix, "a.stl")
    assert report.mesh is not None
    assert (report.mesh.triangles, report.mesh.size_um) == (12, (6000, 6000, 1000))


def test_a_part_that_faced_inwards_becomes_the_same_clean_mesh() -> None:
    turned = [(c, b, a) for a, b, c in BRACKET]
    assert (
        ingest(binary_stl(turned), "b.stl").clean_mesh
        == ingest(parts.bracket(), "b.stl").clean_mesh
    )


@settings(max_examples=200)
@given(st.binary(max_size=400), st.sampled_from(["a.stl", "a.obj", "a.3mf"]))
def test_noise_never_ends_in_a_traceback(raw: bytes, name: str) -> None:
    assert preflight(raw, name).findings


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_model_never_ends_in_a_traceback(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(WRITERS)))
    raw = bytearray(WRITERS[name](parts.box_facets(9, 9, 9)))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    del raw[data.draw(st.integers(len(raw) // 2, len(raw))) :]
    assert preflight(bytes(raw), name).findings
