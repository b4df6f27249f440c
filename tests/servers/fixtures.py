"""The real printer servers as fixtures: booted once for each worker, tidied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Proxy
from tests.servers.prusalink import ANOTHER, PrusaLinkStack

__all__ = [
    "another_klipper",
    "another_prusalink",
    "klipper",
    "klipper_proxy",
    "klipper_stack",
    "prusalink",
    "prusalink_proxy",
    "prusalink_stack",
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
def prusalink_stack() -> Iterator[PrusaLinkStack]:
    """A printer behind a PrusaLink; use `prusalink`, which is idle."""
    with PrusaLinkStack() as stack:
        yield stack


@pytest.fixture
def prusalink(prusalink_stack: PrusaLinkStack) -> Iterator[PrusaLinkStack]:
    """An idle printer without files."""
    prusalink_stack.tidy()
    yield prusalink_stack
    prusalink_stack.tidy()


@pytest.fixture
def prusalink_proxy(prusalink: PrusaLinkStack) -> Iterator[Proxy]:
    """A bad wire to the printer."""
    with Proxy(prusalink.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def another_prusalink() -> Iterator[PrusaLinkStack]:
    """Another machine, idle, which no test prints on."""
    with PrusaLinkStack(ANOTHER) as stack:
        yield stack
