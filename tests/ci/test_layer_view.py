"""One layer as lines, and which layer tells most."""

from __future__ import annotations

import pytest

from farmctl.ci.cases import Pair
from farmctl.ci.layer_view import MOST_POINTS, LayerView, Line, extent, lines_at, telling_layer
from farmctl.ci.report import Result, Side
from farmctl.ci.verdict import Held
from farmctl.gcode.figures import LayerFigures
from tests.ci.cases import case

pytestmark = pytest.mark.pure

GCODE = b"""G90
M83
G1 Z0.2 F900
G1 X10 Y10 F9000
G1 X20 Y10 E1 F1200
G1 X20 Y20 E1
G1 X20 Y30 E1 F2400
G1 X0 Y0 F9000
G1 X5 Y0 E1 F2400
G1 E-1 F1800
G1 Z0.4 F900
G1 X9 Y9 E1 F2400
"""


def test_lines_are_what_is_laid_without_a_break_at_one_speed() -> None:
    assert lines_at(GCODE, 200) == (
        Line(20_000, (10_000, 10_000, 20_000, 10_000, 20_000, 20_000)),
        Line(40_000, (20_000, 20_000, 20_000, 30_000)),
        Line(40_000, (0, 0, 5_000, 0)),
    )
    assert lines_at(GCODE, 400) == (Line(40_000, (5_000, 0, 9_000, 9_000)),)
    assert lines_at(GCODE, 300) == ()


def test_a_layer_with_too_much_in_it_is_cut() -> None:
    moves = b"".join(b"G1 X%d Y%d E0.1\n" % (n % 100, n % 7) for n in range(1, 2 * MOST_POINTS))
    (line,) = lines_at(b"G90\nM83\nG1 Z0.2 F900\n" + moves, 200)
    assert len(line.points) // 2 - 1 <= MOST_POINTS


def layers(*times: int) -> tuple[LayerFigures, ...]:
    return tuple(LayerFigures(200 * n, ms, 100, 5) for n, ms in enumerate(times, 1))


def result(before: tuple[LayerFigures, ...] | None, after: tuple[LayerFigures, ...]) -> Result:
    old = None if before is None else Side("old", layers=before)
    return Result(Pair(case(), None, ()), Side("new", layers=after), old, Held(None), ())


def test_the_layer_that_changed_most_tells() -> None:
    assert telling_layer(result(layers(100, 100, 100), layers(100, 150, 110))) == 400
    assert telling_layer(result(layers(100, 100), layers(150, 150))) == 200, "the lowest of equals"
    assert telling_layer(result(layers(100), layers(100))) is None
    assert telling_layer(result(None, layers(100))) is None
    higher = tuple(LayerFigures(each.z_um + 50, 1, 1, 1) for each in layers(1, 2))
    assert telling_layer(result(layers(1, 2), higher)) is None


def test_the_frame_is_around_both_sides() -> None:
    view = LayerView(200, (Line(1, (0, 0, 10, 20)),), (Line(1, (-5, 3, 2, 30)),))
    assert extent(view) == (-5, 0, 15, 30)
    assert extent(LayerView(200, (), ())) == (0, 0, 1, 1)
