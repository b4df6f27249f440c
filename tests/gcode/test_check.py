"""A file is judged for a machine before it is sent: each code, what is shown, and what is fine."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.errors import FarmctlError
from farmctl.gcode.check import PrintSpace, check
from farmctl.gcode.findings import FORBIDDEN, RULES, Finding
from farmctl.gcode.polygon import Polygon
from farmctl.model.diagnostics import Severity

pytestmark = pytest.mark.pure

MK3 = PrintSpace(
    bed=((0, 0), (250, 0), (250, 210), (0, 210)), height_mm=210, max_nozzle_c=280, max_bed_c=110
)
START = ("G28", "M83", "G1 Z.2", "G1 Y-3 F1000", "G1 X60 E9", "G1 X100 E12.5", "G1 E-.8")
BODY = ("M83", ";LAYER_CHANGE", "; printing object P01 id:0 copy 0", "G1 X100 Y100", "G1 X120 E1")


def found(*lines: str, space: PrintSpace = MK3) -> list[Finding]:
    return check("\n".join(lines).encode(), space)


def codes(*lines: str, space: PrintSpace = MK3) -> list[str]:
    return [finding.code for finding in found(*lines, space=space)]


def test_a_print_with_its_purge_line_beside_the_bed_is_fine() -> None:
    assert found("M104 S280", "M140 S110", *START, *BODY, "G1 X0 Y205 Z210") == []


def test_a_file_that_lays_nothing_down_is_an_empty_print() -> None:
    empty = [Finding(0, "no-extrusion", "nothing is laid down")]
    assert check(b"", MK3) == empty
    assert found("G28", "G1 X5", "G1 E5", "G1 X6 E-1") == empty
    assert found(*START, ";LAYER_CHANGE", "G1 X9") == empty


def test_laying_down_outside_the_bed_tells_the_worst_and_how_often() -> None:
    lines = (*BODY, "G1 X252 E1", "G1 X255.25 E1", "G1 X249 E1", "G1 X248 E1")
    text = "lays filament down 5.2 mm outside the bed (3 times)"
    assert found(*lines) == [Finding(6, "outside-bed", text)]


def test_a_move_that_begins_outside_the_bed_and_ends_on_it_is_outside() -> None:
    assert codes(*BODY, "G1 Y-3", "G1 Y5 E1") == ["outside-bed"]


def test_start_gcode_may_use_the_margin_and_no_more() -> None:
    assert codes("M83", "G1 X50 Y-9", "G1 X90 E9", *BODY) == []
    assert codes("M83", "G1 X50 Y-10.5", "G1 X90 E9", *BODY) == ["outside-margin", "outside-bed"]


@pytest.mark.parametrize("mark", [";LAYER_CHANGE", "; printing object P01 id:0 copy 0"])
def test_after_the_slicers_first_mark_the_bed_is_the_limit(mark: str) -> None:
    assert codes(mark, *START, *BODY) == ["outside-bed"]


def test_without_marks_all_is_print() -> None:
    assert codes(*START, "G1 X100 Y100", "G1 X120 E1") == ["outside-bed"]


def test_marks_cannot_hide_a_part_beside_the_bed() -> None:
    assert "outside-bed" in codes("M83", "G1 X300 Y50", "G1 X320 E5", *BODY)


def test_travelling_past_the_margin_is_a_warning() -> None:
    lines = (*BODY, "G1 X262 Y100")
    assert found(*lines) == [Finding(6, "outside-margin", "goes 12.0 mm outside the bed")]
    assert found(*lines)[0].severity is Severity.WARNING
    assert codes(*BODY, "G1 X259", "G1 X9 Y-9") == []


def test_laying_down_above_the_machine() -> None:
    text = "lays filament down at 210.4 mm, the machine prints 210 mm (2 times)"
    lines = (*BODY, "G1 Z210.4", "G1 X50 E1", "G1 X60 E1", "G1 Z211")
    assert found(*lines) == [Finding(7, "above-height", text)]


def test_driving_into_the_bed() -> None:
    assert codes(*BODY, "G1 Z-0.3") == []
    assert found(*BODY, "G1 Z-4") == [Finding(6, "below-bed", "goes 4.0 mm into the bed")]


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        ("M104 S281", "nozzle-too-hot", "nozzle target 281.0 °C, the class allows 280 °C"),
        ("M109 S400", "nozzle-too-hot", "nozzle target 400.0 °C, the class allows 280 °C"),
        ("M140 S110.5", "bed-too-hot", "bed target 110.5 °C, the class allows 110 °C"),
        ("M190 S200", "bed-too-hot", "bed target 200.0 °C, the class allows 110 °C"),
        (
            "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=300",
            "nozzle-too-hot",
            "nozzle target 300.0 °C, the class allows 280 °C",
        ),
    ],
)
def test_targets_above_the_class(line: str, code: str, text: str) -> None:
    assert found(line, *BODY) == [Finding(1, code, text)]
    open_ended = PrintSpace(MK3.bed, MK3.height_mm)
    assert found(line, *BODY, space=open_ended) == []


@pytest.mark.parametrize("command", sorted(FORBIDDEN))
def test_commands_that_no_print_needs(command: str) -> None:
    text = f"`{command}` {FORBIDDEN[command]}"
    assert found(*BODY, command, "M117 " + command) == [Finding(6, "forbidden-command", text)]


def test_a_malformed_command_is_shown_as_it_is_written() -> None:
    lines = (*BODY, "G1 X1..2", "G1 Y--1", "M104 S")
    text = "`G1 X1..2` cannot be read (3 times)"
    assert found(*lines) == [Finding(6, "malformed-command", text)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("M117 made {timestamp}", "{timestamp}"),
        ("M117 [day]", "[day]"),
        ("M117 {if layer_num > 3}", "{if layer_num > 3}"),
    ],
)
def test_placeholders_that_the_slicer_left(line: str, name: str) -> None:
    text = f"`{name}` was left as it is"
    assert found(*BODY, line) == [Finding(6, "placeholder-left", text)]


def test_a_placeholder_in_a_move_is_both() -> None:
    assert codes(*BODY, "G1 X0 Y{machine_depth}") == ["malformed-command", "placeholder-left"]


@pytest.mark.parametrize(
    "line",
    [
        "; {timestamp} [day]",
        "M117 [1/20] {3}",
        "EXCLUDE_OBJECT_DEFINE NAME=P01 CENTER=1,2 POLYGON=[[1,2],[3,4]]",
    ],
)
def test_what_only_looks_like_a_placeholder(line: str) -> None:
    assert codes(*BODY, line) == []


def test_findings_come_by_line() -> None:
    lines = ("M112", "M104 S999", *BODY, "G1 X400 E1", "SAVE_CONFIG")
    assert [(each.line, each.code) for each in found(*lines)] == [
        (1, "forbidden-command"),
        (2, "nozzle-too-hot"),
        (8, "outside-bed"),
        (9, "forbidden-command"),
    ]


def test_every_code_says_what_it_means_and_how_to_mend_it() -> None:
    for code, rule in RULES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert rule.meaning
        assert Finding(0, code, "").mend == rule.mend != ""
        assert Finding(0, code, "").severity == rule.severity


def test_a_round_bed() -> None:
    corners = [(math.cos(math.tau * n / 72), math.sin(math.tau * n / 72)) for n in range(72)]
    delta = PrintSpace(tuple((90 * x, 90 * y) for x, y in corners), 200)
    assert codes("M83", "G1 X63 Y-63", "G1 X-63 Y63 E9", space=delta) == []
    assert codes("M83", "G1 X66 Y-66", "G1 X-66 Y66 E9", space=delta) == ["outside-bed"]


def test_how_far_outside_a_polygon_a_point_lies() -> None:
    notched = Polygon(((0, 0), (10, 0), (10, 10), (5, 4), (0, 10)))
    for x, y, outside_mm in [
        (5, 2, 0),
        (0, 0, 0),
        (10, 5, 0),
        (1, 8, 0),
        (9, 8, 0),
        (5, 4, 0),
        (-3, 5, 3),
        (14, -3, 5),
        (5, 10, 5 * 6 / math.hypot(5, 6)),
    ]:
        assert notched.outside_mm(x, y) == pytest.approx(outside_mm)


@pytest.mark.parametrize("bed", [(), ((0, 0),), ((0, 0), (9, 9))])
def test_a_bed_without_an_area_is_refused(bed: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(FarmctlError) as caught:
        check(b"", PrintSpace(bed, 200))
    assert caught.value.message == f"a bed of {len(bed)} corners has no area"
    assert caught.value.mend == "give at least three corners"


MM = st.floats(-50, 300, allow_nan=False)


@given(x=MM, y=MM)
def test_a_rectangle_and_its_polygon_agree(x: float, y: float) -> None:
    outside_mm = math.hypot(max(0, -x, x - 250), max(0, -y, y - 210))
    assert Polygon(MK3.bed).outside_mm(x, y) == pytest.approx(outside_mm)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_checked(raw: bytes) -> None:
    findings = check(raw, MK3)
    assert findings == sorted(findings)
    assert {finding.code for finding in findings} <= RULES.keys()
