"""Figures of meshes, good and bad."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.geometry.clean import clean
from farmctl.geometry.measure import Measured, bodies, measure
from farmctl.testing import bad_models, parts
from farmctl.testing.shapes import Facet, facets_of

pytestmark = pytest.mark.pure

CUBE = parts.box_facets(20, 20, 20)


def measured(facets: list[Facet]) -> Measured:
    return measure(clean(np.array(facets, np.float32)).mesh)


def test_a_cube() -> None:
    cube = measured(CUBE)
    assert cube == Measured(12, 1, (20.0, 20.0, 20.0), 8000.0, 0, 0, 0.0)
    assert cube.closed


def test_a_cube_far_away_has_the_same_volume() -> None:
    assert measured(parts.box_facets(20, 20, 20, (50_000, 0, 0))).volume_mm3 == pytest.approx(8000)


def test_a_cube_that_faces_inwards_is_closed_and_has_negative_volume() -> None:
    inverted = measured(facets_of(bad_models.inside_out()))
    assert inverted.closed
    assert inverted.volume_mm3 == -8000


def test_the_missing_lid_of_a_cube_is_a_sixth_of_it() -> None:
    opened = measured(facets_of(bad_models.open_box()))
    assert (opened.open_edges, opened.flipped_edges) == (4, 0)
    assert opened.missing_share == pytest.approx(1 / 6)


def test_holes_that_face_each_other_do_not_cancel() -> None:
    tube = measured(facets_of(bad_models.open_tube()))
    assert tube.open_edges == 8
    assert tube.missing_share == pytest.approx(2 / 6)


def test_pinholes_are_counted_and_small() -> None:
    holed = measured(facets_of(bad_models.with_pinholes()))
    assert holed.open_edges == 12
    assert 0 < holed.missing_share < 0.001


def test_an_open_surface_has_the_same_volume_wherever_it_stands() -> None:
    opened = facets_of(bad_models.open_box())
    moved = [tuple((x + 90, y, z - 50) for x, y, z in facet) for facet in opened]
    assert measured(moved).volume_mm3 == pytest.approx(measured(opened).volume_mm3)


def test_the_edge_that_a_loose_fin_hangs_on_is_open_too() -> None:
    fin = ((0.0, 0.0, 20.0), (20.0, 0.0, 20.0), (10.0, 0.0, 30.0))
    assert measured([*CUBE, fin]).open_edges == 3


def test_a_flipped_facet_shows_at_its_three_edges() -> None:
    flipped = measured(facets_of(bad_models.one_flipped()))
    assert (flipped.open_edges, flipped.flipped_edges) == (0, 3)
    assert not flipped.closed


def test_cubes_that_share_an_edge_are_closed() -> None:
    """Four facets meet at that edge, two by two: slicers have no trouble with it."""
    both = measured([*CUBE, *parts.box_facets(20, 20, 20, (20, 20, 0))])
    assert both.closed
    assert both.volume_mm3 == 16000


def test_a_hollow_ball_is_one_solid_with_two_surfaces() -> None:
    inner = [(c, b, a) for a, b, c in parts.box_facets(10, 10, 10, (5, 5, 5))]
    hollow = measured([*CUBE, *inner])
    assert (hollow.bodies, hollow.volume_mm3, hollow.closed) == (2, 7000, True)


@given(st.lists(st.tuples(*[st.integers(0, 11)] * 3), max_size=14))
def test_bodies_are_the_connected_components(faces: list[tuple[int, int, int]]) -> None:
    """Against the slow way: spread the lowest number until nothing changes."""
    label = list(range(12))
    for _ in range(12):
        for face in faces:
            lowest = min(label[corner] for corner in face)
            for corner in face:
                label[corner] = lowest
    found = bodies(np.array(faces, np.int64).reshape(-1, 3), 12)
    assert found.tolist() == label


def test_a_long_chain_is_one_body() -> None:
    ring = [(n, (n + 7) % 1000, n) for n in range(1000)]
    assert set(bodies(np.array(ring), 1000).tolist()) == {0}


def test_the_torus_has_the_volume_of_its_formula() -> None:
    """Pappus: the bumps average out to first order, and add half their square to second."""
    volume = measured(facets_of(parts.torus())).volume_mm3
    assert volume == pytest.approx(2 * math.pi * 15 * math.pi * (5**2 + 0.4**2 / 4), rel=0.01)
