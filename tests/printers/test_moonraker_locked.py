"""A real Moonraker that wants a key, and one that would do things by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from farmctl.errors import DeviceFailed
from farmctl.model.observation import DeviceState, Ended
from farmctl.printers.driver import Finding, Rejected, Why
from farmctl.printers.moonraker import probe
from farmctl.system.secrets import Secret
from tests.printers.hands import Hands, run
from tests.printers.record_moonraker import QUICK
from tests.servers.klipper import KlipperStack

pytestmark = pytest.mark.server

CARELESS = """[job_queue]
load_on_startup: True
automatic_transition: True
[file_manager]
enable_object_processing: True
queue_gcode_uploads: True
"""


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KlipperStack]:
    """A Moonraker that wants a key, and does things by itself."""
    folder = tmp_path_factory.mktemp("locked")
    with KlipperStack(folder, trusted="192.0.2.1", conf=CARELESS) as stack:
        yield stack


def test_without_the_key_nothing_is_done(locked: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        seen = await at.driver.look()
        assert (seen.state, seen.identity) == (DeviceState.FAULT, None)
        assert "API key" in seen.message
        for answer in (
            await at.driver.upload("farmctl-12.gcode", b"G28\n"),
            await at.driver.start("farmctl-12.gcode"),
            await at.driver.delete("farmctl-12.gcode"),
        ):
            assert isinstance(answer, Rejected)
            assert answer.why is Why.FORBIDDEN

    run(locked.url, work)
    with pytest.raises(DeviceFailed, match="asks for a key"):
        asyncio.run(probe(locked.url))


def test_with_the_key_it_prints_and_pushes(locked: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        await at.printing("farmctl-13.gcode", QUICK)
        assert (await at.ended("farmctl-13.gcode")).ended is Ended.COMPLETED

    run(locked.url, work, api_key=Secret(locked.api_key()))


def test_doctor_names_what_a_careless_moonraker_may_do(locked: KlipperStack) -> None:
    found: list[Finding] = []

    async def work(at: Hands) -> None:
        found.extend(await at.driver.doctor())

    run(locked.url, work, api_key=Secret(locked.api_key()))
    assert [each.code for each in found] == [
        "moonraker-auto-start",
        "moonraker-auto-start",
        "moonraker-auto-start",
        "moonraker-rewrites-uploads",
    ]
