"""The PrusaLink driver does what every driver must do, on the real server before a simulated MK3S."""

from __future__ import annotations

import asyncio

import pytest

from farmctl.testing.conformance import CHECKS, run_check
from tests.printers.prusalink_rig import PrusaLinkRig
from tests.servers.proxy import Proxy
from tests.servers.prusalink import PrusaLinkStack

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.mark.parametrize("name", CHECKS)
def test_a_prusa_printer_conforms(
    name: str, prusalink: PrusaLinkStack, prusalink_proxy: Proxy, request: pytest.FixtureRequest
) -> None:
    rig = PrusaLinkRig(
        prusalink, prusalink_proxy, lambda: request.getfixturevalue("another_prusalink")
    )
    asyncio.run(run_check(name, rig))
