"""Whose certificate is trusted: of another serial number, self-signed, expired, all are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from farmctl.errors import DeviceFailed, UsageError
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Observation
from farmctl.printers.bambu import open_driver, probe
from farmctl.printers.bambu.trust import certificate_at, digest_of
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Answer, Rejected, Why
from farmctl.system.jobs import ThreadJobs
from farmctl.system.secrets import Secret
from tests.servers.authority import Authority, Pair
from tests.servers.bambu import CODE, BambuStack

pytestmark = [pytest.mark.server, pytest.mark.slow]

SERIAL = "01P00A000000009"


def config_of(stack: BambuStack, jobs: ThreadJobs, **said: Any) -> DriverConfig:
    known = {"url": stack.url, "api_key": Secret(CODE), "identity": stack.serial, "jobs": jobs}
    return DriverConfig(PrinterName("bambu-1"), **{**known, **said})


def seen_and_stored(config: DriverConfig) -> tuple[Observation, Answer]:
    """Look, and try to store something."""

    async def work() -> tuple[Observation, Answer]:
        driver = open_driver(config)
        try:
            return await driver.look(), await driver.upload("farmctl-a.gcode", b"G4 S1\n")
        finally:
            await driver.close()

    return asyncio.run(work())


@pytest.fixture
def jobs() -> Iterator[ThreadJobs]:
    with closing(ThreadJobs(4)) as opened:
        yield opened


def strangers(maker: Authority, folder: Path) -> dict[str, tuple[Pair, str]]:
    """Return certificates that are not the machine's, and what is said of each."""
    return {
        "another serial": (maker.issue("01P00A000000002"), "is another machine's"),
        "self-signed": (Authority(folder, SERIAL).issue(SERIAL), "not signed by who is pinned"),
        "expired": (maker.issue(SERIAL, expired=True), "has expired"),
    }


@pytest.mark.parametrize("which", ["another serial", "self-signed", "expired"])
def test_a_strange_certificate_is_refused(
    which: str, maker: Authority, tmp_path: Path, jobs: ThreadJobs
) -> None:
    pair, why = strangers(maker, tmp_path)[which]
    with BambuStack(tmp_path / "s", maker, serial=SERIAL, pair=pair, ftp="pyftpdlib") as stack:
        seen, stored = seen_and_stored(config_of(stack, jobs, certificate=maker.pem))
        assert stack.requests == []
        assert list(stack.card.iterdir()) == []
    assert (seen.state, seen.identity) == (DeviceState.FAULT, None)
    assert seen.message.startswith("bambu-1: MQTT connect at 127.0.0.1: its certificate")
    assert why in seen.message
    assert "is the address right?" in seen.message or "are both clocks right?" in seen.message
    assert isinstance(stored, Rejected)
    assert (stored.why, stored.message) == (Why.NOT_SENT, seen.message)


def test_the_digest_of_its_own_certificate_is_enough(
    bambu: BambuStack, another_bambu: BambuStack, jobs: ThreadJobs
) -> None:
    pin = digest_of(certificate_at("127.0.0.1", bambu.mqtt_port))
    seen, _ = seen_and_stored(config_of(bambu, jobs, certificate=pin))
    assert (seen.state, seen.identity) == (DeviceState.READY, bambu.serial)
    seen, stored = seen_and_stored(config_of(another_bambu, jobs, certificate=pin))
    assert seen.state is DeviceState.FAULT
    assert "its certificate is not the pinned one, but sha256:" in seen.message
    assert isinstance(stored, Rejected)


def test_a_wrong_access_code_is_said_to_be_one(
    bambu: BambuStack, maker: Authority, jobs: ThreadJobs
) -> None:
    config = config_of(bambu, jobs, certificate=maker.pem, api_key=Secret("87654321"))
    seen, stored = seen_and_stored(config)
    assert seen.state is DeviceState.FAULT
    assert seen.message == (
        "bambu-1: MQTT connect at 127.0.0.1: the access code is not taken; "
        "give the access code that its screen shows under LAN only mode"
    )
    assert isinstance(stored, Rejected)
    assert stored.why is Why.NOT_SENT


def test_without_a_certificate_no_machine_can_be_told_from_another() -> None:
    with pytest.raises(UsageError, match="has no `certificate`"):
        open_driver(DriverConfig(PrinterName("bambu-1"), url="bambu://127.0.0.1"))
    with pytest.raises(UsageError, match="has no url"):
        open_driver(DriverConfig(PrinterName("bambu-1")))


def test_a_probe_finds_serial_number_and_certificate(bambu: BambuStack) -> None:
    found = asyncio.run(probe(bambu.url, Secret(CODE)))
    assert (found.driver, found.identity, found.server) == (
        "bambu",
        bambu.serial,
        "Bambu Lab P1S",
    )
    assert found.certificate == digest_of(certificate_at("127.0.0.1", bambu.mqtt_port))
    assert (found.bed_mm, found.nozzle_mm, found.firmware) == ((256, 256), 0.4, "01.08.02.00")


@pytest.mark.parametrize(
    ("code", "said"), [(None, "asks for its access code"), ("0", "the access code is not taken")]
)
def test_a_probe_that_is_not_let_in_says_why(
    bambu: BambuStack, code: str | None, said: str
) -> None:
    with pytest.raises(DeviceFailed, match=said) as raised:
        asyncio.run(probe(bambu.url, Secret(code) if code else None))
    assert raised.value.mend


def test_a_probe_of_nobody_says_so() -> None:
    with pytest.raises(DeviceFailed, match="nothing answers at"):
        asyncio.run(probe("bambu://127.0.0.1:1,1", Secret(CODE)))
