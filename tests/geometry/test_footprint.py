"""What a part needs of a bed, for every way it may lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.geometry.clean_mesh import CleanMesh, read_clean_mesh
from farmctl.geometry.footprint import convex_hull, cross, footprint, oriented, rotation
from farmctl.geometry.preflight import ingest
from farmctl.testing import parts

pytestmark = pytest.mark.pure


def clean(raw: bytes) -> CleanMesh:
    return read_clean_mesh(ingest(raw, "part.stl").clean_mesh or b"")


BOX = clean(parts.box(30, 20, 10))


def test_a_box_lies_on_its_whole_bottom() -> None:
    found = footprint(BOX)
    assert found.hull_um == (
        (-15_000, -10_000),
        (15_000, -10_000),
        (15_000, 10_000),
        (-15_000, 10_000),
    )
    assert (found.width_um, found.depth_um, found.height_um) == (30_000, 20_000, 10_000)
    assert found.contact_um2 == 30_000 * 20_000


@pytest.mark.parametrize(
    ("rotate_deg", "size"),
    [
        ((90, 0, 0), (30, 10, 20)),
        ((0, 90, 0), (10, 20, 30)),
        ((0, 0, 90), (20, 30, 10)),
        ((0, 0, -270), (20, 30, 10)),
        ((180, 0, 0), (30, 20, 10)),
        ((90, 0, 90), (10, 30, 20)),
    ],
)
def test_quarter_turns_are_exact(
    rotate_deg: tuple[float, float, float], size: tuple[int, int, int]
) -> None:
    found = footprint(BOX, rotate_deg)
    width, depth, height = (1000 * length for length in size)
    assert (found.width_um, found.depth_um, found.height_um) == (width, depth, height)
    assert found.contact_um2 == width * depth
    assert len(found.hull_um) == 4


def test_a_box_on_its_edge_touches_the_bed_nowhere() -> None:
    found = footprint(BOX, (45, 0, 0))
    assert found.depth_um == pytest.approx(30_000 / 2**0.5, abs=1)
    assert found.contact_um2 == 0


def test_turns_are_about_fixed_axes_x_then_y_then_z() -> None:
    """Followed by hand: x → x → z → z, and y → z → -x → -y."""
    rows = rotation((90, -90, 90))
    assert [row[0] for row in rows] == [0, 0, 1]
    assert [row[1] for row in rows] == [0, -1, 0]


def test_the_top_of_a_cover_does_not_count_as_contact() -> None:
    """Its rim faces up: lying on the rim it touches with less than on its plate."""
    plate, rim = footprint(clean(parts.cover())), footprint(clean(parts.cover()), (180, 0, 0))
    assert plate.contact_um2 > rim.contact_um2 > 0


def test_facets_near_the_bed_that_face_up_are_no_contact() -> None:
    assert footprint(clean(parts.box(20, 20, 0.09))).contact_um2 == 20_000 * 20_000


@given(st.tuples(*[st.floats(-720, 720)] * 3))
def test_a_turned_part_stands_on_the_bed_in_the_middle_of_its_box(
    rotate_deg: tuple[float, float, float],
) -> None:
    part = oriented(BOX, rotate_deg)
    assert min(part.zs) == 0
    assert min(part.xs) == pytest.approx(-max(part.xs))
    assert min(part.ys) == pytest.approx(-max(part.ys))
    assert max(abs(x) for x in part.xs) <= 37.42 / 2


_points = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=1)


@given(_points)
def test_a_hull_turns_left_and_holds_every_point(points: list[tuple[int, int]]) -> None:
    hull = convex_hull(points)
    assert set(hull) <= set(points)
    if len(hull) < 3:
        return
    for place, corner in enumerate(hull):
        before = hull[place - 1]
        assert all(cross(before, corner, point) >= 0 for point in points)
        assert cross(hull[place - 2], before, corner) > 0


def test_points_on_a_line_have_a_hull_of_two() -> None:
    assert convex_hull([(0, 0), (2, 2), (1, 1)]) == ((0, 0), (2, 2))
    assert convex_hull([(1, 1), (1, 1)]) == ((1, 1),)
