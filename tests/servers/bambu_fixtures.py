"""Bambus of real servers as fixtures: started once for each worker, tidied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.authority import Authority
from tests.servers.bambu import BambuStack

__all__ = ["another_bambu", "bambu", "bambu_pyftpdlib", "bambu_stack", "bambu_vsftpd", "maker"]


@pytest.fixture(scope="session")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs the machines' certificates."""
    return Authority(tmp_path_factory.mktemp("maker"))


@pytest.fixture(scope="session")
def bambu_stack(tmp_path_factory: pytest.TempPathFactory, maker: Authority) -> Iterator[BambuStack]:
    """A machine with vsftpd; use `bambu`, which is idle."""
    with BambuStack(tmp_path_factory.mktemp("bambu"), maker) as stack:
        yield stack


@pytest.fixture
def bambu(bambu_stack: BambuStack) -> Iterator[BambuStack]:
    """An idle machine without files."""
    bambu_stack.tidy()
    yield bambu_stack
    bambu_stack.tidy()


@pytest.fixture
def bambu_vsftpd(bambu: BambuStack) -> BambuStack:
    """An idle machine whose file server is vsftpd."""
    return bambu


@pytest.fixture(scope="session")
def _pyftpdlib(tmp_path_factory: pytest.TempPathFactory, maker: Authority) -> Iterator[BambuStack]:
    folder = tmp_path_factory.mktemp("lenient")
    with BambuStack(folder, maker, serial="01P00A000000003", ftp="pyftpdlib") as stack:
        yield stack


@pytest.fixture
def bambu_pyftpdlib(_pyftpdlib: BambuStack) -> BambuStack:
    """An idle machine whose file server is pyftpdlib."""
    _pyftpdlib.tidy()
    return _pyftpdlib


@pytest.fixture(scope="session")
def another_bambu(
    tmp_path_factory: pytest.TempPathFactory, maker: Authority
) -> Iterator[BambuStack]:
    """Another machine of the same maker, which no test prints on."""
    with BambuStack(tmp_path_factory.mktemp("other"), maker, serial="01P00A000000002") as stack:
        yield stack
