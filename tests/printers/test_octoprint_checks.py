"""What `doctor` says about an OctoPrint and about the key it is asked with."""

from __future__ import annotations

from typing import Any

import pytest

from farmctl.printers.octoprint.checks import NEEDED, findings
from tests.printers.recorded import body

pytestmark = pytest.mark.pure

VERSION = body("octoprint", "version")
OPERATOR = body("octoprint", "user-operator")
GUEST: dict[str, Any] = {"name": None, "groups": ["guests"], "permissions": []}


def codes(
    version: Any = VERSION, settings: Any = None, user: Any = OPERATOR, guest: Any = GUEST
) -> list[str]:
    return [each.code for each in findings(version, settings or {}, user, guest)]


def test_the_one_of_the_tests_has_no_findings() -> None:
    assert codes() == []


def test_somebody_who_may_only_look_lacks_rights() -> None:
    user = body("octoprint", "user-looker")
    (finding,) = findings(VERSION, {}, user, GUEST)
    assert (finding.code, finding.refuses) == ("octoprint-right-missing", True)
    assert "PRINT" in finding.message
    assert "looker" in finding.message


@pytest.mark.parametrize("name", ["continuousprint", "AutostartPrint", "printscheduler"])
def test_what_starts_prints_by_itself_refuses(name: str) -> None:
    (finding,) = findings(VERSION, {"plugins": {name: {}, "discovery": {}}}, OPERATOR, GUEST)
    assert (finding.code, finding.refuses) == ("octoprint-auto-start", True)
    assert name in finding.mend


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"version": {"server": "1.11.7"}}, ["octoprint-hole"]),
        ({"version": {"server": "1.12.0"}}, []),
        ({"version": {"server": "2.0.0rc1"}}, []),
        ({"version": None}, []),
        ({"user": {"name": "_api", "permissions": [*NEEDED, "ADMIN"]}}, ["octoprint-global-key"]),
        ({"user": {"name": "ada", "permissions": [*NEEDED, "ADMIN"]}}, ["octoprint-key-may-all"]),
        ({"user": {"name": "ada", "permissions": "all"}}, ["octoprint-right-missing"]),
        ({"guest": {"permissions": ["STATUS", "PRINT"]}}, ["octoprint-open"]),
        ({"guest": None}, []),
        ({"settings": {"api": {"allowCrossOrigin": True}}}, ["octoprint-cors-open"]),
        ({"settings": {"plugins": ["continuousprint"]}}, []),
    ],
)
def test_what_is_wrong_is_named(said: dict[str, Any], expected: list[str]) -> None:
    assert codes(**said) == expected
