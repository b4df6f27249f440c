"""The real servers for the drivers' tests."""

from __future__ import annotations

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
