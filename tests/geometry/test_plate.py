"""The plate that a slicer gets: every part in its place, with its name, and nothing else."""

from __future__ import annotations

import io
import zipfile

import pytest

from farmctl.geometry.clean_mesh import InvalidCleanMesh, read_clean_mesh
from farmctl.geometry.preflight import ingest
from farmctl.geometry.threemf import Placement, write_plate
from farmctl.model.digest import digest_of
from farmctl.testing import parts
from farmctl.testing.shapes import binary_stl

pytestmark = pytest.mark.pure

BOX = ingest(parts.box(), "box.stl").clean_mesh or b""
BRACKET = ingest(parts.bracket(), "bracket.stl").clean_mesh or b""
NO_TURN = (0.0, 0.0, 0.0)
PINNED = "sha256:735299fac86a4571322ae0750720587d5ee8ebef83d111060b57fe4cb983c3ef"


def files(raw: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_version_1_of_a_plate_never_changes() -> None:
    raw = write_plate([Placement("P01", BOX, NO_TURN, 100.0, 100.0)])
    assert "farmctl plate v1" in files(raw)["3D/3dmodel.model"]
    assert digest_of(raw) == PINNED


def test_a_plate_holds_shapes_and_names_and_nothing_else() -> None:
    found = files(write_plate([Placement("P01", BOX, NO_TURN, 100.0, 100.0)]))
    assert sorted(found) == [
        "3D/3dmodel.model",
        "Metadata/Slic3r_PE_model.config",
        "[Content_Types].xml",
        "_rels/.rels",
    ]
    assert 'key="name" value="P01"' in found["Metadata/Slic3r_PE_model.config"]
    assert found["Metadata/Slic3r_PE_model.config"].count("<metadata") == 1


def test_a_plate_has_no_time_and_no_compressor_in_its_bytes() -> None:
    raw = write_plate([Placement("P01", BOX, NO_TURN, 100.0, 100.0)])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.compress_type == zipfile.ZIP_STORED


def test_a_plate_read_back_is_the_part_standing_in_its_place() -> None:
    """Our own reader of other people's 3MFs sees what was placed."""
    raw = write_plate([Placement("P01", BRACKET, (0.0, 0.0, 90.0), 120.5, 80.25)])
    mesh = read_clean_mesh(ingest(raw, "plate.3mf").clean_mesh or b"")
    xs, ys, zs = mesh.vertices[0::3], mesh.vertices[1::3], mesh.vertices[2::3]
    assert (min(xs) + max(xs)) / 2 == pytest.approx(120.5, abs=1e-4)
    assert (min(ys) + max(ys)) / 2 == pytest.approx(80.25, abs=1e-4)
    assert min(zs) == 0
    assert len(mesh.faces) == len(read_clean_mesh(BRACKET).faces)


def test_a_part_that_hung_below_zero_is_lifted_to_the_bed() -> None:
    sunk = ingest(_sunk_box(), "sunk.stl").clean_mesh or b""
    plate = ingest(write_plate([Placement("P01", sunk, NO_TURN, 50, 50)]), "plate.3mf").clean_mesh
    assert min(read_clean_mesh(plate or b"").vertices[2::3]) == 0


def _sunk_box() -> bytes:
    return binary_stl(parts.box_facets(6, 6, 4, (0, 0, -8)))


def test_equal_parts_are_objects_of_their_own() -> None:
    placements = [Placement(f"P0{n}", BOX, NO_TURN, 20.0 * n, 50.0) for n in (1, 2, 3)]
    model = files(write_plate(placements))["3D/3dmodel.model"]
    assert [f'name="P0{n}"' in model for n in (1, 2, 3)] == [True] * 3
    assert (model.count("<object "), model.count("<mesh>"), model.count("<item ")) == (3, 3, 3)
    report = ingest(write_plate(placements), "plate.3mf").report
    assert report.mesh is not None
    assert (report.mesh.bodies, report.mesh.size_um) == (3, (46_000, 6_000, 1_000))


def test_a_label_cannot_break_out_of_its_place() -> None:
    raw = write_plate([Placement('P<&">', BOX, NO_TURN, 50, 50)])
    assert 'name="P&lt;&amp;&quot;&gt;"' in files(raw)["3D/3dmodel.model"]
    assert ingest(raw, "plate.3mf").clean_mesh is not None


def test_bytes_that_are_no_clean_mesh_are_refused() -> None:
    with pytest.raises(InvalidCleanMesh):
        write_plate([Placement("P01", parts.box(), NO_TURN, 50, 50)])
