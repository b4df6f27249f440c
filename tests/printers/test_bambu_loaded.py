"""What a Bambu tells of its spools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.model.observation import Loaded
from farmctl.printers.bambu.commands import project_file
from farmctl.printers.bambu.loaded import loaded_in, slots_of
from farmctl.printers.bambu.status import merged

pytestmark = pytest.mark.pure

PETG = {"tray_type": "PETG", "tray_color": "161616FF"}
PLA = {"tray_type": "PLA"}
SCRAP = st.none() | st.integers(-9, 99) | st.sampled_from(["", "0", "3", "PLA", "f", "²", "x\n"])
TRAY = SCRAP | st.dictionaries(st.sampled_from(["id", "tray_type", "state"]), SCRAP)
TRAYS = SCRAP | st.lists(TRAY, max_size=3)
UNIT = SCRAP | st.fixed_dictionaries({"id": SCRAP, "tray": TRAYS})
UNITS = SCRAP | st.lists(UNIT, max_size=3)
AMS = SCRAP | st.fixed_dictionaries({"ams": UNITS}, optional={"tray_exist_bits": SCRAP})


def ams(*units: tuple[str, list[dict[str, str]]], bits: str | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"ams": [{"id": number, "tray": trays} for number, trays in units]}
    return {"ams": said if bits is None else {**said, "tray_exist_bits": bits}}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param({}, None, id="nothing is told"),
        pytest.param({"vt_tray": {"id": "254", **PETG}}, (Loaded("PETG", ""),), id="at its back"),
        pytest.param({"vt_tray": {"id": "254", "tray_type": ""}}, None, id="nobody described it"),
        pytest.param(
            ams(("0", [{"id": "0", **PLA}, {"id": "1"}, {"id": "2", **PETG}])),
            (Loaded("PLA", ""), Loaded("PETG", "", 2)),
            id="an AMS with an empty slot",
        ),
        pytest.param(
            {**ams(("0", [{"id": "0", **PLA}])), "vt_tray": {"id": "254", **PETG}},
            (Loaded("PLA", ""),),
            id="the AMS goes before the spool at its back",
        ),
        pytest.param(
            ams(("1", [{"id": "3", **PLA}]), ("0", [{"id": "0", **PETG}])),
            (Loaded("PETG", ""), Loaded("PLA", "", 7)),
            id="two AMS",
        ),
        pytest.param(ams(("0", [{"id": "0"}])), (), id="an empty AMS"),
        pytest.param(
            ams(("0", [{"id": "0", **PLA}, {"id": "1"}]), bits="3"),
            None,
            id="a spool that nobody described",
        ),
        pytest.param(
            ams(("0", [{"id": "0", "tray_type": "pla; M104"}])), None, id="no material at all"
        ),
    ],
)
def test_what_is_told_of_spools(
    report: Mapping[str, Any], expected: tuple[Loaded, ...] | None
) -> None:
    assert loaded_in(report) == expected


def test_a_slot_that_is_emptied_is_empty_though_its_report_names_the_number_only() -> None:
    before = ams(("0", [{"id": "0", **PLA}, {"id": "1", **PETG}]), bits="3")
    after = merged(before, ams(("0", [{"id": "0", **PLA}, {"id": "1"}]), bits="1"))
    assert loaded_in(before) == (Loaded("PLA", ""), Loaded("PETG", "", 1))
    assert loaded_in(after) == (Loaded("PLA", ""),)


def test_filaments_come_from_the_slots_of_their_numbers() -> None:
    report = ams(("0", [{"id": str(tray)} for tray in range(4)]))
    said = project_file("a.gcode", "", slots_of(report))
    assert (said["use_ams"], said["ams_mapping"]) == (True, [0, 1, 2, 3])
    alone = project_file("a.gcode", "", slots_of({"vt_tray": {"id": "254", **PLA}}))
    assert (alone["use_ams"], alone["ams_mapping"]) == (False, [])


@given(st.fixed_dictionaries({}, optional={"ams": AMS, "vt_tray": TRAY}))
def test_whatever_is_told_is_taken_for_data(report: dict[str, Any]) -> None:
    told = loaded_in(report)
    assert told is None or all(0 <= each.slot < 40 for each in told)
    assert slots_of(report) == sorted(slots_of(report))
