"""G-code lines become typed commands, in machine coordinates, and no bytes break it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.gcode.commands import (
    Command,
    Dwell,
    Fan,
    FirmwareRetraction,
    Heat,
    Heater,
    Home,
    LimitChange,
    Malformed,
    Move,
    Other,
    Pause,
    ToolChange,
)
from farmctl.gcode.moves import commands

pytestmark = pytest.mark.pure


def read(*lines: str) -> list[Command]:
    return list(commands("\n".join(lines).encode()))


def only(*lines: str) -> Command:
    """The last command."""
    return read(*lines)[-1]


def move(*lines: str) -> Move:
    command = only(*lines)
    assert isinstance(command, Move)
    return command


def place(*lines: str) -> tuple[float, float, float]:
    last = move(*lines)
    return last.x, last.y, last.z


def test_a_move_knows_its_line_end_way_filament_speed_and_tool() -> None:
    lines = ("; start", "", "G1 X10 Y20 Z.3 F1200", "T1", "G1 X13 Y24 E1.5 ; wall", "M84")
    assert move(*lines[:-1]) == Move(
        line=5,
        end=sum(len(line) + 1 for line in lines[:-1]) - 1,
        x=13,
        y=24,
        z=0.3,
        dx=3,
        dy=4,
        dz=0,
        de=1.5,
        feed=20,
        tool=1,
    )


def test_the_end_of_a_command_is_the_first_byte_after_its_line() -> None:
    raw = b"G1 X1\r\nG1 X2\nM84"
    assert [command.end for command in commands(raw)] == [7, 13, 16]


def test_absolute_relative_and_offset_coordinates() -> None:
    assert place("G1 X10 Y10", "G1 X5") == (5, 10, 0)
    assert place("G1 X10 Y10", "G91", "G1 X5 Z2", "G1 X5") == (20, 10, 2)
    assert place("G1 X10", "G91", "G1 X5", "G90", "G1 X5") == (5, 0, 0)
    assert place("G1 X10 Y3", "G92 X0", "G1 X5") == (15, 3, 0)
    assert place("G1 X10 Z1", "G92 Z0 Y4", "G1 Z1 Y4") == (10, 0, 2)
    assert place("G1 X10", "G92 X0", "G28 X", "G1 X5") == (5, 0, 0)


def test_g92_without_an_axis_makes_all_of_them_zero() -> None:
    assert place("G1 X10 Y20 Z3", "G92", "G1 X1 Y2 Z1") == (11, 22, 4)
    assert move("G1 X10 E5", "G92 ; here", "G1 X1 E2").de == 2
    assert place("G1 X10", "G92 A4", "G1 X5") == (5, 0, 0)
    assert place("G1 X10", "G92 X", "G1 X5") == (5, 0, 0)


def test_inches_are_25_4_mm_for_ways_filament_and_speed() -> None:
    last = move("G20", "G1 X2 Y-1 E.1 F60")
    assert (last.x, last.y) == (50.8, -25.4)
    assert (last.de, last.feed) == pytest.approx((2.54, 25.4))
    assert place("G20", "G1 X1", "G21", "G1 X1") == (1, 0, 0)
    assert place("G20", "G92 X1", "G21", "G1 X0") == (-25.4, 0, 0)


def test_filament_is_absolute_unless_m83_or_g91_says_otherwise() -> None:
    assert move("G1 X1 E5", "G1 X2 E7").de == 2
    assert move("M83", "G1 X1 E5", "G1 X2 E7").de == 7
    assert move("G91", "G1 X1 E5", "G1 X2 E7").de == 7
    assert move("M83", "G90", "G1 X1 E5", "G1 X2 E7").de == 7
    assert move("M83", "M82", "G1 X1 E5", "G1 X2 E7").de == 2
    assert move("G1 X1 E5", "G92 E0", "G1 X2 E7").de == 7
    assert move("G1 E5", "G92 E100", "G1 E99").de == -1


def test_filament_that_stays_where_it_is_is_not_pushed_by_rounding() -> None:
    assert move("G1 E-0.2", "G1 X1 E0.1", "G1 X2 E0.1").de == 0
    assert move("G1 E0.3", "G92 E0.1", "G1 X1 E0.1").de == 0
    assert move("G1 E1000", "G1 X1 E1000.00001").de > 0


def test_speed_stays_until_changed_and_m220_scales_it() -> None:
    assert move("G1 X1").feed == 25
    assert move("G1 F600", "G1 X1").feed == 10
    assert move("G1 F600", "M220 S50", "G1 X1").feed == 5
    assert move("M220 S50", "G1 F600 X1", "M220 S200", "G1 X2").feed == 20
    assert move("G1 F600", "M220 S0", "M220 S-5", "G1 X1").feed == 10


@pytest.mark.parametrize("feed", ["F0", "F-100", "F0.0000001", "F99999999"])
def test_a_speed_that_no_machine_has_is_ignored(feed: str) -> None:
    assert move("G1 F600", f"G1 X1 {feed}").feed == 10


@pytest.mark.parametrize(
    "line",
    [
        "G1 X10 Y-.5 E+1.",
        "g1 x10 y-.5 e1",
        "G01X10Y-.5E1",
        "G1X10 Y-.5E1;glued",
        "N12 G1 X10 Y-.5 E1*71",
        "  G1  X10\tY-.5 E1 \r",
        "G0 X10 Y-.5 E1",
        "G1 X10 Y-.5 E1 H3",
        "G1 X 10 Y -.5 E 1",
    ],
)
def test_a_move_may_be_written_in_many_ways(line: str) -> None:
    last = move(line)
    assert (last.x, last.y, last.de) == (10, -0.5, 1)


@pytest.mark.parametrize(
    "line",
    [
        "G1 X",
        "G1 Xnan",
        "G1 Xinf",
        "G1 X9999999",
        "G1 X1..2",
        "G1 X{foo}",
        "G1 10",
        "G91 G1 X1",
        "G2 X10",
        "G2 X10 I0 J0",
        "G3 X10 R2",
        "G3 R5",
        "G3 X1 Y1 I500000",
        "G3 X1 Y1 I5 E9999999",
        "M104 S",
        "M109 S{temperature}",
        "G92 Xfoo",
        "G4 P--1",
        "M220 Sfast",
        "SET_VELOCITY_LIMIT ACCEL=nan",
        "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=hot",
        "SET_HEATER_TEMPERATURE HEATER=extruderx TARGET=200",
        "M204 S" + "9" * 400,
    ],
)
def test_what_cannot_be_read_is_malformed_and_changes_nothing(line: str) -> None:
    before = ("G1 X3 Y4 F600", line)
    if not line.startswith("G91"):
        assert only(*before) == Malformed(2, sum(map(len, before)) + 1, line)
    assert place(*before, "G1 Z1") == (3, 4, 1)


@pytest.mark.parametrize("line", ["G1 X1E5", "G1 X1e5", "G1X1E5"])
def test_there_are_no_exponents_but_words_written_together(line: str) -> None:
    assert move(line)[2:9] == (1, 0, 0, 1, 0, 0, 5)


def test_numbers_are_not_what_python_takes_them_for() -> None:
    assert isinstance(only("G1 X1_0"), Malformed)
    assert isinstance(only("G91", "G1 X600000", "G1 X600000"), Malformed)


def test_heat() -> None:
    assert only("M104 S215") == Heat(1, 9, Heater.NOZZLE, 215, waits=False, tool=0)
    assert only("T2", "M109 S215") == Heat(2, 12, Heater.NOZZLE, 215, waits=True, tool=2)
    assert only("M109 T1 R180") == Heat(1, 12, Heater.NOZZLE, 180, waits=True, tool=1)
    assert only("M140 S60.5") == Heat(1, 10, Heater.BED, 60.5, waits=False, tool=0)
    assert only("M190 S60") == Heat(1, 8, Heater.BED, 60, waits=True, tool=0)
    assert only("M141 S40") == Heat(1, 8, Heater.CHAMBER, 40, waits=False, tool=0)
    assert only("M191 S40") == Heat(1, 8, Heater.CHAMBER, 40, waits=True, tool=0)
    klipper = "SET_HEATER_TEMPERATURE HEATER=extruder1 TARGET=240"
    assert only(klipper) == Heat(1, len(klipper), Heater.NOZZLE, 240, waits=False, tool=1)
    klipper = "set_heater_temperature heater=heater_bed target=90"
    assert only(klipper) == Heat(1, len(klipper), Heater.BED, 90, waits=False, tool=0)


@pytest.mark.parametrize("line", ["M109", "M140", "SET_HEATER_TEMPERATURE HEATER=chamber TARGET=9"])
def test_a_heater_command_that_sets_nothing_we_know_is_kept_as_written(line: str) -> None:
    assert only(line) == Other(1, len(line), line.split(maxsplit=1)[0], line)


def test_dwell_fan_home_and_tools() -> None:
    assert only("G4 P1500") == Dwell(1, 8, 1.5)
    assert only("G4 S2 P1500") == Dwell(1, 11, 2)
    assert only("G4") == Dwell(1, 2, 0)
    assert only("G4 S-3") == Dwell(1, 6, 0)
    assert only("M106 S128") == Fan(1, 9, 128)
    assert only("M106") == Fan(1, 4, 255)
    assert only("M106 P0 S9") == Fan(1, 10, 9)
    assert only("M107") == Fan(1, 4, 0)
    assert only("M107 P0") == Fan(1, 7, 0)
    assert only("G28") == Home(1, 3, "XYZ")
    assert only("G28 W") == Home(1, 5, "XYZ")
    assert only("G28 Z0 X0") == Home(1, 9, "XZ")
    assert only("T3") == ToolChange(1, 2, 3)
    assert only("Tx") == Other(1, 2, "TX", "Tx")
    assert only("T4711") == Other(1, 5, "T4711", "T4711")


@pytest.mark.parametrize("code", ["M0", "M1", "M25", "M226", "M600", "M601", "PAUSE"])
def test_pauses_may_carry_a_message(code: str) -> None:
    line = f"{code} Insert the nut, then press the knob"
    assert only(line) == Pause(1, len(line), code)


@pytest.mark.parametrize("line", ["M106 P1 S255", "M106 S255 P2", "M106 P3", "M107 P1"])
def test_another_fan_than_the_first_is_not_the_part_fan(line: str) -> None:
    assert only(line) == Other(1, len(line), line[:4], line)


def test_g10_and_g11_retract_unless_they_mean_something_else() -> None:
    assert only("G10") == FirmwareRetraction(1, 3, pulls_back=True)
    assert only("G10 S1") == FirmwareRetraction(1, 6, pulls_back=True)
    assert only("G10 P0 S200") == Other(1, 11, "G10", "G10 P0 S200")
    assert [type(each) for each in read("G11", "G10", "G10 S1", "G11", "G11")] == [
        *(Other, FirmwareRetraction, Other, FirmwareRetraction, Other)
    ]
    # Each tool has filament of its own.
    kinds = [type(each) for each in read("G10", "T1", "G11", "G10", "T0", "G10", "G11")]
    assert kinds.count(FirmwareRetraction) == 3


def test_limits_of_motion() -> None:
    assert only("M204 P1000 T2000") == LimitChange(1, 16, "M204", {"P": 1000, "T": 2000})
    line = "SET_VELOCITY_LIMIT ACCEL=1500 SQUARE_CORNER_VELOCITY=8"
    values = {"ACCEL": 1500, "SQUARE_CORNER_VELOCITY": 8}
    assert only(line) == LimitChange(1, len(line), "SET_VELOCITY_LIMIT", values)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("M73 P1 R10", "M73"),
        ('M862.3 P "MK3S"', "M862.3"),
        ("START_PRINT BED=60 EXTRUDER=215", "START_PRINT"),
        ("exclude_object_start name=P01", "EXCLUDE_OBJECT_START"),
        ("M117 Layer 3 of 9", "M117"),
        ("G90", "G90"),
        ("G28_HOME", "G28_HOME"),
        ("_PURGE", "_PURGE"),
    ],
)
def test_other_commands_and_macros_are_kept_as_written(line: str, code: str) -> None:
    assert only(line) == Other(1, len(line), code, line)


def test_comments_and_empty_lines_are_no_commands() -> None:
    assert read(";TYPE:Perimeter", "", "   ", "  ; G1 X1", "N3 ; nothing") == []


def test_an_arc_is_pieces_of_a_millimetre_that_end_where_it_says() -> None:
    pieces = read("G1 X10 Y0", "G3 X0 Y10 I-10 J0 Z1 E3 F600")[1:]
    assert all(isinstance(piece, Move) for piece in pieces)
    assert len(pieces) == math.ceil(10 * math.pi / 2)
    assert pieces[-1][2:5] == (0, 10, 1)
    assert {(piece.line, piece.feed) for piece in pieces} == {(2, 10)}
    assert sum(piece.de for piece in pieces) == pytest.approx(3)
    assert all(math.hypot(piece.x, piece.y) == pytest.approx(10) for piece in pieces)


def test_arcs_turn_the_way_they_say() -> None:
    quarter = read("G1 X10 Y0", "G3 X0 Y10 I-10")[1:]
    three_quarters = read("G1 X10 Y0", "G2 X0 Y10 I-10")[1:]
    assert len(three_quarters) == pytest.approx(3 * len(quarter), abs=1)
    assert quarter[0].y > 0 > three_quarters[0].y


def test_arcs_by_radius_take_the_short_way_and_the_long_way_when_negative() -> None:
    short = read("G1 X10 Y0", "G3 X0 Y10 R10")[1:]
    by_center = read("G1 X10 Y0", "G3 X0 Y10 I-10 J0")[1:]
    assert [piece.x for piece in short] == pytest.approx([piece.x for piece in by_center])
    assert [piece.y for piece in short] == pytest.approx([piece.y for piece in by_center])
    long = read("G1 X10 Y0", "G3 X0 Y10 R-10")[1:]
    assert len(long) == pytest.approx(3 * len(short), abs=1)
    assert max(piece.x for piece in long) == pytest.approx(20, abs=0.1)
    clockwise = read("G1 X10 Y0", "G2 X0 Y10 R10")[1:]
    assert len(clockwise) == len(short)
    assert math.hypot(clockwise[8].x - 10, clockwise[8].y - 10) == pytest.approx(10)


def test_an_arc_that_ends_where_it_began_is_a_circle() -> None:
    circle = read("G1 X10 Y0", "G2 I-10")[1:]
    assert len(circle) == math.ceil(20 * math.pi)
    assert circle[-1][2:4] == (10, 0)


def test_a_huge_arc_makes_no_more_than_a_thousand_pieces() -> None:
    assert len(read("G3 X1 Y1 I300000")) == 1000


coordinates = st.integers(-3000, 3000).map(lambda tenths: tenths / 10)
places = st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates), max_size=20)


@given(places)
def test_absolute_and_relative_programs_are_the_same_moves(
    program: list[tuple[float, float, float, float]],
) -> None:
    absolute, relative = ["G90", "M82"], ["G91", "M83"]
    before = (0.0, 0.0, 0.0, 0.0)
    for there in program:
        absolute.append("G1 " + " ".join(f"{a}{v:.1f}" for a, v in zip("XYZE", there, strict=True)))
        way = (new - old for new, old in zip(there, before, strict=True))
        relative.append("G1 " + " ".join(f"{a}{v:.1f}" for a, v in zip("XYZE", way, strict=True)))
        before = there
    first = [each[2:9] for each in read(*absolute) if isinstance(each, Move)]
    second = [each[2:9] for each in read(*relative) if isinstance(each, Move)]
    assert [figure for each in first for figure in each] == pytest.approx(
        [figure for each in second for figure in each], abs=1e-9
    )


@given(places)
def test_each_move_begins_where_the_one_before_ended(
    program: list[tuple[float, float, float, float]],
) -> None:
    x = y = z = 0.0
    for each in read(*(f"G1 X{a} Y{b} Z{c} E{d}" for a, b, c, d in program)):
        assert isinstance(each, Move)
        assert (each.x - each.dx, each.y - each.dy, each.z - each.dz) == pytest.approx((x, y, z))
        x, y, z = each[2:5]


scraps = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from(
            b"G1 X1 Y1 E1 F600;G0;G2 X1 I2 J-2;G3 R;G4 P;G10 L2;G28 X;G92 E;M83;M104 S200 T-1;M190;M204 S"
            b";M220 S1;T1;T;N1 G1 X5*3;N;SET_VELOCITY_LIMIT ACCEL=;G20;G91;M600;G1 Xnan;G1 X1e999".split(
                b";"
            )
        ),
    ),
    max_size=12,
).map(b"\n".join)


@given(st.one_of(st.binary(), scraps))
def test_any_bytes_can_be_read_and_lines_and_ends_only_grow(raw: bytes) -> None:
    read_so_far = list(commands(raw))
    positions = [(each.line, each.end) for each in read_so_far]
    assert positions == sorted(positions)
    assert all(0 < end <= len(raw) for _, end in positions)
    numbers = [figure for each in read_so_far if isinstance(each, Move) for figure in each]
    assert all(math.isfinite(number) for number in numbers)
