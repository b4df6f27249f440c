from __future__ import annotations

import pytest

from farmctl.slicing.features import features

pytestmark = pytest.mark.pure


def test_what_decides_time_and_grams_is_kept_as_integers() -> None:
    found = features(
        {
            "layer_height": "0.2",
            "nozzle_diameter": "0.4,0.4",
            "perimeter_speed": "60",
            "external_perimeter_speed": "50%",
            "fill_density": "15%",
            "perimeters": "2",
            "temperature": "210",
            "support_material": "nonsense",
        }
    )
    assert found == {
        "infill_permille": 150,
        "layer_height_um": 200,
        "nozzle_diameter_um": 400,
        "perimeter_speed_um_s": 60_000,
        "perimeters": 2,
        "temperature_mc": 210_000,
    }
