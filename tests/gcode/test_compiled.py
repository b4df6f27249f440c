"""The compiled loops measure what the plain ones measure, on every file."""

from __future__ import annotations

import re
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from farmctl.gcode import fast, toolpath
from farmctl.gcode.fast import LARGE_B
from farmctl.gcode.figures import Figures, measure_figures
from farmctl.gcode.limits import Axes, KlipperLimits, MarlinLimits, MotionLimits
from farmctl.gcode.loops import PLAIN, Loops, compiled, loops_for
from farmctl.gcode.summary import Filament, Placement
from farmctl.gcode.tally import tally
from farmctl.gcode.toolpath import LEG, Leg, Rest

pytestmark = pytest.mark.pure

KLIPPER = KlipperLimits(300, 3000, 15, 200, 80, 800)
ROUGH = KlipperLimits(200, 9000, 10, 100, 50, 500, 12, 0.0, 0.1)
MARLIN = MarlinLimits(
    Axes(200, 200, 12, 120), Axes(1000, 1000, 200, 5000), Axes(8, 8, 0.4, 4.5), 1000, 800, 1200
)
MACHINES = (KLIPPER, ROUGH, MARLIN)
PLA = [Filament(1.75, 1.24), Filament(2.85, None)] * 32


def joined(loops: Loops, raw: bytes, limits: MotionLimits) -> dict[str, list[Any]]:
    """The columns of all legs, one behind the other."""
    found: dict[str, list[Any]] = {name: [] for name in Leg._fields[1:]}
    for leg in loops.legs(raw, limits):
        assert leg.first == len(found["x"])
        for name, column in found.items():
            column += list(getattr(leg, name))
    found["others"] = [(at, each) for at, each in found["others"] if not _is_plain_g92(each)]
    return found


def _is_plain_g92(command: Rest) -> bool:
    return bool(re.fullmatch(r"G92[ XYZEF.\d-]*", command.text))


BOXES = (Placement(-20, -20, 15, 15), Placement(40, 0, 60, 90))


def figures(
    loops: Loops, raw: bytes, limits: MotionLimits, boxes: tuple[Placement, ...] = ()
) -> Figures:
    return tally(loops.legs(raw, limits), PLA, boxes, loops.flows)


def assert_same(raw: bytes) -> None:
    for limits in MACHINES:
        assert joined(compiled(), raw, limits) == joined(PLAIN, raw, limits)
        assert figures(compiled(), raw, limits) == figures(PLAIN, raw, limits)


places = st.one_of(
    st.integers(-300, 300).map(str),
    st.integers(-99999, 99999).map(lambda n: f"{n / 1000:.3f}"),
    st.sampled_from(["0", "-0", ".5", "-.5", "5.", "+7", "007.50", "1e3", "1_0", "", "-", "nan"]),
    st.sampled_from(["0.1234567890123456789", "123456789012345678", "999999.9", "1000000", "."]),
)
pushes = st.one_of(st.integers(-500, 999).map(lambda n: f"{n / 100:.5f}"), places)
feeds = st.one_of(st.integers(1, 20_000).map(str), st.sampled_from(["0", "0.0001", "9e9", "1e7"]))
gaps = st.sampled_from([" ", " ", " ", "  ", "\t", ""])


@st.composite
def moves(draw: st.DrawFn) -> str:
    words = [draw(st.sampled_from(["G1", "G1", "G1", "G0", "G01", "g1", "N5 G1"]))]
    for letter, figure in (
        ("X", places),
        ("Y", places),
        ("Z", places),
        ("E", pushes),
        ("F", feeds),
    ):
        if draw(st.integers(0, 3)) > (letter in "ZF"):
            words.append(letter + draw(figure))
    return draw(gaps).join(words) + draw(
        st.sampled_from(["", "", ";x", " ; E5 X9", " ", "\r", " S1"])
    )


@st.composite
def arcs(draw: st.DrawFn) -> str:
    small = st.integers(-300, 300).map(lambda n: f"{n / 10:.1f}")
    letters = draw(
        st.sampled_from(["XYIJE", "XYI", "XYJF", "IJ", "XYRE", "XYR", "XY", "XYZIJE", "RI"])
    )
    words = [draw(st.sampled_from(["G2", "G3", "G03"]))]
    return " ".join([*words, *(letter + draw(small) for letter in letters)])


OTHERS = """\
G90|G91|M82|M83|G92 E0|G92 X5 Y-3|G92|G92 E1000000|G92 E5 F3|G92 X|G20|G21|G28|G28 X|G4 S2|G4 P500
G4|G10|G11|G10|G11|G10 S1|G10 P1 L2|M204 S500|M204 P900 T700 R300|M204 S0|M205 X5 Y5 S20|M201 X300 E900
M203 Z5|SET_VELOCITY_LIMIT ACCEL=900|SET_VELOCITY_LIMIT VELOCITY=50 SQUARE_CORNER_VELOCITY=1
SET_VELOCITY_LIMIT ACCEL=x|M220 S50|M220 S200|M220|M104 S200|M104 T1 S250|M109 S215|M140 S60
M190 S55|M106|M106 S128|M106 P1 S99|M106 P0 S9|M107|M107 P2|M106 S|T0|T1|T99|M0|M600|PAUSE|M73 P5 R9|M117 hello G1 X5|M82.1|M83_
M1000|EXCLUDE_OBJECT_START NAME=a|Tool|M|G|G1|G1;c|G2|G5 X1|;TYPE:Perimeter|;TYPE:External perimeter
 ;TYPE:No|;TYPE|;T|;|; TYPE:No|;TYPE:Support material \r|%|(x)|N1 G1 X5*33|\x00|M862.1 P0.4|m83|t1""".replace(
    "\n", "|"
).split("|")
lines = st.one_of(moves(), moves(), moves(), moves(), arcs(), st.sampled_from(OTHERS))
programs = st.lists(lines, max_size=60).map(lambda found: "\n".join(found).encode())


