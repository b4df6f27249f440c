"""A plate is refused before it is sliced: off the bed, through a neighbour, above the frame."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.geometry.footprint import Footprint, convex_hull
from farmctl.geometry.overlap import Placed, Room, check_placement
from farmctl.geometry.report import Level
from farmctl.testing.shapes import circle

pytestmark = pytest.mark.pure

BED = ((0, 0), (250_000, 0), (250_000, 210_000), (0, 210_000))
ROOM = Room(BED, height_um=210_000, clearance_um=2_000)


def footprint(points: list[tuple[float, float]], height_mm: float = 10) -> Footprint:
    hull = convex_hull([(round(1000 * x), round(1000 * y)) for x, y in points])
    xs, ys = zip(*hull, strict=True)
    return Footprint(hull, max(xs) - min(xs), max(ys) - min(ys), round(1000 * height_mm), 0)


def box(width: float, depth: float, height: float = 10) -> Footprint:
    x, y = width / 2, depth / 2
    return footprint([(-x, -y), (x, -y), (x, y), (-x, y)], height)


def put(label: str, shape: Footprint, x_mm: float, y_mm: float) -> Placed:
    return Placed(label, shape, round(1000 * x_mm), round(1000 * y_mm))


def found(*placed: Placed, room: Room = ROOM) -> list[tuple[str, str]]:
    findings = check_placement(placed, room)
    assert all(finding.level is Level.FAIL for finding in findings)
    return [(finding.code, finding.what) for finding in findings]


def test_a_plate_as_it_should_be() -> None:
    assert found(put("P01", box(20, 20), 50, 50), put("P02", box(20, 20), 72, 50)) == []
    assert found() == []


def test_a_part_may_touch_the_edge_of_the_bed_and_the_height_of_the_printer() -> None:
    assert found(put("P01", box(250, 210, 210), 125, 105)) == []


@pytest.mark.parametrize(
    ("x_mm", "y_mm", "by"),
    [(5, 105, "5.00"), (248, 105, "8.00"), (125, -40, "50.00"), (300, 105, "60.00")],
)
def test_a_part_off_the_bed_is_named_with_how_far(x_mm: float, y_mm: float, by: str) -> None:
    assert found(put("P01", box(20, 20), x_mm, y_mm)) == [
        ("off-bed", f"P01 is off the bed by {by} mm")
    ]


def test_a_part_off_the_bed_by_a_micrometre_is_off_the_bed() -> None:
    assert [code for code, _ in found(put("P01", box(20, 20), 9.999, 50))] == ["off-bed"]


def test_a_part_that_is_too_tall_is_named_with_how_much() -> None:
    assert found(put("P01", box(20, 20, 400), 50, 50)) == [
        ("too-tall", "P01 is 190.00 mm higher than the printer reaches")
    ]


def test_parts_through_each_other_overlap() -> None:
    pair = put("P01", box(20, 20), 50, 50), put("P02", box(20, 20), 69.9, 50)
    assert found(*pair) == [("overlap", "P01 and P02 overlap")]


def test_one_part_inside_another_overlaps() -> None:
    pair = put("P01", box(40, 40), 50, 50), put("P02", box(4, 4), 50, 50)
    assert [code for code, _ in found(*pair)] == ["overlap"]


def test_equal_parts_at_one_place_overlap() -> None:
    pair = put("P01", box(20, 20), 50, 50), put("P02", box(20, 20), 50, 50)
    assert [code for code, _ in found(*pair)] == ["overlap"]


def test_parts_need_their_clearance() -> None:
    pair = put("P01", box(20, 20), 50, 50), put("P02", box(20, 20), 71.9, 50)
    assert found(*pair) == [("too-close", "P01 and P02 are 1.90 mm apart, 2.00 mm are needed")]


def test_without_clearance_parts_may_touch() -> None:
    touching = Room(BED, height_um=210_000)
    pair = put("P01", box(20, 20), 50, 50), put("P02", box(20, 20), 70, 50)
    assert found(*pair, room=touching) == []
    closer = put("P01", box(20, 20), 50, 50), put("P02", box(20, 20), 69.999, 50)
    assert [code for code, _ in found(*closer, room=touching)] == ["overlap"]


def test_outlines_count_and_not_their_boxes() -> None:
    """Two triangles whose boxes overlap lie well apart along their long sides."""
    lower = footprint([(-20, -20), (20, -20), (-20, 20)])
    upper = footprint([(20, 20), (-20, 20), (20, -20)])
    assert found(put("P01", lower, 50, 50), put("P02", upper, 53, 53)) == []
    close = found(put("P01", lower, 50, 50), put("P02", upper, 51, 51))
    assert close == [("too-close", "P01 and P02 are 1.41 mm apart, 2.00 mm are needed")]


def test_everything_wrong_is_said_at_once() -> None:
    plate = [put("P01", box(20, 20, 300), 5, 50), put("P02", box(20, 20), 20, 50)]
    assert [code for code, _ in found(*plate)] == ["too-tall", "off-bed", "overlap"]


def test_a_round_bed() -> None:
    bed = tuple((round(1000 * x), round(1000 * y)) for x, y in circle((0, 0), 100, 96))
    room = Room(bed, height_um=300_000)
    assert found(put("P01", box(140, 140), 0, 0), room=room) == []
    assert [code for code, _ in found(put("P01", box(142, 142), 0, 0), room=room)] == ["off-bed"]


def test_a_bed_with_a_notch() -> None:
    """A part may span it only where there is bed below each of its sides."""
    notched = ((0, 0), (90, 0), (90, 40), (110, 40), (110, 0), (200, 0), (200, 200), (0, 200))
    room = Room(tuple((1000 * x, 1000 * y) for x, y in notched), height_um=100_000)
    assert found(put("P01", box(60, 20), 100, 60), room=room) == []
    spanning = found(put("P01", box(60, 20), 100, 20), room=room)
    assert spanning == [("off-bed", "P01 is off the bed")]
    assert [code for code, _ in found(put("P01", box(10, 10), 100, 20), room=room)] == ["off-bed"]


_corner = st.tuples(st.integers(-30, 30), st.integers(-30, 30))
_shapes = (
    st.lists(_corner, min_size=3, max_size=8)
    .map(footprint)
    .filter(lambda shape: len(shape.hull_um) > 2)
)


@given(_shapes, _shapes, _corner)
def test_the_order_of_two_parts_does_not_matter(
    one: Footprint, other: Footprint, at: tuple[int, int]
) -> None:
    first, second = put("A", one, 120, 100), put("B", other, 120 + at[0], 100 + at[1])
    codes = [code for code, _ in found(first, second)]
    assert codes == [code for code, _ in found(second, first)]


@given(_shapes, _shapes, st.integers(0, 359))
def test_parts_moved_apart_by_more_than_their_size_are_fine(
    one: Footprint, other: Footprint, angle: int
) -> None:
    away_x, away_y = 95 * math.cos(math.radians(angle)), 95 * math.sin(math.radians(angle))
    wide = Room(
        ((-(10**6), -(10**6)), (10**6, -(10**6)), (10**6, 10**6), (-(10**6), 10**6)), 10**6, 2_000
    )
    assert found(put("A", one, 0, 0), put("B", other, away_x, away_y), room=wide) == []


@given(_shapes, _shapes, _corner)
def test_parts_that_share_a_point_inside_both_overlap(
    one: Footprint, other: Footprint, at: tuple[int, int]
) -> None:
    """Two outlines laid so that a point well inside each is the same place."""
    (ax, ay), (bx, by) = _inside(one), _inside(other)
    first = Placed("A", one, 100_000 - ax, 100_000 - ay)
    second = Placed("B", other, 100_000 - bx, 100_000 - by)
    assert "overlap" in [code for code, _ in found(first, second)]


def _inside(shape: Footprint) -> tuple[int, int]:
    xs, ys = zip(*shape.hull_um, strict=True)
    return round(sum(xs) / len(xs)), round(sum(ys) / len(ys))
