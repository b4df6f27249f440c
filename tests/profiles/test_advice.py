from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.advice.all import advice
from farmctl.profiles.advice.gcode import commands
from farmctl.profiles.advice.materials import MATERIALS, material_of
from farmctl.profiles.advice.subject import Machines, Subject
from farmctl.profiles.diff import side
from farmctl.profiles.effective import Layer, nozzle
from farmctl.profiles.lint import IN_CLASS, IN_PROFILE, Source
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue

from .conftest import PROFILES

pytestmark = pytest.mark.pure

VORON = Machines("voron-350", 300, 120)


def source(path: Path, values: Mapping[str, str], name: str) -> Source:
    said = {**ini.parse(path.read_bytes(), name).values, **values}
    may_hold = IN_CLASS if "class" in name else IN_PROFILE
    return Source(name, ini.parse(ini.write(said), name), may_hold)


def subject(
    debian: Catalogue,
    profile: Mapping[str, str] = {},
    machine: Mapping[str, str] = {},
    machines: Machines = VORON,
    name: str = "petg-0.4-standard",
) -> Subject:
    """The settings of the reference farm on voron-350, with changes."""
    of_class = source(PROFILES / "classes/voron-350/1.0.0.ini", machine, "class.ini")
    own = source(PROFILES / f"{name}/1.0.0.ini", profile, "profile.ini")
    layers = [Layer("class", of_class.ini.values), nozzle(400), Layer("profile", own.ini.values)]
    found = side(debian, layers)
    files = {"class": of_class, "profile": own}
    material = name.partition("-")[0].upper()
    return Subject(found.values, found.sources, files, machines, material, "profile")


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [each.code for each in found]


def test_the_reference_profiles_need_no_advice(debian: Catalogue) -> None:
    for name in ("petg-0.4-standard", "pla-0.4-draft", "pla-0.4-standard"):
        assert advice(subject(debian, name=name)) == ()


@pytest.mark.parametrize(
    ("profile", "code", "severity"),
    [
        ({"temperature": "310"}, "hotter-than-class", Severity.ERROR),
        ({"bed_temperature": "121"}, "hotter-than-class", Severity.ERROR),
        ({"first_layer_temperature": "180"}, "temperature-unusual", Severity.WARNING),
        ({"bed_temperature": "0"}, "temperature-unusual", Severity.WARNING),
        ({"layer_height": "0.34"}, "layer-thick", Severity.WARNING),
        ({"layer_height": "0.41"}, "layer-above-nozzle", Severity.ERROR),
        ({"first_layer_height": "210%"}, "layer-above-nozzle", Severity.ERROR),
        ({"travel_speed": "301"}, "beyond-machine", Severity.WARNING),
        ({"default_acceleration": "4001"}, "beyond-machine", Severity.WARNING),
        ({"filament_retract_speed": "61"}, "beyond-machine", Severity.WARNING),
        ({"infill_speed": "120"}, "flow-slowed-down", Severity.NOTE),
        ({"perimeter_generator": "arachne"}, "not-byte-repeatable", Severity.NOTE),
        ({"end_filament_gcode": '"PARK_IT"'}, "macro-not-declared", Severity.WARNING),
    ],
)
def test_a_profile_that_will_disappoint_is_told_why_and_how_to_mend_it(
    debian: Catalogue, profile: Mapping[str, str], code: str, severity: Severity
) -> None:
    looked_at = subject(debian, profile)
    (found,) = (each for each in advice(looked_at) if each.code == code)
    assert (found.file, found.severity) == ("profile.ini", severity)
    assert found.mend
    if code != "not-byte-repeatable":
        (key,) = profile
        assert found.line == looked_at.files["profile"].ini.lines[key]
        assert f"`{key}`" in found.message


