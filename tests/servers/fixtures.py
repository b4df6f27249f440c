"""The real printer servers as fixtures: booted once for each worker, tidied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.servers.klipper import KlipperStack
from tests.servers.octoprint import OctoPrintServer
from tests.servers.proxy import Proxy
from tests.servers.prusalink import PrusaLinkStack

__all__ = [
    "another_klipper",
    "another_octoprint",
    "another_prusalink",
    "klipper",
    "klipper_proxy",
    "klipper_stack",
    "octoprint",
    "octoprint_proxy",
    "octoprint_server",
    "prusalink",
    "prusalink_proxy",
    "prusalinks",
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


@pytest.fixture(scope="session")
def prusalinks() -> Iterator[list[PrusaLinkStack]]:
    """Printers behind PrusaLinks; use `prusalink`, which is one that is idle.

    There are some, since each shows the end of a print for eleven seconds: meanwhile tests go on
    with another one.
    """
    stacks = [PrusaLinkStack(number) for number in (1, 2, 3)]
    with ExitStack() as running:
        for stack in stacks:
            stack.begin()
            running.callback(stack.stop)
        for stack in stacks:
            stack.wait_first_ready()
        yield stacks


@pytest.fixture
def prusalink(prusalinks: list[PrusaLinkStack]) -> Iterator[PrusaLinkStack]:
    """An idle printer without files."""
    stack = prusalinks.pop(0)  # the one that rested longest
    stack.tidy()
    yield stack
    stack.leave()
    prusalinks.append(stack)


@pytest.fixture
def prusalink_proxy(prusalink: PrusaLinkStack) -> Iterator[Proxy]:
    """A bad wire to the printer."""
    with Proxy(prusalink.port) as proxy:
        yield proxy


@pytest.fixture
def another_prusalink(
    prusalink: PrusaLinkStack, prusalinks: list[PrusaLinkStack]
) -> PrusaLinkStack:
    """Another machine than `prusalink`, idle, which no test prints on."""
    other = prusalinks[0]
    assert other is not prusalink
    other.tidy()
    return other
