"""The parts made by code are what real parts are: closed, facing outwards, the same each time."""

from __future__ import annotations

import io

import pytest
import trimesh

from farmctl.testing.parts import PARTS
from farmctl.testing.shapes import ascii_stl, facets_of

pytestmark = pytest.mark.pure

CURVED = {"knob": 21_960, "torus": 20_480}


def _mesh(raw: bytes, kind: str = "stl") -> trimesh.Trimesh:
    return trimesh.load_mesh(io.BytesIO(raw), file_type=kind)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_one_closed_body_facing_outwards(name: str) -> None:
    mesh = _mesh(PARTS[name]())
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.body_count == 1
    assert mesh.volume > 0


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_the_same_each_time(name: str) -> None:
    assert PARTS[name]() == PARTS[name]()


@pytest.mark.parametrize(("name", "facets"), CURVED.items())
def test_the_curved_parts_are_fine_enough_to_try_a_slicer(name: str, facets: int) -> None:
    assert len(facets_of(PARTS[name]())) == facets >= 20_000


@pytest.mark.parametrize(
    ("name", "volume_mm3"),
    [("box", 6 * 6 * 1), ("guide", 60 * (20 * 3 + 2 * (7 * 4 - 1.5 * 1.5 / 2)))],
)
def test_flat_parts_have_the_volume_of_their_drawing(name: str, volume_mm3: float) -> None:
    assert _mesh(PARTS[name]()).volume == pytest.approx(volume_mm3)


@pytest.mark.parametrize("name", ["bracket", "cover", "gear", "clip"])
def test_no_facet_of_a_part_covers_another(name: str) -> None:
    """What faces down covers as much of the bed as what faces up."""
    mesh = _mesh(PARTS[name]())
    up = mesh.face_normals[:, 2] * mesh.area_faces
    assert up[up > 0].sum() == pytest.approx(-up[up < 0].sum())
    assert mesh.volume == pytest.approx(_mesh(ascii_stl(facets_of(PARTS[name]()))).volume)
