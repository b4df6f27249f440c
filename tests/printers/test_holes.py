"""Versions with known holes are told, with what can happen and what mends it."""

from __future__ import annotations

import pytest

from farmctl.printers.holes import HOLES, findings_of_holes, holes_of, version_number
from farmctl.printers.moonraker.checks import findings

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("hole", HOLES, ids=lambda each: each.name)
def test_a_version_before_the_mend_has_the_hole_and_the_mend_has_not(hole) -> None:
    before = (*hole.mended_in[:-1], hole.mended_in[-1] - 1)
    if before[-1] < 0:
        before = (hole.mended_in[0], hole.mended_in[1] - 1, 9)
    assert hole in holes_of(hole.driver, ".".join(map(str, before)))
    assert hole not in holes_of(hole.driver, ".".join(map(str, hole.mended_in)))


def test_a_hole_of_a_section_needs_the_section() -> None:
    assert [each.name for each in holes_of("moonraker", "v0.9.3")] == ["CVE-2026-24130"]
    assert holes_of("moonraker", "v0.9.3", frozenset({"authorization"})) == ()
    assert len(holes_of("moonraker", "v0.9.3", frozenset({"ldap"}))) == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("v0.9.3-12-gabc", (0, 9, 3)),
        ("OctoPrint 1.11.8", (1, 11, 8)),
        ("1.11.8rc2", (1, 11, 8)),
        ("v2", None),
        ("", None),
        ("?", None),
    ],
)
def test_versions_are_read_as_servers_say_them(text: str, number: tuple[int, ...] | None) -> None:
    assert version_number(text) == number


def test_a_kind_or_a_version_that_nobody_knows_has_no_hole() -> None:
    assert holes_of("virtual", "1.0.0") == holes_of("octoprint", "new") == ()


def test_a_finding_names_the_hole_the_version_and_the_mend() -> None:
    (finding,) = findings_of_holes("octoprint", "OctoPrint", "1.11.7")
    assert finding.code == "octoprint-hole"
    assert "OctoPrint 1.11.7" in finding.message
    assert "CVE-2026-54134" in finding.message
    assert finding.mend == "update OctoPrint to 1.11.8 or newer"
    assert finding.refuses is False


SERVER = {"components": ["history", "file_manager", "klippy_apis"], "moonraker_version": "v0.9.3"}


def test_a_moonraker_with_a_hole_is_told() -> None:
    (finding,) = findings({"config": {"ldap": {"ldap_host": "x"}}}, SERVER)
    assert finding.code == "moonraker-hole"
    mended = {**SERVER, "moonraker_version": "v0.10.0-3-gabc"}
    assert findings({"config": {"ldap": {"ldap_host": "x"}}}, mended) == ()
