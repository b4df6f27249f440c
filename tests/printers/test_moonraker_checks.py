"""What `doctor` says about a Moonraker, and what a probe makes of a Klipper configuration."""

from __future__ import annotations

from typing import Any

import pytest

from farmctl.printers.moonraker.checks import findings
from farmctl.printers.moonraker.machine import firmware, machine, nozzle_um

pytestmark = pytest.mark.pure

SERVER: dict[str, Any] = {
    "components": ["history", "file_manager", "klippy_apis"],
    "missing_klippy_requirements": [],
    "moonraker_version": "v0.9.3-12-gabc",
}


def codes(server: dict[str, Any] | None = None, **sections: dict[str, Any]) -> list[str]:
    found = findings({"config": sections}, {**SERVER, **(server or {})})
    return [finding.code for finding in found]


def test_a_plain_configuration_has_no_findings() -> None:
    assert codes(authorization={"trusted_clients": ["127.0.0.1", "10.0.0.0/24"]}) == []


@pytest.mark.parametrize(
    ("section", "option", "code"),
    [
        ("job_queue", "load_on_startup", "moonraker-auto-start"),
        ("job_queue", "automatic_transition", "moonraker-auto-start"),
        ("file_manager", "queue_gcode_uploads", "moonraker-auto-start"),
        ("file_manager", "enable_object_processing", "moonraker-rewrites-uploads"),
    ],
)
def test_what_starts_or_rewrites_prints_by_itself_refuses(
    section: str, option: str, code: str
) -> None:
    (finding,) = findings({"config": {section: {option: True}}}, SERVER)
    assert (finding.code, finding.refuses) == (code, True)
    assert option in finding.mend
    assert codes(**{section: {option: False}}) == []


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ({"trusted_clients": ["0.0.0.0/0"]}, "moonraker-trusts-many"),
        ({"trusted_clients": ["10.0.0.0/8"]}, "moonraker-trusts-many"),
        ({"trusted_clients": ["::/0"]}, "moonraker-trusts-many"),
        ({"cors_domains": ["*"]}, "moonraker-cors-open"),
    ],
)
def test_open_doors_are_named(authorization: dict[str, Any], code: str) -> None:
    assert codes(authorization=authorization) == [code]


def test_a_host_name_among_the_trusted_is_no_network() -> None:
    assert codes(authorization={"trusted_clients": ["my-laptop.lan"]}) == []


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ({"missing_klippy_requirements": ["pause_resume"]}, "klipper-section-missing"),
        ({"components": ["file_manager", "klippy_apis"]}, "moonraker-component-missing"),
        ({"moonraker_version": "v0.7.1-700-gabc"}, "moonraker-old"),
    ],
)
def test_what_is_missing_is_named(server: dict[str, Any], code: str) -> None:
    assert codes(server) == [code]


CONFIG = {
    "configfile": {
        "settings": {
            "printer": {"kinematics": "corexy", "max_velocity": 300.0, "max_accel": 3000.0},
            "extruder": {"nozzle_diameter": 0.6, "max_temp": 300.0},
            "heater_bed": {"max_temp": 120.0},
        }
    },
    "toolhead": {"axis_maximum": [350.0, 355.0, 330.0, 0.0]},
}


def test_a_machine_is_read_from_its_configuration() -> None:
    about = {"app": "Klipper", "software_version": "v0.12.0-1"}
    found = machine("id-1", {"moonraker_version": "0.11.0"}, about, CONFIG)
    assert (found.driver, found.identity) == ("moonraker", "id-1")
    assert (found.server, found.firmware) == ("Moonraker 0.11.0", "Klipper v0.12.0-1")
    assert (found.bed_mm, found.height_mm, found.nozzle_mm) == ((350.0, 355.0), 330.0, 0.6)
    assert (found.max_nozzle_c, found.max_bed_c) == (300, 120)
    assert found.limits == (("max_velocity", 300.0), ("max_accel", 3000.0))
    assert nozzle_um(CONFIG) == 600


def test_a_round_bed_is_not_guessed() -> None:
    settings = {**CONFIG["configfile"]["settings"], "printer": {"kinematics": "delta"}}
    found = machine("id-1", {}, {}, {**CONFIG, "configfile": {"settings": settings}})
    assert (found.bed_mm, found.height_mm) == (None, None)


def test_without_a_klipper_only_moonraker_is_known() -> None:
    found = machine("id-1", {"moonraker_version": "0.11.0"}, {}, {})
    assert (found.bed_mm, found.nozzle_mm, found.firmware, found.limits) == (None, None, "", ())
    assert nozzle_um({}) is None
    assert firmware({}) == ""
