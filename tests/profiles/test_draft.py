from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.profiles.draft import (
    Refusal,
    changed,
    in_class,
    with_settings,
    wrong_value,
    wrong_wish,
)
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure

TEXT = """\
# PETG, for tools
temperature = 240

perimeter_speed=50
; the end
"""
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
VALUES = st.from_regex(r"[a-zA-Z0-9.%,;]{0,8}", fullmatch=True)
SETTINGS = st.dictionaries(KEYS, VALUES, max_size=6)
WISHES = st.dictionaries(KEYS, st.none() | VALUES, max_size=6)


def test_settings_are_changed_where_they_are_and_remarks_stay() -> None:
    wishes = {"temperature": "235", "layer_height": "0.2", "start_filament_gcode": ""}
    assert with_settings(TEXT, wishes) == (
        "# PETG, for tools\ntemperature = 235\n\nperimeter_speed=50\n; the end\n"
        "layer_height = 0.2\nstart_filament_gcode =\n"
    )


def test_what_is_no_longer_said_loses_its_line() -> None:
    assert with_settings("a = 1\nb = 2\na = 3\n", {"a": None}) == "b = 2\n"


@given(SETTINGS, WISHES)
def test_a_draft_says_what_it_said_and_what_was_wished(
    before: Mapping[str, str], wishes: Mapping[str, str | None]
) -> None:
    after = ini.parse(with_settings(ini.write(before).decode(), wishes).encode(), "x.ini")
    kept = {key: value for key, value in {**before, **wishes}.items() if value is not None}
    assert after.diagnostics == ()
    assert after.values == kept
    assert set(changed(before, wishes)) == {
        key for key in {*before, *after.values} if before.get(key) != after.values.get(key)
    }


@pytest.mark.parametrize(
    ("key", "value", "code", "mend"),
    [
        ("layer_hight", "0.2", "setting-unknown", "did you mean `layer_height`?"),
        ("start_gcode", "G28", "setting-not-here", "belongs to the class: profiles/classes/voron"),
        ("temperature", "", "setting-empty", "the slicer's own is 200"),
        ("post_process", "sh x", "setting-starts-program", "leave it out"),
        ("print_host", "10.0.0.1", "setting-private", "leave it out"),
        ("inherits", "x", "setting-bookkeeping", "leave it out"),
        ("start_filament_gcode", "; {timestamp}", "setting-tells-time", "equal inputs"),
        ("start_filament_gcode", "G28\nM84", "setting-two-lines", r"write it as \n"),
    ],
)
def test_what_a_draft_may_not_say_is_named_with_its_mend(
    debian: Catalogue, key: str, value: str, code: str, mend: str
) -> None:
    found = wrong_wish(key, value, debian, "draft.ini")
    assert found is not None
    found = in_class(found, ["voron-350"])
    assert (found.code, found.where) == (code, "draft.ini")
    assert mend in found.mend


def test_what_is_fine_is_silent(debian: Catalogue) -> None:
    assert wrong_wish("temperature", "235", debian, "draft.ini") is None


def test_a_value_that_the_slicer_refuses_or_misreads_is_named(debian: Catalogue) -> None:
    why = "the slicer refuses the settings: Error: not valid: Value out of range: temperature"
    refused = wrong_value(Refusal("temperature", None, why), "9999", debian, "draft.ini")
    assert refused.message == "`temperature = 9999` is refused: Value out of range: temperature"
    assert refused.mend == "write a value that prusaslicer takes; its own is 200"
    misread = wrong_value(Refusal("perimeters", "2", ""), "2.7", debian, "draft.ini")
    assert (misread.code, misread.message) == (
        "setting-misread",
        "`perimeters = 2.7` would be read as 2",
    )
