"""The real printer servers as fixtures: booted once for each worker, tidied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.klipper import KlipperStack
from tests.servers.octoprint import OctoPrintServer
from tests.servers.proxy import Proxy

__all__ = [
    "another_klipper",
    "another_octoprint",
    "klipper",
    "klipper_proxy",
    "klipper_stack",
    "octoprint",
    "octoprint_proxy",
    "octoprint_server",
]


@pytest.fixture(scope="session")
def klipper_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KlipperStack]:
    """A printer behind a Moonraker; use `klipper`, which is idle."""
    with KlipperStack(tmp_path_factory.mktemp("klipper")) as stack:
        yield stack


@pytest.fixture
def klipper(klipper_stack: KlipperStack) -> Iterator[KlipperStack]:
    """An idle, ready printer without files."""
    klipper_stack.tidy()
    yield klipper_stack
    klipper_stack.tidy()


@pytest.fixture
def klipper_proxy(klipper: KlipperStack) -> Iterator[Proxy]:
    """A bad wire to the printer."""
    with Proxy(klipper.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def another_klipper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KlipperStack]:
    """Another machine, ready, which no test prints on."""
    with KlipperStack(tmp_path_factory.mktemp("another")) as stack:
        yield stack


@pytest.fixture(scope="session")
def octoprint_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OctoPrintServer]:
    """A printer behind an OctoPrint; use `octoprint`, which is idle."""
    with OctoPrintServer(tmp_path_factory.mktemp("octoprint")) as server:
        yield server


@pytest.fixture
def octoprint(octoprint_server: OctoPrintServer) -> Iterator[OctoPrintServer]:
    """An idle, connected printer without files."""
    octoprint_server.tidy()
    yield octoprint_server
    octoprint_server.tidy()


@pytest.fixture
def octoprint_proxy(octoprint: OctoPrintServer) -> Iterator[Proxy]:
    """A bad wire to the OctoPrint."""
    with Proxy(octoprint.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def another_octoprint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OctoPrintServer]:
    """Another machine, ready, which no test prints on."""
    with OctoPrintServer(tmp_path_factory.mktemp("another")) as server:
        yield server
