from __future__ import annotations

import pytest

from farmctl.geometry.calibration import calibration_cube
from farmctl.geometry.preflight import preflight
from farmctl.geometry.report import Level

pytestmark = pytest.mark.pure


def test_the_cube_is_closed_the_right_way_round_and_20_mm_wide() -> None:
    found = preflight(calibration_cube(), "cube.stl")
    assert found.verdict is Level.PASS
    assert {each.level for each in found.findings} == {Level.PASS}
    assert calibration_cube() == calibration_cube()