@pytest.mark.parametrize(
    ("machine", "code"),
    [
        ({"start_gcode": r"G1 Z5\nM104 S200"}, ["never-homes"]),
        ({"start_gcode": r"G1 X10 Y10 F9000\nG28"}, ["moves-before-home"]),
        ({"start_gcode": r"G91\nG1 Z5 F600\nG90\nG28"}, []),
        ({"start_gcode": "PRINT_START BED=[first_layer_bed_temperature]"}, ["macro-not-declared"]),
        ({"end_gcode": r"M104 S0\nM84"}, ["bed-stays-hot"]),
        ({"end_gcode": r"M140 S0\nM104 S180"}, ["nozzle-stays-hot"]),
        ({"end_gcode": r"M140 S{0}\nM109 S0.0"}, []),
        ({"end_gcode": r"TURN_OFF_HEATERS"}, []),
        ({"layer_gcode": r"SET_PRINT_STATS_INFO CURRENT_LAYER={layer_num}\nM117"}, []),
        ({"layer_gcode": r"TIMELAPSE_TAKE_FRAME ; say cheese"}, ["macro-not-declared"]),
    ],
)
def test_custom_gcode_of_the_class_is_read(
    debian: Catalogue, machine: Mapping[str, str], code: list[str]
) -> None:
    found = advice(subject(debian, machine=machine))
    assert codes(found) == code
    assert {each.file for each in found} <= {"class.ini"}


def test_a_declared_macro_is_trusted(debian: Catalogue) -> None:
    has = Machines("voron-350", 300, 120, macros=frozenset({"PRINT_START", "PRINT_END"}))
    machine = {"start_gcode": "print_start", "end_gcode": "PRINT_END"}
    assert advice(subject(debian, machine=machine, machines=has)) == ()


def test_a_machine_limit_that_nobody_stated_is_no_limit(debian: Catalogue) -> None:
    looked_at = subject(debian, {"travel_speed": "400"})
    silent = {**looked_at.sources, "machine_max_feedrate_x": "the slicer's defaults"}
    silent["machine_max_feedrate_y"] = "the slicer's defaults"
    unstated = Subject(
        looked_at.values, silent, looked_at.files, VORON, looked_at.material, "profile"
    )
    assert "beyond-machine" in codes(advice(looked_at))
    assert "beyond-machine" not in codes(advice(unstated))


def test_flow_is_held_against_what_the_class_says_of_its_hotend(debian: Catalogue) -> None:
    weak = Machines("voron-350", 300, 120, flow_mm3_s=5)
    (found,) = advice(subject(debian, machines=weak))
    assert found.code == "flow-above-hotend"
    assert "`infill_speed` asks for 5.7 mm³/s, the hotend of voron-350 melts 5" in found.message
    strong = Machines("voron-350", 300, 120, flow_mm3_s=24)
    assert advice(subject(debian, machines=strong)) == ()


def test_without_any_limit_flow_is_held_against_a_plain_hotend(debian: Catalogue) -> None:
    free = {"filament_max_volumetric_speed": "0", "infill_speed": "140"}
    assert codes(advice(subject(debian, free))) == ["flow-unlimited"]
    assert codes(advice(subject(debian, {"filament_max_volumetric_speed": "0"}))) == []


def test_a_speed_may_be_a_share_of_another(debian: Catalogue) -> None:
    shared = {"perimeter_speed": "100", "external_perimeter_speed": "310%"}
    found = [each for each in advice(subject(debian, shared)) if each.code == "beyond-machine"]
    assert ["`external_perimeter_speed` is 310 mm/s" in each.message for each in found] == [True]


def test_materials_are_known_by_the_beginning_of_their_name() -> None:
    assert material_of("PLA+-SILK") is MATERIALS["PLA"]
    assert material_of("PA-CF") is MATERIALS["PA"]
    assert material_of("WONDERSTUFF") is None


def test_commands_are_read_without_placeholders_and_remarks() -> None:
    text = r'{if layer_num > 1}M104 S{temperature[0]}{endif} ; hot\nG28X0\n\n; all\n"x"'
    assert commands(text) == [("M104", "S"), ("G28", "X0")]
    assert commands(r'"M900 K0.05\nPARK";"T1"') == [("M900", "K0.05"), ("PARK", ""), ("T1", "")]
