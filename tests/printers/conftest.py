"""The real printer servers, for tests of drivers."""

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
from tests.servers.fixtures import (
    another_klipper,
    another_octoprint,
    another_prusalink,
    klipper,
    klipper_proxy,
    klipper_stack,
    octoprint,
    octoprint_proxy,
    octoprint_server,
    prusalink,
    prusalink_proxy,
    prusalinks,
)

__all__ = [
    "_pyftpdlib",
    "another_bambu",
    "another_klipper",
    "another_octoprint",
    "another_prusalink",
    "bambu",
    "bambu_pyftpdlib",
    "bambu_stack",
    "bambu_vsftpd",
    "klipper",
    "klipper_proxy",
    "klipper_stack",
    "maker",
    "octoprint",
    "octoprint_proxy",
    "octoprint_server",
    "prusalink",
    "prusalink_proxy",
    "prusalinks",
]
