"""What doctor says about a PrusaLink."""

from __future__ import annotations

from typing import Any

import pytest

from farmctl.printers.driver import Finding
from farmctl.system.secrets import Secret
from tests.printers.recorded import body
from tests.printers.scripted import Answers, Scripted, merged
from tests.printers.scripted_prusalink import CHALLENGE, IDLE, at

pytestmark = pytest.mark.pure


def codes(found: tuple[Finding, ...]) -> dict[str, bool]:
    return {each.code: each.refuses for each in found}


def test_doctor_has_nothing_to_say_of_one_that_is_well() -> None:
    script = Scripted(dict(IDLE), CHALLENGE.format("n1"))
    assert at(script, lambda driver: driver.doctor(), api_key=Secret("maker:pass word")) == ()


@pytest.mark.parametrize(
    ("said", "config", "code", "refuses"),
    [
        ({("GET", "/api/version"): {"text": "PrusaLink 0.7.2"}}, {}, "prusalink-old", True),
        ({("GET", "/api/version"): {"text": "Buddy"}}, {}, "prusalink-old", True),
        ({("GET", "/api/version"): b"<html>"}, {}, "prusalink-old", True),
        ({}, {"identity": "another"}, "prusalink-other-machine", True),
        ({("GET", "/api/v1/status"): (503, None)}, {}, "prusalink-unusable", True),
        ({("GET", "/api/v1/status"): (403, None)}, {}, "prusalink-unusable", True),
        (
            {("GET", "/api/v1/status"): body("prusalink", "status-error")},
            {},
            "prusalink-printer",
            False,
        ),
        (
            {
                ("GET", "/api/v1/status"): {
                    "printer": {"state": "IDLE"},
                    "storage": [{"path": "/local", "free_space": 4096}],
                }
            },
            {},
            "prusalink-full",
            False,
        ),
        ({}, {"api_key": Secret("a-key")}, "prusalink-key-readable", False),
    ],
)
def test_doctor_names_what_is_wrong(
    said: Answers, config: dict[str, Any], code: str, refuses: bool
) -> None:
    found = at(Scripted(merged(IDLE, said)), lambda driver: driver.doctor(), **config)
    assert codes(found)[code] is refuses
    assert all(each.message and each.mend for each in found)
