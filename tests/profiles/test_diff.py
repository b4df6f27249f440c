from __future__ import annotations

import pytest

from farmctl.profiles.diff import Difference, differences
from farmctl.slicing.catalogue import Kind
from farmctl.slicing.prusaslicer.values import same

pytestmark = pytest.mark.pure


def test_only_values_that_mean_something_else_differ_grouped_by_kind() -> None:
    before = {"temperature": "240", "layer_height": "0.20", "bed_shape": "0x0", "perimeters": "2"}
    after = {"temperature": "235", "layer_height": "0.2", "bed_shape": "1x1", "fill_angle": "45"}
    assert differences("prusaslicer", before, after, same) == (
        Difference(Kind.FILAMENT, "temperature", "240", "235"),
        Difference(Kind.MACHINE, "bed_shape", "0x0", "1x1"),
        Difference(Kind.PRINT, "fill_angle", None, "45"),
        Difference(Kind.PRINT, "perimeters", "2", None),
    )