@settings(deadline=None)
@given(raw=programs, leg=st.sampled_from([1, 2, 5, LEG]))
@example(raw=b"G1 X5 E1", leg=1)
@example(raw=b"G1 X-257 F1\nG1 Y88\nG2 I25.9 J16.2", leg=LEG)
@example(raw=b";TYPE:Perimeter\nG1 X5 E1\n;TYPE:Custom", leg=1)
def test_programs_of_all_kinds_of_lines(raw: bytes, leg: int) -> None:
    in_one = figures(PLAIN, raw, MARLIN), figures(PLAIN, raw, KLIPPER, BOXES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toolpath, "LEG", leg)
        assert_same(raw)
        assert (figures(PLAIN, raw, MARLIN), figures(PLAIN, raw, KLIPPER, BOXES)) == in_one


@settings(deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    assert_same(raw)


short = st.integers(-30, 30).map(lambda n: n / 10)
steps = st.tuples(short, short, st.sampled_from([-0.5, 0.0, 0.02, 0.02, 0.1]), st.integers(10, 300))


@settings(deadline=None)
@given(
    steps=st.lists(steps, min_size=1, max_size=120),
    rest=st.integers(0, 130),
    leg=st.sampled_from([1, 3, 16, LEG]),
)
def test_courses_of_short_moves(
    steps: list[tuple[float, float, float, int]], rest: int, leg: int
) -> None:
    written = [f"G1 X{x:.1f} Y{y:.1f} E{e} F{feed * 60}" for x, y, e, feed in steps]
    written.insert(rest, "G4 P1")
    raw = "\n".join(["G91", "M83", *written]).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toolpath, "LEG", leg)
        for limits in MACHINES:
            ours, theirs = (joined(each, raw, limits) for each in (compiled(), PLAIN))
            assert ours["seconds"] == pytest.approx(theirs["seconds"], rel=1e-9)
            assert ours["speed"] == pytest.approx(theirs["speed"], rel=1e-9)


def many_lines(count: int) -> bytes:
    """Walls of ever other lengths, each layer with a travel."""
    lines = ["M83", "G1 F6000", ";TYPE:External perimeter"]
    for number in range(count):
        lines.append(f"G1 X{number % 97} Y{number * 7 % 89} E{number % 13 / 10}")
        if number % 50 == 0:
            lines += [f"G1 Z{0.2 + number / 250:.2f}", f";TYPE:{number % 3}", "M106 S9", "T0"]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("leg", [1, 7, 100, 999, 5000])
def test_how_long_legs_are_changes_no_figure(monkeypatch: pytest.MonkeyPatch, leg: int) -> None:
    raw = many_lines(3000)
    expected = [figures(PLAIN, raw, limits) for limits in MACHINES]
    monkeypatch.setattr(toolpath, "LEG", leg)
    for loops in (PLAIN, compiled()):
        assert [figures(loops, raw, limits) for limits in MACHINES] == expected


def test_memory_does_not_grow_with_the_moves_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolpath, "LEG", 500)
    raw = b"G91\n" + b"G1 X1 E1\nG1 X-1 E1\n" * 60_000
    figures(compiled(), b"G1 X1", KLIPPER)
    tracemalloc.start()
    try:
        figures(compiled(), raw, KLIPPER)
        _, peak_b = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # One column of all moves would be as much.
    assert peak_b < 120_000 * 8


def test_arcs_need_more_room_than_their_lines() -> None:
    around = "\n".join(f"G2 X0 Y0 I{radius} E9 F6000" for radius in range(50, 99))
    assert_same(around.encode())
    assert len(joined(compiled(), around.encode(), KLIPPER)["x"]) > 20_000


def test_a_file_with_more_notes_than_are_taken_at_once() -> None:
    assert_same(
        b"".join(b"M204 S%d\nG1 X%d E1 F%d\n" % (n % 900 + 1, n, n) for n in range(1, 5000))
    )


def test_only_large_files_are_measured_with_compiled_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loops_for(LARGE_B - 1) is PLAIN
    assert loops_for(LARGE_B) == compiled() != PLAIN
    raw = b"M83\nG1 Z.2\nG1 X9 E1\n"
    plain = measure_figures(raw, limits=KLIPPER, filaments=PLA)
    monkeypatch.setattr(fast, "LARGE_B", 1)
    assert measure_figures(raw, limits=KLIPPER, filaments=PLA) == plain


def test_without_numba_all_files_are_measured_with_plain_loops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fast, "find_spec", lambda name: None)
    assert loops_for(10 * LARGE_B) is PLAIN
