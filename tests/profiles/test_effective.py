from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.errors import InvalidDocuments
from farmctl.profiles.effective import DEFAULTS, Layer, effective, nozzle, supports
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure

SMALL = Catalogue(
    "prusaslicer",
    "2.5.0",
    {
        "a": "1",
        "b": "2",
        "notes": '""',
        "nozzle_diameter": "0.4",
        "post_process": "",
        "gcode_label_objects": "0",
        "support_material": "0",
        "support_material_auto": "0",
    },
    frozenset({"filament_wipe"}),
)
LAYERS = st.lists(
    st.dictionaries(
        st.sampled_from(["a", "b", "filament_wipe"]), st.sampled_from("123"), max_size=3
    ),
    max_size=4,
)


def test_the_last_layer_that_says_something_wins_and_is_named() -> None:
    found = effective(
        SMALL, [Layer("class c", {"a": "5", "b": "5"}), Layer("profile p", {"a": "6"})]
    )
    assert (found.values["a"], found.values["b"]) == ("6", "5")
    assert (found.sources["a"], found.sources["b"]) == ("profile p", "class c")
    assert found.sources["nozzle_diameter"] == DEFAULTS


@given(LAYERS)
def test_settings_are_always_complete_and_their_text_always_the_same(
    layers: list[dict[str, str]],
) -> None:
    found = effective(SMALL, [Layer(str(number), values) for number, values in enumerate(layers)])
    again = effective(
        SMALL,
        [
            Layer(str(number), dict(reversed(values.items())))
            for number, values in enumerate(layers)
        ],
    )
    assert SMALL.defaults.keys() <= found.values.keys()
    assert found.text == again.text
    assert found.digest == again.digest
    assert found.values.keys() == found.sources.keys()


def test_parts_are_labelled_and_no_program_is_started_whatever_a_layer_says() -> None:
    found = effective(SMALL, [Layer("x", {"gcode_label_objects": "0", "post_process": "sh evil"})])
    assert found.values["gcode_label_objects"] == "1"
    assert found.values["post_process"] == ""


def test_an_optional_setting_is_left_out_until_somebody_says_it() -> None:
    assert "filament_wipe" not in effective(SMALL, []).values
    assert effective(SMALL, [Layer("x", {"filament_wipe": "1"})]).values["filament_wipe"] == "1"
    assert "filament_wipe" not in effective(SMALL, [Layer("x", {"filament_wipe": "nil"})]).values


def test_a_list_of_texts_never_becomes_an_empty_list() -> None:
    """PrusaSlicer 2.5.0 reads foreign memory for `start_filament_gcode =`."""
    assert effective(SMALL, [Layer("x", {"notes": ""})]).values["notes"] == '""'


def test_what_the_slicer_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(InvalidDocuments) as caught:
        effective(SMALL, [Layer("profile p", {"made_up": "1"})])
    assert "profile p" in caught.value.message
    assert "made_up" in caught.value.message


def test_nozzle_and_supports_of_a_plan_are_layers() -> None:
    found = effective(SMALL, [nozzle(600), supports("auto")])
    assert found.values["nozzle_diameter"] == "0.6"
    assert (found.values["support_material"], found.values["support_material_auto"]) == ("1", "1")
    assert effective(SMALL, [supports("none")]).values["support_material"] == "0"
