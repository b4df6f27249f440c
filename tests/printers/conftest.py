"""The real servers for the drivers' tests."""

from __future__ import annotations

from tests.servers.bambu_fixtures import (
    _pyftpdlib,
    another_bambu,
    bambu,
    bambu_pyftpdlib,
    bambu_stack,
    bambu_vsftpd,
    maker,
)
from tests.servers.fixtures import another_klipper, klipper, klipper_proxy, klipper_stack

__all__ = [
    "_pyftpdlib",
    "another_bambu",
    "another_klipper",
    "bambu",
    "bambu_pyftpdlib",
    "bambu_stack",
    "bambu_vsftpd",
    "klipper",
    "klipper_proxy",
    "klipper_stack",
    "maker",
]
