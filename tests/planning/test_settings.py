"""Complete settings of a part, and what they mean for a bed."""

from __future__ import annotations

import pytest

from farmctl.errors import InvalidDocuments
from farmctl.planning.packing import Spacing
from farmctl.planning.settings import GAP_UM, Recipe, hottest_c, settings_of, spacing_of, written
from tests.planning.made import printer_class, slicer

pytestmark = pytest.mark.pure

PLAIN = Spacing(GAP_UM, 0)


def _recipe(**changes) -> Recipe:
    base = {
        "slicer": slicer(),
        "printer_class": printer_class(),
        "profile": "petg@1.0.0",
        "profile_settings": b"temperature = 240\n",
        "nozzle_um": 600,
    }
    return Recipe(**{**base, **changes})


def test_each_layer_covers_the_one_below():
    found = settings_of(_recipe(overrides=(("brim_width", 5),)))
    assert found.values["skirts"] == "0"  # the class
    assert found.values["temperature"] == "240"  # the profile
    assert found.values["nozzle_diameter"] == "0.6"
    assert found.values["brim_width"] == "5"
    assert found.values["bed_temperature"] == "60"  # the slicer's default
    assert found.values["support_material"] == "0"
    assert settings_of(_recipe(supports="auto")).values["support_material"] == "1"


def test_the_digest_changes_with_every_part_of_the_recipe():
    recipes = [
        _recipe(),
        _recipe(profile_settings=b"temperature = 241\n"),
        _recipe(nozzle_um=400),
        _recipe(supports="auto"),
        _recipe(overrides=(("brim_width", 5),)),
    ]
    assert len({settings_of(each).digest for each in recipes}) == len(recipes)
    assert settings_of(_recipe()).digest == settings_of(_recipe()).digest


def test_an_override_that_the_slicer_does_not_know_is_refused():
    with pytest.raises(InvalidDocuments, match="the plan's overrides"):
        settings_of(_recipe(overrides=(("brim_widht", 5),)))


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "1"), (False, "0"), (3, "3"), (0.2, "0.2"), (1e-7, "0.0000001"), ("20%", "20%")],
)
def test_values_are_written_as_slicers_write_them(value, text):
    assert written(value) == text


@pytest.mark.parametrize(
    ("values", "spacing"),
    [
        ({}, PLAIN),
        ({"brim_width": "5", "brim_separation": "0.1"}, Spacing(10_200, 5_100)),
        ({"brim_width": "5", "brim_type": "no_brim"}, PLAIN),
        ({"brim_width": "0.5"}, Spacing(GAP_UM, 500)),
        (
            {"skirts": "2", "skirt_distance": "6", "nozzle_diameter": "0.4,0.4"},
            Spacing(GAP_UM, 7_600),
        ),
        ({"skirts": "0", "skirt_distance": "6"}, PLAIN),
        ({"support_material": "1"}, Spacing(6_000, 3_000)),
        ({"raft_layers": "1", "raft_first_layer_expansion": "4"}, Spacing(8_000, 4_000)),
        ({"complete_objects": "1"}, Spacing(GAP_UM, 0, alone=True)),
        ({"brim_width": "50%", "skirts": ""}, PLAIN),
    ],
)
def test_brims_skirts_and_supports_need_room(values, spacing):
    assert spacing_of(values) == spacing


def test_the_hottest_of_all_is_found():
    values = {"temperature": "240,260", "first_layer_temperature": "245.5", "bed_temperature": ""}
    assert hottest_c(values, "temperature", "first_layer_temperature") == 260
    assert hottest_c(values, "first_layer_temperature") == 246
    assert hottest_c(values, "bed_temperature", "nothing") == 0
