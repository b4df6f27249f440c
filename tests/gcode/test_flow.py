from __future__ import annotations

import math

import pytest

from farmctl.gcode.flow import peak_flow_mm3_s

pytestmark = pytest.mark.pure

AREA = math.pi * 1.75**2 / 4
PURGE = b"M83\nG1 X50 E50 F6000\n;LAYER_CHANGE\n"


def test_the_peak_is_of_the_line_that_asks_for_most() -> None:
    slow, fast = b"G1 X60 E1 F600\n", b"G1 X70 E1 F1200\n"
    assert peak_flow_mm3_s(PURGE + slow, 1.75) == pytest.approx(AREA * 1.0)
    assert peak_flow_mm3_s(PURGE + slow + fast + slow, 1.75) == pytest.approx(AREA * 2.0)


def test_purging_pulling_back_and_pushing_again_are_no_lines() -> None:
    raw = PURGE + b"G1 E-2 F2400\nG1 E2 F2400\nG1 X50.5 E1 F6000\n"
    assert peak_flow_mm3_s(raw, 1.75) == 0.0


def test_a_file_without_marks_is_all_print() -> None:
    assert peak_flow_mm3_s(b"M83\nG1 X10 E1 F600\n", 1.75) == pytest.approx(AREA)
