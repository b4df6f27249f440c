"""Parts on a bed: apart, on it, always in the same place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.planning.beds import Area, BedShape, Box, areas_for, can_lie_on, rectangular
from farmctl.planning.packing import EDGE_UM, MOST_PARTS, Spacing, Spot, most_that_fit, pack

pytestmark = pytest.mark.pure

MM = 1000
GAP = Spacing(gap_um=2 * MM, margin_um=0)
SQUARE = rectangular(200 * MM, 200 * MM, 200 * MM)
HEXAGON = BedShape(
    (
        (100_000, 0),
        (50_000, 86_602),
        (-50_000, 86_602),
        (-100_000, 0),
        (-50_000, -86_602),
        (50_000, -86_602),
    ),
    200 * MM,
)

sizes = st.integers(1 * MM, 120 * MM)
boxes = st.lists(st.builds(Box, sizes, sizes), min_size=1, max_size=14)
beds = st.sampled_from([SQUARE, rectangular(250 * MM, 210 * MM, 1), HEXAGON])
spacings = st.builds(Spacing, st.integers(0, 5 * MM), st.integers(0, 8 * MM))


def _edges(box: Box, spot: Spot) -> tuple[float, float, float, float]:
    lying = box.turned if spot.is_turned else box
    return (
        spot.x_um - lying.width_um / 2,
        spot.y_um - lying.depth_um / 2,
        spot.x_um + lying.width_um / 2,
        spot.y_um + lying.depth_um / 2,
    )


def _inside(bed: BedShape, x: float, y: float, margin: int) -> bool:
    """Return whether a point is `margin` inside every edge; the outlines here run left about."""
    ring = [*bed.outline_um, bed.outline_um[0]]
    for (ax, ay), (bx, by) in pairwise(ring):
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        if ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length < margin - 1e-3:
            return False
    return True


@settings(max_examples=150, deadline=None)
@given(beds, boxes, spacings)
def test_nothing_overlaps_and_nothing_leaves_the_bed(bed, parts, spacing):
    count = most_that_fit(bed, parts, spacing)
    spots = pack(bed, parts[:count], spacing)
    assert spots is not None
    assert len(spots) == count
    laid = [_edges(box, spot) for box, spot in zip(parts, spots, strict=False)]
    for x0, y0, x1, y1 in laid:
        assert all(_inside(bed, x, y, spacing.margin_um) for x in (x0, x1) for y in (y0, y1))
    for one in range(len(laid)):
        for other in range(one):
            a, b = laid[one], laid[other]
            apart = max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3])
            assert apart >= spacing.gap_um


@settings(max_examples=30, deadline=None)
@given(beds, boxes, spacings)
def test_the_same_boxes_get_the_same_spots_in_any_order(bed, parts, spacing):
    def laid(boxes):
        spots = pack(bed, boxes, spacing)
        key = lambda each: (each[0].width_um, each[0].depth_um, each[1].x_um, each[1].y_um)  # noqa: E731
        return spots and sorted(zip(boxes, spots, strict=True), key=key)

    assert laid(parts) == laid(parts[::-1])


def test_one_part_lies_in_the_middle():
    assert pack(SQUARE, [Box(40 * MM, 30 * MM)], GAP) == (Spot(100 * MM, 100 * MM),)


def test_sixteen_squares_fill_a_bed_and_the_seventeenth_does_not_fit():
    squares = [Box(46 * MM, 46 * MM)] * 17
    assert most_that_fit(SQUARE, squares, GAP) == 16
    assert pack(SQUARE, squares, GAP) is None


def test_a_part_too_long_as_it_stands_is_turned():
    bed = rectangular(100 * MM, 200 * MM, 1)
    (spot,) = pack(bed, [Box(180 * MM, 20 * MM)], GAP)
    assert spot.is_turned


def test_the_gap_counts_between_parts_but_not_at_the_edge():
    bed = rectangular(100 * MM + 2 * EDGE_UM, 100 * MM + 2 * EDGE_UM, 1)
    halves = [Box(49 * MM, 100 * MM)] * 2
    assert pack(bed, halves, Spacing(2 * MM, 0)) is not None
    assert pack(bed, halves, Spacing(2 * MM + 2, 0)) is None


def test_the_margin_keeps_parts_from_the_edge():
    assert pack(SQUARE, [Box(200 * MM, 10 * MM)], Spacing(0, 0)) is not None
    assert pack(SQUARE, [Box(200 * MM, 10 * MM)], Spacing(0, 1)) is None


def test_several_parts_leave_the_last_of_the_bed_free():
    halves = [Box(99 * MM, 150 * MM)] * 2
    assert pack(SQUARE, halves, Spacing(0, 0)) is None
    assert pack(SQUARE, halves[:1], Spacing(0, 0)) is not None


def test_a_part_that_must_be_alone_has_no_neighbour():
    small = [Box(5 * MM, 5 * MM)] * 3
    assert most_that_fit(SQUARE, small, Spacing(0, 0, alone=True)) == 1


def test_nothing_fits_beside_a_margin_that_takes_the_whole_bed():
    assert areas_for(SQUARE, [Box(1, 1)], 100 * MM) == ()
    assert not can_lie_on(SQUARE, Box(1, 1), 100 * MM)
    assert areas_for(HEXAGON, [Box(1, 1)], 90 * MM) == ()


def test_a_plate_has_so_many_parts_at_most():
    assert most_that_fit(SQUARE, [Box(MM, MM)] * 500, GAP) == MOST_PARTS


def test_no_boxes_need_no_spots():
    assert pack(SQUARE, [], GAP) == ()


def test_a_rectangular_bed_is_used_whole_wherever_it_lies():
    bed = BedShape(((-50, -20), (50, -20), (50, 20), (-50, 20)), 10)
    assert areas_for(bed, [Box(1, 1)], 5) == (Area(-45, -15, 90, 30),)


def test_a_bed_away_from_the_origin_is_packed_where_it_is():
    away = BedShape(tuple((x + 300_000, y - 50_000) for x, y in HEXAGON.outline_um), 1)
    (spot,) = pack(HEXAGON, [Box(40 * MM, 40 * MM)], GAP)
    assert pack(away, [Box(40 * MM, 40 * MM)], GAP) == (
        Spot(spot.x_um + 300_000, spot.y_um - 50_000),
    )


def test_on_a_round_bed_a_long_part_gets_a_long_area():
    long = Box(160 * MM, 40 * MM)
    assert can_lie_on(HEXAGON, long, 0)
    assert can_lie_on(HEXAGON, Box(10 * MM, 170 * MM), 0)
    assert not can_lie_on(HEXAGON, Box(160 * MM, 120 * MM), 0)
