"""The Bambu driver does what every driver must do, on a real broker and two real FTP servers."""

from __future__ import annotations

import asyncio

import pytest

from farmctl.testing.conformance import CHECKS, run_check
from tests.printers.bambu_rig import BambuRig
from tests.servers.authority import Authority
from tests.servers.bambu import BambuStack
from tests.servers.wire_tap import WireTap

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.mark.parametrize("ftp", ["vsftpd", "pyftpdlib"])
@pytest.mark.parametrize("name", CHECKS)
def test_a_bambu_conforms(
    name: str, ftp: str, maker: Authority, request: pytest.FixtureRequest
) -> None:
    stack: BambuStack = request.getfixturevalue(f"bambu_{ftp}")
    with WireTap(stack.mqtt_port) as mqtt, WireTap(stack.ftps_port) as ftps:
        other = lambda: request.getfixturevalue("another_bambu")  # noqa: E731
        rig = BambuRig(stack, (mqtt, ftps), maker.pem, other)
        asyncio.run(run_check(name, rig))
