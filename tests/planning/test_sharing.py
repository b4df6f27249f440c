"""Parts are divided so that printers finish together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.planning.sharing import by_weight, first_share

pytestmark = pytest.mark.pure


def _all_shares(times: list[int], printers: int) -> list[int]:
    shares = []
    while times and printers:
        count = first_share(times, printers)
        shares.append(sum(times[:count]))
        times, printers = times[count:], printers - 1
    assert not times
    return shares


@given(st.integers(1, 60), st.integers(1, 8))
def test_equal_parts_are_divided_evenly(count, printers):
    shares = _all_shares([1] * count, printers)
    assert sum(shares) == count
    assert max(shares) == -(-count // printers)
    assert len(shares) == min(count, printers)


@given(st.lists(st.integers(1, 100), min_size=1, max_size=20), st.integers(1, 6))
def test_nobody_works_longer_than_a_fair_share_and_one_part(times, printers):
    assert max(_all_shares(times, printers)) <= sum(times) / printers + max(times)


def test_a_long_part_at_the_end_does_not_leave_a_printer_idle():
    assert _all_shares([1, 1, 1, 1, 1, 10], 2) == [5, 10]
    assert _all_shares([10, 1, 1, 1, 1, 1], 2) == [10, 5]


@given(st.integers(0, 100), st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_a_count_is_divided_whole_by_weights(count, weights):
    shares = by_weight(count, weights)
    assert sum(shares) == count
    assert all(each >= 0 for each in shares)
    if any(weights):
        assert all(not share for share, weight in zip(shares, weights, strict=True) if not weight)


def test_weights_divide_as_near_as_can_be():
    assert by_weight(6, [2, 1]) == [4, 2]
    assert by_weight(7, [1, 1, 1]) == [3, 2, 2]
    assert by_weight(5, [0, 0]) == [5, 0]
