"""Served printers answer with the keys and types that were recorded of the real Moonraker."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from farmctl.soak.whole_klipper import WholeKlipper
from farmctl.system.clock import FixedClock
from tests.printers.recorded import exchange
from tests.printers.shapes import differences

pytestmark = pytest.mark.pure

QUICK, LONG = b"G4 S5\n", b"G4 S3600\n"


class Place:
    """A printer, and hands that bring it where the real one was when it was recorded."""

    def __init__(self) -> None:
        self.clock = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
        self.printer = WholeKlipper("simulated-1", self.clock.now)

    def idle(self) -> None:
        self.printer.put("new.gcode", QUICK)

    def printing(self) -> None:
        for name in ("long.gcode", "other.gcode", "intruder.gcode"):
            self.printer.put(name, LONG)
        self.printer.start("long.gcode")
        self.clock.move(60)

    def paused(self) -> None:
        self.printing()
        self.printer.pause()

    def cancelled(self) -> None:
        self.printing()
        self.printer.cancel()

    def completed(self) -> None:
        self.printer.put("quick.gcode", QUICK)
        self.printer.start("quick.gcode")
        self.clock.move(60)

    def shut_down(self) -> None:
        self.printing()
        self.printer.fail("Lost communication with MCU 'mcu'", "printer_error")

    def restarted(self) -> None:
        self.shut_down()
        self.printer.restart()


SCENES: dict[Callable[[Place], None], str] = {
    Place.idle: """
        query-standby server-info-ready printer-info history-empty identity files-list
        upload-existing-name upload-new upload-wrong-checksum start-missing delete-missing
        pause-standby resume-standby cancel-standby
    """,
    Place.printing: """
        query-printing history-in-progress start-printing resume-printing delete-in-use-printing
        delete-other-printing upload-over-printing upload-while-printing pause-printing
        cancel-printing
    """,
    Place.paused: "query-paused pause-paused delete-in-use-paused resume-paused start-paused",
    Place.cancelled: "query-cancelled history-cancelled cancel-cancelled start-idle",
    Place.completed: "query-complete history-completed delete-idle pause-complete",
    Place.shut_down: "query-shutdown server-info-shutdown start-shutdown upload-shutdown",
    Place.restarted: "query-after-restart",
}


@pytest.mark.parametrize(
    ("scene", "name"), [(scene, name) for scene, names in SCENES.items() for name in names.split()]
)
def test_an_answer_has_the_recorded_keys_and_types(
    scene: Callable[[Place], None], name: str
) -> None:
    recorded = exchange("moonraker", name)
    place = Place()
    scene(place)
    status, said = answer(place.printer, name, recorded["request"])
    assert status == recorded["response"]["status"]
    assert list(differences(recorded["response"]["body"], said)) == []


def answer(printer: WholeKlipper, name: str, request: dict[str, Any]) -> tuple[int, Any]:
    body = b""
    if name.startswith("upload"):
        body = form(NAMES.get(name, "new.gcode"), is_right=name != "upload-wrong-checksum")
    return printer.answer(request["method"], request["path"], request["query"], body)


NAMES = {"upload-over-printing": "long.gcode"}


def form(file: str, *, is_right: bool) -> bytes:
    digest = hashlib.sha256(QUICK if is_right else LONG).hexdigest()
    fields = {"root": "gcodes", "print": "false", "checksum": digest}
    files = {"file": (file, QUICK, "application/octet-stream")}
    return httpx.Request("POST", "http://sim-1/", data=fields, files=files).read()


def test_a_shape_differs_by_keys_and_types_alone() -> None:
    real = {"a": 1, "b": [{"c": None}], "d": "<d>", "settings": {"x": 1.0, "y": 2}}
    assert list(differences(real, {"a": 2.5, "b": [], "d": 7, "settings": {"x": 3}})) == []
    wrong = {"a": "1", "b": [{"c": 1}], "settings": {"x": 1, "z": 1}, "e": 0}
    assert list(differences(real, wrong)) == [
        ".e is made up",
        ".d is missing",
        ".a: str, really number",
        ".b[0].c: number, really NoneType",
        ".settings.z is made up",
    ]
