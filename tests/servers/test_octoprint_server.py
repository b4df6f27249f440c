"""The OctoPrint of the tests: real prints, and what goes wrong with them on demand."""

from __future__ import annotations

import pytest

from tests.servers.fixtures import octoprint, octoprint_server
from tests.servers.octoprint import OctoPrintServer

__all__ = ["octoprint", "octoprint_server"]

pytestmark = [pytest.mark.server, pytest.mark.slow]

LONG = b"G90\n" + b"G4 P200\n" * 300


def test_a_print_runs_to_its_end_and_is_counted(octoprint: OctoPrintServer) -> None:
    before = octoprint.starts()
    octoprint.upload("box.gcode", b"G90\nG1 X10 F6000\n")
    octoprint.print("box.gcode")
    octoprint.wait_for(lambda: bool(octoprint.prints("box.gcode")), "it is counted")
    assert octoprint.prints("box.gcode")["success"] == 1
    assert octoprint.starts() == before + 1


def test_it_comes_back_from_trouble(octoprint: OctoPrintServer) -> None:
    octoprint.upload("box.gcode", LONG)
    octoprint.print("box.gcode")
    octoprint.wait_state("Printing")
    octoprint.debug("trigger_fatal_error_marlin")
    octoprint.wait_state("Offline after error")
    octoprint.tidy()
    assert octoprint.state() == "Operational"
    assert octoprint.get("/api/files/local").body["files"] == []
