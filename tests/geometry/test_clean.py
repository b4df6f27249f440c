"""The clean mesh: welded, without facets that print nothing, in one order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.geometry import clean as cleaning
from farmctl.geometry.clean import clean, clean_mesh_bytes, ranked, turned_inside_out
from farmctl.geometry.clean_mesh import CleanMesh, InvalidCleanMesh, read_clean_mesh
from farmctl.geometry.preflight import ingest
from farmctl.geometry.report import Unreadable
from farmctl.model.digest import digest_of
from farmctl.testing import parts
from farmctl.testing.shapes import Facet

pytestmark = pytest.mark.pure

BOX = parts.box_facets(6, 6, 1)
PINNED = "sha256:40e5a2cf6bc5fc7a2350c0272d1317a26c54eecddf2b2f6d7765c7ca7df45876"


def corners(facets: list[Facet]):
    return np.array(facets, np.float32)


def test_a_box_has_eight_vertices_and_twelve_facets() -> None:
    mesh = clean(corners(BOX)).mesh
    assert mesh.vertices.tolist() == [[x, y, z] for x in (0, 6) for y in (0, 6) for z in (0, 1)]
    assert len(mesh.faces) == 12
    assert (mesh.faces[:, 0] < mesh.faces[:, 1:].min(axis=1)).all()
    assert mesh.faces.tolist() == sorted(mesh.faces.tolist())


def test_facets_that_print_nothing_are_dropped_and_counted() -> None:
    a, b, _ = BOX[0]
    lines = [(a, b, b), (a, a, b), (a, b, a), (a, a, a)]
    cleaned = clean(corners([*BOX, *lines, BOX[3], BOX[3], BOX[5]]))
    assert (cleaned.without_area, cleaned.repeated) == (4, 3)
    assert clean_mesh_bytes(cleaned.mesh) == clean_mesh_bytes(clean(corners(BOX)).mesh)


def test_a_point_that_only_dropped_facets_used_is_gone() -> None:
    far = (50.0, 50.0, 50.0)
    cleaned = clean(corners([(far, far, far), *BOX]))
    assert cleaned.mesh.vertices.tolist() == clean(corners(BOX)).mesh.vertices.tolist()
    assert cleaned.mesh.faces.max() == 7


def test_facets_on_a_line_stay_because_the_surface_needs_them() -> None:
    a, b, c = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (2.0, 0.0, 0.0)
    assert len(clean(corners([(a, b, c)])).mesh.faces) == 1


def test_minus_zero_and_zero_are_one_place() -> None:
    minus = [tuple((-x or -0.0, y, z) for x, y, z in facet) for facet in BOX]
    plain = [tuple((-x or 0.0, y, z) for x, y, z in facet) for facet in BOX]
    assert clean_mesh_bytes(clean(corners(minus)).mesh) == clean_mesh_bytes(
        clean(corners(plain)).mesh
    )


def test_turning_inside_out_twice_changes_nothing() -> None:
    mesh = clean(corners(BOX)).mesh
    turned = turned_inside_out(mesh)
    assert clean_mesh_bytes(turned) != clean_mesh_bytes(mesh)
    assert clean_mesh_bytes(turned_inside_out(turned)) == clean_mesh_bytes(mesh)


def test_more_points_than_the_order_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "_LOW_BITS", 7)
    with pytest.raises(Unreadable) as caught:
        clean(corners(BOX))
    assert caught.value.finding.code == "too-detailed"


@given(st.lists(st.integers(-3, 3), min_size=1))
def test_ranking_is_what_numpy_calls_unique_with_inverse(numbers: list[int]) -> None:
    distinct, rank = ranked(np.array(numbers))
    expected, inverse = np.unique(np.array(numbers), return_inverse=True)
    assert distinct.tolist() == expected.tolist()
    assert rank.tolist() == inverse.tolist()


def test_version_1_of_the_clean_mesh_never_changes() -> None:
    """Its digest is in ledgers and keys: another order or form must be another version."""
    raw = ingest(parts.box(), "box.stl").clean_mesh or b""
    assert b"farmctl clean mesh v1" in raw
    assert digest_of(raw) == PINNED


def test_reading_a_clean_mesh_gives_back_vertices_and_facets() -> None:
    mesh = clean(corners(BOX)).mesh
    assert read_clean_mesh(clean_mesh_bytes(mesh)) == CleanMesh(
        tuple(mesh.vertices.ravel().tolist()), tuple(mesh.faces.ravel().tolist())
    )


@pytest.mark.parametrize("cut", [0, 3, 60, 200, -1])
def test_other_bytes_are_no_clean_mesh(cut: int) -> None:
    raw = ingest(parts.box(), "box.stl").clean_mesh or b""
    with pytest.raises(InvalidCleanMesh) as caught:
        read_clean_mesh(raw[:cut])
    assert "preflight" in caught.value.mend
    with pytest.raises(InvalidCleanMesh):
        read_clean_mesh(raw.replace(b"mesh v1", b"mesh v2"))
    with pytest.raises(InvalidCleanMesh):
        read_clean_mesh(raw + b"\0")
