"""Axes have round numbers around all values, and a legend says each speed where there are few."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.ci.layer_view import LayerView, Line
from farmctl.ci.plots import Series, layer_pictures, plot, speeds, ticks

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("lowest", "highest", "found"),
    [
        (0, 202, (0, 100, 200, 300)),
        (0, 7.33, (0, 2, 4, 6, 8)),
        (0, 8, (0, 2, 4, 6, 8)),
        (0, 0.2, (0, 0.05, 0.1, 0.15, 0.2)),
        (-3, 12, (-5, 0, 5, 10, 15)),
        (0, 0, (0, 1)),
    ],
)
def test_axes_have_round_numbers(lowest: float, highest: float, found: tuple[float, ...]) -> None:
    assert ticks(lowest, highest) == pytest.approx(found)


@given(st.floats(-1e6, 0), st.floats(0.001, 1e6))
@settings(deadline=None)
def test_an_axis_is_around_all_values(lowest: float, highest: float) -> None:
    found = ticks(lowest, highest)
    assert found[0] <= lowest + 1e-6 * highest
    assert found[-1] >= highest * (1 - 1e-6)
    assert 0 in found
    assert 3 <= len(found) <= 8


def test_a_plot_says_its_unit_and_that_of_the_height() -> None:
    text = plot("time", "s", [Series("after", ((0.2, 40.0), (0.4, 20.0)))])
    assert "<figcaption>time, s</figcaption>" in text
    assert ">height, mm<" in text
    for each in ("0", "0.1", "0.4", "10", "40"):
        assert f">{each}</text>" in text


def view(*in_mm_s: int) -> LayerView:
    lines = tuple(Line(each * 1000, (0, 0, 10_000, each * 1000)) for each in in_mm_s)
    return LayerView(200, lines, lines[:1])


def test_few_speeds_are_each_named_and_many_are_steps() -> None:
    assert speeds(view(60, 20, 40)) == (20_000, 40_000, 60_000)
    assert speeds(view(*range(10, 20))) == tuple(19_000 * n // 8 for n in range(8))
    text = layer_pictures(view(60, 20, 40), ("1.0 s", "2.0 s"))
    assert [f"</i>{each}</span>" in text for each in (20, 40, 60)] == [True] * 3
    assert "<b>before</b> 1.0 s" in text
    assert layer_pictures(LayerView(200, (), ()), ("", "")).count("<svg") == 2


def test_two_speeds_have_colours_far_apart() -> None:
    text = layer_pictures(view(20, 90), ("", ""))
    assert 'stroke="#4da3ff"' in text
    assert 'stroke="#ff4d4d"' in text
