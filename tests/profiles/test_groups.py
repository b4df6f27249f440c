from __future__ import annotations

from collections import Counter

import pytest

from farmctl.profiles.groups import GROUPS, Group, group_of
from farmctl.profiles.units import UNITS, unit_of
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure


def test_every_setting_of_the_pinned_slicer_is_in_exactly_one_group(debian: Catalogue) -> None:
    counted = Counter(key for keys in GROUPS.values() for key in keys)
    known = {*debian.defaults, *debian.optional}
    assert set(counted) == known
    assert {key for key, count in counted.items() if count > 1} == set()
    assert set(GROUPS) == set(Group)


def test_a_setting_has_one_unit_at_most_and_is_one_of_the_slicers(debian: Catalogue) -> None:
    counted = Counter(key for keys in UNITS.values() for key in keys)
    assert set(counted) <= {*debian.defaults, *debian.optional}
    assert {key for key, count in counted.items() if count > 1} == set()


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("chamber_temperature", Group.TEMPERATURES),
        ("external_perimeter_acceleration", Group.WALLS),
        ("support_tree_angle", Group.SUPPORTS),
        ("machine_max_junction_deviation", Group.MACHINE),
        ("between_layers_gcode", Group.GCODE),
        ("overhang_fan_speed_0", Group.COOLING),
        ("travel_acceleration", Group.SPEEDS),
        ("something_else", Group.OTHER),
    ],
)
def test_what_later_slicers_brought_is_put_by_its_name(key: str, group: Group) -> None:
    assert group_of(key) is group


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("temperature", "240", "°C"),
        ("temperature", "240,235", "°C"),
        ("external_perimeter_speed", "35", "mm/s"),
        ("external_perimeter_speed", "50%", ""),
        ("max_fan_speed", "50", "%"),
        ("fill_pattern", "cubic", ""),
        ("filament_retract_length", "nil", ""),
    ],
)
def test_figures_have_units_and_words_have_none(key: str, value: str, unit: str) -> None:
    assert unit_of(key, value) == unit
