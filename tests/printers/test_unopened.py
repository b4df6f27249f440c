"""The driver of a printer that cannot be spoken to from here."""

from __future__ import annotations

import asyncio

import pytest

from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState
from farmctl.printers.driver import Rejected, Why
from farmctl.printers.unopened import UnopenedDriver
from farmctl.system.clock import SystemClock
from farmctl.system.secrets import SecretMissing

pytestmark = pytest.mark.pure

FILE = "farmctl-5eed-1-1-1.gcode"


@pytest.fixture
def driver() -> UnopenedDriver:
    missing = SecretMissing("environment variable KEY is not set", "export KEY=…")
    return UnopenedDriver(PrinterName("voron"), missing, SystemClock())


def test_every_effect_is_refused_and_names_printer_file_and_reason(driver: UnopenedDriver) -> None:
    for effect in (
        driver.upload(FILE, b"G28"),
        driver.start(FILE),
        driver.pause(FILE),
        driver.resume(FILE),
        driver.cancel(FILE),
        driver.exclude(FILE, "box"),
        driver.delete(FILE),
    ):
        answer = asyncio.run(effect)
        assert isinstance(answer, Rejected)
        assert answer.why is Why.NOT_SENT
        for word in ("voron", FILE, "KEY is not set"):
            assert word in answer.message


def test_nothing_is_known_of_it_and_nothing_is_concluded(driver: UnopenedDriver) -> None:
    seen = asyncio.run(driver.look())
    assert (seen.state, seen.job) == (DeviceState.OFFLINE, None)
    assert seen.message == "voron: environment variable KEY is not set; export KEY=…"
    assert asyncio.run(driver.evidence(FILE)) is None
    assert driver.promises.patience_s > 30 * 86_400
    assert not driver.promises.deletion_fences
    (finding,) = asyncio.run(driver.doctor())
    assert (finding.refuses, finding.mend) == (True, "export KEY=…")
