"""A file is settled at a glance only where a look at each line says the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.errors import FarmctlError
from farmctl.gcode.check import PrintSpace, check
from farmctl.gcode.limits import KlipperLimits
from farmctl.gcode.loops import PLAIN, Loops, compiled
from farmctl.gcode.measure import measure
from farmctl.gcode.overview import summary_at_a_glance
from farmctl.gcode.summary import Filament, Placement, Summary
from farmctl.model.diagnostics import Severity
from tests.gcode.test_compiled import programs

pytestmark = pytest.mark.pure

LIMITS = KlipperLimits(300, 3000, 15, 200, 80, 800)
PLA = [Filament(1.75, 1.24)] * 2
SQUARE = PrintSpace(
    bed=((0, 0), (250, 0), (250, 210), (0, 210)), height_mm=210, max_nozzle_c=280, max_bed_c=110
)
HOLLOW = PrintSpace(bed=((0, 0), (250, 0), (125, 60), (250, 210), (0, 210)), height_mm=210)
LEFT, RIGHT = Placement(90, 90, 110, 110), Placement(140, 90, 160, 110)
START = "M104 S210\nM140 S60\nG28\nM83\nG1 Z.2\nG1 Y-3 F1000\nG1 X60 E9\nM73 P1 R2"
LOOPS = {"plain": PLAIN, "compiled": compiled()}


@pytest.fixture(params=sorted(LOOPS))
def loops(request: pytest.FixtureRequest) -> Loops:
    return LOOPS[request.param]


def at_a_glance(raw: bytes, loops: Loops, space: PrintSpace = SQUARE) -> Summary | None:
    return summary_at_a_glance(
        raw, space, loops, limits=LIMITS, filaments=PLA, placements=(LEFT, RIGHT)
    )


def at_length(raw: bytes) -> Summary:
    return measure(raw, limits=LIMITS, filaments=PLA, placements=(LEFT, RIGHT))


def program(*body: str, start: str = START) -> bytes:
    return "\n".join((start, ";LAYER_CHANGE", "G1 X92 Y92 F9000", *body)).encode()


LINES = (
    "G1 X108 E1 F1800",
    "G1 Y108 E1",
    "G1 E-.8",
    "G1 X142 Y92",
    "G1 E.8",
    "G1 X158 E1",
    "G1 Y108 E1",
    "G1 X158 Y100 Z.4",
    "G1 X142 E1",
    "G4 P500",
    "G1 X10 Y205 Z200",
)


def test_a_print_as_slicers_make_them_is_settled(loops: Loops) -> None:
    raw = program(*LINES)
    summary = at_a_glance(raw, loops)
    assert summary == at_length(raw)
    assert summary is not None
    assert (summary.objects, summary.layers, summary.retractions) == (2, 2, 1)


@pytest.mark.parametrize(
    "line",
    [
        "G1 X252 E1",
        "G1 Y-3\nG1 Y5 E1",
        "G1 Z211\nG1 X5 E1",
        "G1 Z-1.5",
        "M104 S281",
        "M109 S300",
        "M190 S111",
        "M112",
        "SAVE_CONFIG",
        "M117 {material}",
        "G1 Xnan",
        "G1 X1000000000",
        "G1 X",
    ],
)
def test_what_may_be_wrong_is_looked_at_line_by_line(line: str, loops: Loops) -> None:
    raw = program(*LINES, line)
    assert any(each.severity is Severity.ERROR for each in check(raw, SQUARE))
    assert at_a_glance(raw, loops) is None


def test_what_lays_nothing_behind_its_start_is_looked_at(loops: Loops) -> None:
    assert at_a_glance(program("G1 X99"), loops) is None
    assert at_a_glance(b"", loops) is None


def test_a_start_that_lays_beyond_the_margin_is_looked_at(loops: Loops) -> None:
    start = START.replace("Y-3", "Y-10.5")
    assert at_a_glance(program(*LINES, start=start), loops) is None


def test_a_bed_with_a_bay_is_looked_at(loops: Loops) -> None:
    assert at_a_glance(program(*LINES), loops, HOLLOW) is None


def test_a_tool_without_filament_is_told_of(loops: Loops) -> None:
    with pytest.raises(FarmctlError, match="tool 3"):
        at_a_glance(program("T3", *LINES), loops)


printed = st.lists(
    st.one_of(
        st.sampled_from(LINES),
        st.sampled_from(["G92 E0", "M82", "M83", "M107", "G10", "G11", "T1", "T0", "G1 F600"]),
        st.tuples(st.integers(0, 2500), st.integers(0, 2100), st.integers(-9, 99)).map(
            lambda n: f"G1 X{n[0] / 10} Y{n[1] / 10} E{n[2] / 100}"
        ),
    ),
    max_size=60,
).map(lambda lines: program(*lines))


@settings(deadline=None)
@given(raw=st.one_of(programs, printed))
def test_what_is_settled_is_what_a_look_at_each_line_says(raw: bytes) -> None:
    for loops in LOOPS.values():
        try:
            summary = at_a_glance(raw, loops)
        except FarmctlError:
            continue
        if summary is not None:
            assert summary == at_length(raw)
            assert all(each.severity is not Severity.ERROR for each in check(raw, SQUARE))
