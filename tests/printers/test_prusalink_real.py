"""The PrusaLink driver before the real server: passwords, keys, room for files, cut uploads."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from farmctl.errors import DeviceFailed
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why
from farmctl.printers.prusalink import open_driver, probe
from farmctl.printers.prusalink.driver import PrusaLinkDriver
from farmctl.system.secrets import Secret
from tests.printers.prusalink_rig import FILES, PrusaLinkRig
from tests.servers.proxy import Fault, Proxy
from tests.servers.prusalink import PASSWORD, USER, PrusaLinkStack

pytestmark = pytest.mark.server

LOGIN = Secret(f"{USER}:{PASSWORD}")
OURS = "farmctl-12.gcode"
GCODE = PrusaLinkRig.samples.short


def at(url: str, work: Callable[[PrusaLinkDriver], Awaitable[Any]], **config: Any) -> Any:
    """Let a driver do something before a real server."""

    async def within() -> Any:
        driver = open_driver(DriverConfig(PrinterName("mk3-1"), url=url, **config))
        try:
            return await work(driver)
        finally:
            await driver.close()

    return asyncio.run(within())


def test_a_password_lets_in_and_each_effect_is_sent_once(
    prusalink: PrusaLinkStack, prusalink_proxy: Proxy
) -> None:
    async def work(driver: PrusaLinkDriver) -> list[Answer]:
        return [await driver.upload(OURS, GCODE), await driver.delete(OURS)]

    assert at(prusalink_proxy.url, work, api_key=LOGIN) == [
        Accepted(evidence=f"size {len(GCODE)}"),
        Accepted(evidence="delete-idle"),
    ]
    sent = [call.method for call in prusalink_proxy.calls if call.method != "GET"]
    assert sent == ["PUT", "DELETE"]
    assert all(PASSWORD.encode() not in call.octets for call in prusalink_proxy.calls)


@pytest.mark.parametrize(
    "secret",
    [None, Secret("not-the-key"), Secret(f"{USER}:not-the-password"), Secret("nobody:password")],
    ids=["no key", "wrong key", "wrong password", "wrong user"],
)
def test_without_what_lets_in_nothing_is_done(
    prusalink: PrusaLinkStack, secret: Secret | None
) -> None:
    async def work(driver: PrusaLinkDriver) -> list[Answer]:
        seen = await driver.look()
        assert (seen.state, seen.identity) == (DeviceState.FAULT, None)
        assert "PrusaLink asks for" in seen.message
        return [
            await driver.upload(OURS, GCODE),
            await driver.start(OURS),
            await driver.delete(OURS),
        ]

    for answer in at(prusalink.url, work, api_key=secret):
        assert isinstance(answer, Rejected)
        assert answer.why is Why.FORBIDDEN
    with pytest.raises(DeviceFailed, match="asks for a key"):
        asyncio.run(probe(prusalink.url, secret))


@pytest.mark.parametrize("secret", [LOGIN, None], ids=["password", "key"])
def test_a_probe_finds_the_machine(prusalink: PrusaLinkStack, secret: Secret | None) -> None:
    found = asyncio.run(probe(prusalink.url, secret or Secret(prusalink.key)))
    assert (found.driver, found.identity) == ("prusalink", prusalink.serial)
    assert (found.server, found.firmware) == ("PrusaLink 0.8.1", "Prusa 3.14.0-8094")
    assert (found.bed_mm, found.nozzle_mm) == ((250.0, 210.0), 0.4)


def test_a_probe_of_nobody_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DeviceFailed, match="nothing answers at"):
            asyncio.run(probe(url))


def test_an_upload_that_is_cut_in_the_middle_is_unknown_and_stores_nothing(
    prusalink: PrusaLinkStack, prusalink_proxy: Proxy
) -> None:
    prusalink_proxy.next_call(FILES, Fault.CUT_REQUEST, "PUT")

    async def work(driver: PrusaLinkDriver) -> Answer:
        answer: Answer = await driver.upload(OURS, GCODE * 100)
        assert await driver.files() == ()
        return answer

    answer = at(prusalink_proxy.url, work, api_key=LOGIN)
    assert isinstance(answer, Unknown)


def test_a_full_disk_is_told_before_anything_is_sent(
    prusalink: PrusaLinkStack, prusalink_proxy: Proxy
) -> None:
    """There is never room for more than the disk has."""
    _, status = prusalink.ask("GET", "/api/v1/status")
    assert status["storage"][0]["free_space"] > 0

    class Endless(bytes):
        def __len__(self) -> int:
            return 1 << 60

    answer = at(prusalink_proxy.url, lambda driver: driver.upload(OURS, Endless()), api_key=LOGIN)
    assert isinstance(answer, Rejected)
    assert "room for" in answer.message
    assert {call.method for call in prusalink_proxy.calls} == {"GET"}
