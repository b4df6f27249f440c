"""The OctoPrint driver does what every driver must do, on the real server."""

from __future__ import annotations

import asyncio

import pytest

from farmctl.testing.conformance import CHECKS, run_check
from tests.printers.octoprint_rig import OctoPrintRig
from tests.servers.octoprint import OctoPrintServer
from tests.servers.proxy import Proxy

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.mark.parametrize("name", CHECKS)
def test_a_printer_behind_an_octoprint_conforms(
    name: str, octoprint: OctoPrintServer, octoprint_proxy: Proxy, request: pytest.FixtureRequest
) -> None:
    def other() -> OctoPrintServer:
        another: OctoPrintServer = request.getfixturevalue("another_octoprint")
        return another

    asyncio.run(run_check(name, OctoPrintRig(octoprint, octoprint_proxy, other)))
