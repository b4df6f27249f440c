from __future__ import annotations

from collections.abc import Mapping

import pytest

from farmctl.profiles.diff import Change, Shared, Side, changes, said_once, side
from farmctl.profiles.effective import DEFAULTS, Layer
from farmctl.profiles.groups import Group
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure


def told(values: Mapping[str, str], program: str = "prusaslicer") -> Side:
    return Side(program, values, dict.fromkeys(values, "profile"))


def test_only_values_that_mean_something_else_differ_grouped_by_what_they_affect() -> None:
    before = told({"temperature": "240", "layer_height": "0.20", "perimeters": "2", "skirts": "1"})
    after = told({"temperature": "235", "layer_height": "0.2", "perimeters": "3", "skirts": "0"})
    found = changes(before, after)
    assert [(each.group, each.key, each.before, each.after) for each in found] == [
        (Group.TEMPERATURES, "temperature", "240", "235"),
        (Group.WALLS, "perimeters", "2", "3"),
        (Group.SUPPORTS, "skirts", "1", "0"),
    ]


def test_what_one_side_does_not_know_has_no_value_there() -> None:
    found = changes(told({"wall_of_old": "1"}), told({"wall_of_the_future": "0"}))
    assert found == (
        Change("wall_of_old", "1", None, "profile", ""),
        Change("wall_of_the_future", None, "0", "", "profile"),
    )


def test_another_program_compares_letters() -> None:
    assert changes(told({"speed": "1.0"}, "other"), told({"speed": "1"}, "other"))


def test_a_side_holds_all_that_the_slicer_knows_and_names_what_it_does_not(
    debian: Catalogue,
) -> None:
    found = side(debian, [Layer("profile", {"temperature": "235", "wall_of_the_future": "1"})])
    assert set(found.values) == {*debian.defaults, *debian.optional}
    assert found.values["filament_retract_length"] == "nil"
    assert (found.values["temperature"], found.sources["temperature"]) == ("235", "profile")
    assert found.sources["perimeters"] == DEFAULTS
    assert found.strangers == {"wall_of_the_future": "profile"}


def test_a_setting_of_the_profile_that_the_next_slicer_dropped_vanishes(debian: Catalogue) -> None:
    values = {key: value for key, value in debian.defaults.items() if key != "thin_walls"}
    later = Catalogue(debian.program, "9", values, debian.optional)
    layers = [Layer("profile", {"thin_walls": "0"})]
    assert changes(side(debian, layers), side(later, layers)) == (
        Change("thin_walls", "0", None, "profile", "profile"),
    )


def test_the_same_change_on_several_classes_is_said_once() -> None:
    cooler = Change("temperature", "240", "235")
    slower = Change("perimeter_speed", "50", "45")
    slowest = Change("perimeter_speed", "50", "30")
    found = said_once({"b": [cooler, slowest], "a": [cooler, slower]})
    assert found == (
        Shared(cooler, ("a", "b")),
        Shared(slower, ("a",)),
        Shared(slowest, ("b",)),
    )
