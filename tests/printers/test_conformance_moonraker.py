"""The Moonraker driver does what every driver must do, on the real server and a real Klipper."""

from __future__ import annotations

import asyncio

import pytest

from farmctl.testing.conformance import CHECKS, run_check
from tests.printers.klipper_rig import KlipperRig
from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Proxy

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.mark.parametrize("name", CHECKS)
def test_a_klipper_printer_conforms(
    name: str, klipper: KlipperStack, klipper_proxy: Proxy, request: pytest.FixtureRequest
) -> None:
    rig = KlipperRig(klipper, klipper_proxy, lambda: request.getfixturevalue("another_klipper"))
    asyncio.run(run_check(name, rig))
