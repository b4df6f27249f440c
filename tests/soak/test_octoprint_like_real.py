"""The simulated OctoPrint answers in the real one's words: the same names, of the same kinds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from farmctl.printers.octoprint.answers import words_of
from farmctl.soak.octoprint import OctoPrint
from tests.printers.recorded import exchange

pytestmark = pytest.mark.pure

LONG = b"G4 S7200\n"
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="NAME"\r\n\r\n'
    + LONG
    + b"\r\n--x--\r\n"
)
SELECT = b'{"command": "select", "print": true}'
PAUSE, RESUME = (
    json.dumps({"command": "pause", "action": each}).encode() for each in ("pause", "resume")
)


def idle(octo: OctoPrint) -> None:
    octo.put("new.gcode", LONG)


def printing(octo: OctoPrint) -> None:
    idle(octo)
    octo.put("long.gcode", LONG)
    octo.start("long.gcode")


def paused(octo: OctoPrint) -> None:
    printing(octo)
    octo.pause()


def cancelled(octo: OctoPrint) -> None:
    printing(octo)
    octo.cancel()


def broken(octo: OctoPrint) -> None:
    printing(octo)
    octo.fail("Thermal Runaway", "thermal")


CASES: dict[str, tuple[Callable[[OctoPrint], None], bytes]] = {
    "identity": (idle, b""),
    "counts-fresh": (idle, b""),
    "profiles": (idle, b""),
    "login": (idle, b"{}"),
    "job-idle": (idle, b""),
    "job-printing": (printing, b""),
    "job-paused": (paused, b""),
    "job-cancelled": (cancelled, b""),
    "job-after-error": (broken, b""),
    "file-never-printed": (idle, b""),
    "file-cancelled": (cancelled, b""),
    "files-two": (printing, b""),
    "upload-new": (lambda _: None, FORM.replace(b"NAME", b"new.gcode")),
    "upload-again": (idle, FORM.replace(b"NAME", b"new.gcode")),
    "upload-over-printing": (printing, FORM.replace(b"NAME", b"long.gcode")),
    "start-idle": (cancelled, SELECT),
    "start-printing": (printing, SELECT),
    "start-paused": (paused, SELECT),
    "start-offline": (broken, SELECT),
    "start-missing": (idle, SELECT),
    "pause-printing": (printing, PAUSE),
    "pause-paused": (paused, PAUSE),
    "pause-idle": (idle, PAUSE),
    "pause-offline": (broken, PAUSE),
    "resume-paused": (paused, RESUME),
    "resume-printing": (printing, RESUME),
    "cancel-printing": (printing, b'{"command": "cancel"}'),
    "cancel-idle": (idle, b'{"command": "cancel"}'),
    "delete-printing": (printing, b""),
    "delete-paused": (paused, b""),
    "delete-missing": (idle, b""),
}


def unlike(said: Any, real: Any, where: str = "") -> list[str]:
    """Return what a simulated answer has that the real one has not, or of another kind."""
    if isinstance(real, str) and real.startswith("<") and real.endswith(">"):
        return []  # what differs from run to run is not kept
    if isinstance(said, dict) and isinstance(real, dict):
        return [
            each
            for key in said
            for each in (unlike(said[key], real[key], f"{where}.{key}") if key in real else [key])
        ]
    if isinstance(said, list) and isinstance(real, list):
        return [each for one in said for each in unlike(one, real[0], f"{where}[]")]
    is_like = said is None or real is None or isinstance(said, type(real))
    return [] if is_like or {type(said), type(real)} == {int, float} else [where]


@pytest.mark.parametrize("name", CASES)
def test_an_answer_is_like_the_recorded_one(name: str) -> None:
    bring, body = CASES[name]
    octo = OctoPrint("o", lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    bring(octo)
    recorded = exchange("octoprint", name)
    asked, real = recorded["request"], recorded["response"]
    status, said = octo.answer(asked["method"], asked["path"], {}, body)
    assert status == real["status"]
    assert unlike(said, real["body"]) == []
    assert words_of(real["body"]).startswith(words_of(said))


@pytest.mark.parametrize("name", ["job-printing", "job-paused", "job-cancelled", "job-after-error"])
def test_a_state_is_the_recorded_one(name: str) -> None:
    bring, _ = CASES[name]
    octo = OctoPrint("o", lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    bring(octo)
    said, real = octo.answer("GET", "/api/job", {}, b"")[1], exchange("octoprint", name)
    assert said["state"] == real["response"]["body"]["state"]
    assert said["job"]["file"]["path"] == real["response"]["body"]["job"]["file"]["path"]
