"""The real servers for the drivers' tests."""

from __future__ import annotations

from tests.servers.fixtures import (
    another_klipper,
    another_octoprint,
    klipper,
    klipper_proxy,
    klipper_stack,
    octoprint,
    octoprint_proxy,
    octoprint_server,
)

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
