from __future__ import annotations

import pytest

from farmctl.errors import Exit, SlicerFailed
from farmctl.slicing.proof import demand, deviations, refuse_gaps
from farmctl.slicing.prusaslicer.values import same

pytestmark = pytest.mark.pure

WANTED = {"layer_height": "0.20", "fill_pattern": "grid", "post_process": ""}


def failure(used: dict[str, str]) -> SlicerFailed:
    with pytest.raises(SlicerFailed) as caught:
        demand(deviations(WANTED, used, same), len(WANTED))
    return caught.value


def test_all_values_in_the_slicers_own_form_are_proven() -> None:
    used = {"layer_height": "0.2", "fill_pattern": "grid", "post_process": "", "threads": "2"}
    demand(deviations(WANTED, used, same), len(WANTED))


def test_a_missing_key_was_dropped() -> None:
    error = failure({"layer_height": "0.2", "post_process": ""})
    assert error.code == "slicer-dropped-key"
    assert error.exit is Exit.DEVICE
    assert "fill_pattern: asked grid, not used at all" in error.message


def test_another_value_was_changed() -> None:
    error = failure({"layer_height": "0.3", "fill_pattern": "grid", "post_process": ""})
    assert error.code == "slicer-changed-key"
    assert "layer_height: asked 0.20, used 0.3" in error.message


def test_a_program_that_came_into_the_settings_is_seen() -> None:
    error = failure({"layer_height": "0.2", "fill_pattern": "grid", "post_process": "rm x"})
    assert error.code == "slicer-changed-key"
    assert "asked nothing, used rm x" in error.message


def test_ten_deviations_mean_that_the_file_was_ignored() -> None:
    wanted = {f"key_{number}": "1" for number in range(12)}
    with pytest.raises(SlicerFailed) as caught:
        demand(deviations(wanted, dict.fromkeys(wanted, "0"), same), len(wanted))
    assert caught.value.code == "slicer-ignored-config"
    assert "12 of 12" in caught.value.message
    assert "and 9 more" in caught.value.message


def test_a_setting_that_nobody_asked_for_is_a_gap_in_the_settings() -> None:
    refuse_gaps(WANTED, WANTED)
    with pytest.raises(SlicerFailed) as caught:
        refuse_gaps(WANTED, {**WANTED, "bed_shape": "0x0"})
    assert caught.value.code == "settings-incomplete"
    assert "bed_shape = 0x0" in caught.value.message
