"""`farmctl run` is killed and frozen before a real Moonraker, with and without bad weather."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills import real_farm

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


@pytest.mark.parametrize("rough", [False, True], ids=["calm", "rough"])
def test_a_controller_is_killed_before_a_real_printer(rough: bool, tmp_path: Path) -> None:
    figures = real_farm.play(tmp_path / "kills", seed=1 + rough, kills=5, rough=rough)
    assert figures.violations == [], figures.line()
    assert figures.kills == 5
    assert figures.starts > 0
