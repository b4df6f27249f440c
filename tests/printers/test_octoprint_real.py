"""The OctoPrint driver before the real server: who it is, what is wrong with it, bad weather."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from farmctl.errors import DeviceFailed
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Ended
from farmctl.printers.config import DriverConfig, DriverFactory
from farmctl.printers.driver import Accepted, PrinterDriver, Rejected, Unknown, Why
from farmctl.printers.moonraker import open_driver as open_moonraker
from farmctl.printers.moonraker import probe as probe_moonraker
from farmctl.printers.octoprint import open_driver, probe
from farmctl.system.secrets import Secret
from tests.printers.octoprint_rig import LONG, SHORT
from tests.servers.octoprint import ADMIN, KEY, LOOKER, OctoPrintServer
from tests.servers.proxy import Fault, Proxy

pytestmark = [pytest.mark.server, pytest.mark.slow]

NAME = PrinterName("ender-1")
FILE = "farmctl-a.gcode"


def ask(
    url: str,
    work: Callable[[PrinterDriver], Awaitable[Any]],
    key: str = KEY,
    opener: DriverFactory = open_driver,
    **config: Any,
) -> Any:
    """Let a driver of its own do something."""

    async def within() -> Any:
        driver = opener(DriverConfig(NAME, url=url, api_key=Secret(key), **config))
        try:
            return await work(driver)
        finally:
            await driver.close()

    return asyncio.run(within())


def test_it_says_what_it_is_and_has_no_findings(octoprint: OctoPrintServer) -> None:
    found = asyncio.run(probe(octoprint.url, Secret(KEY)))
    assert (found.driver, found.server) == ("octoprint", "OctoPrint 1.11.8")
    assert (found.bed_mm, found.height_mm, found.nozzle_mm) == ((200.0, 200.0), 200.0, 0.4)
    seen = ask(octoprint.url, lambda driver: driver.look())
    assert (seen.identity, seen.nozzle_um) == (found.identity, 400)
    assert ask(octoprint.url, lambda driver: driver.doctor(), identity=found.identity) == ()


def test_a_key_that_may_not_or_may_all_is_named(octoprint: OctoPrintServer) -> None:
    (lacks,) = ask(octoprint.url, lambda driver: driver.doctor(), LOOKER)
    assert (lacks.code, lacks.refuses) == ("octoprint-right-missing", True)
    (much,) = ask(octoprint.url, lambda driver: driver.doctor(), ADMIN)
    assert (much.code, much.refuses) == ("octoprint-key-may-all", False)


def test_a_wrong_key_does_nothing_and_says_so(octoprint: OctoPrintServer) -> None:
    for effect in (
        lambda driver: driver.upload(FILE, SHORT),
        lambda driver: driver.start(FILE),
        lambda driver: driver.delete(FILE),
    ):
        answer = ask(octoprint.url, effect, "X" * 32)
        assert isinstance(answer, Rejected)
        assert (answer.why, "API key" in answer.message) == (Why.FORBIDDEN, True)
    with pytest.raises(DeviceFailed, match="asks for a key"):
        asyncio.run(probe(octoprint.url, Secret("X" * 32)))
    (finding,) = ask(octoprint.url, lambda driver: driver.doctor(), "X" * 32)
    assert (finding.code, "API key" in finding.message) == ("octoprint-unusable", True)


def test_another_machine_is_named(octoprint: OctoPrintServer) -> None:
    codes = [
        each.code for each in ask(octoprint.url, lambda driver: driver.doctor(), identity="id-1")
    ]
    assert codes == ["octoprint-other-machine"]


def test_another_kind_of_server_gets_nothing(octoprint: OctoPrintServer) -> None:
    with pytest.raises(DeviceFailed, match="not a Moonraker"):
        asyncio.run(probe_moonraker(octoprint.url))
    answer = ask(octoprint.url, lambda driver: driver.upload(FILE, SHORT), opener=open_moonraker)
    assert isinstance(answer, Rejected)
    assert not (octoprint.files / FILE).exists()


def test_a_name_that_octoprint_changes_is_a_bad_upload(octoprint: OctoPrintServer) -> None:
    answer = ask(octoprint.url, lambda driver: driver.upload("con.gcode", SHORT))
    assert isinstance(answer, Rejected)
    assert (answer.why, "con_.gcode" in answer.message) == (Why.BAD_UPLOAD, True)


def test_a_file_that_somebody_wrote_over_is_not_started(octoprint: OctoPrintServer) -> None:
    async def work(driver: PrinterDriver) -> Any:
        assert isinstance(await driver.upload(FILE, SHORT), Accepted)
        octoprint.upload(FILE, SHORT.replace(b"X10", b"X20"))
        return await driver.start(FILE)

    answer = ask(octoprint.url, work)
    assert isinstance(answer, Rejected)
    assert answer.why is Why.BAD_UPLOAD


def test_an_upload_whose_reply_is_lost_is_unknown_and_not_written_over(
    octoprint: OctoPrintServer, octoprint_proxy: Proxy
) -> None:
    octoprint_proxy.next_call("/api/files/local", Fault.LOSE_REPLY, "POST")
    first = ask(octoprint_proxy.url, lambda driver: driver.upload(FILE, SHORT))
    again = ask(octoprint_proxy.url, lambda driver: driver.upload(FILE, LONG))
    assert isinstance(first, Unknown)
    assert isinstance(again, Rejected)
    assert (octoprint.files / FILE).read_bytes() == SHORT


def test_a_doubled_start_is_one_start_and_never_called_refused(
    octoprint: OctoPrintServer, octoprint_proxy: Proxy
) -> None:
    async def work(driver: PrinterDriver) -> Any:
        assert isinstance(await driver.upload(FILE, LONG), Accepted)
        octoprint_proxy.next_call(f"/api/files/local/{FILE}", Fault.TWICE, "POST")
        return await driver.start(FILE)

    before = octoprint.starts()
    assert not isinstance(ask(octoprint_proxy.url, work), Rejected)
    assert octoprint.starts() == before + 1


def test_a_cancel_by_hand_is_heard_by_who_listens(octoprint: OctoPrintServer) -> None:
    async def work(driver: PrinterDriver) -> Any:
        changes = driver.watch()
        await anext(changes)  # it is connected
        await anext(changes)  # and let in: what happens now is heard
        assert isinstance(await driver.upload(FILE, LONG), Accepted)
        assert isinstance(await driver.start(FILE), Accepted)
        async with asyncio.timeout(60):
            await asyncio.to_thread(octoprint.wait_state, "Printing")
            await asyncio.to_thread(octoprint.job, "cancel")
            ending = None
            while ending is None or ending.ended is not Ended.ABORTED:
                await anext(changes)
                ending = await driver.evidence(FILE)
        return ending

    assert ask(octoprint.url, work).ended is Ended.ABORTED


def test_without_its_plugins_nothing_starts_there(tmp_path: Path) -> None:
    with OctoPrintServer(tmp_path / "bare", without=("achievements", "discovery")) as bare:
        seen = ask(bare.url, lambda driver: driver.look())
        assert (seen.state, "Discovery" in seen.message) == (DeviceState.FAULT, True)
        findings = ask(bare.url, lambda driver: driver.doctor())
        assert [each.code for each in findings] == ["octoprint-plugin-missing"]
        bare.upload(FILE, SHORT)
        answer = ask(bare.url, lambda driver: driver.start(FILE))
        assert isinstance(answer, Rejected)
        assert bare.starts() == 0
        with pytest.raises(DeviceFailed, match="which machine"):
            asyncio.run(probe(bare.url, Secret(KEY)))
