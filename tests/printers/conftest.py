"""The real servers for the drivers' tests."""

from __future__ import annotations

from tests.servers.fixtures import (
    another_klipper,
    another_prusalink,
    klipper,
    klipper_proxy,
    klipper_stack,
    prusalink,
    prusalink_proxy,
    prusalinks,
)

__all__ = [
    "another_klipper",
    "another_prusalink",
    "klipper",
    "klipper_proxy",
    "klipper_stack",
    "prusalink",
    "prusalink_proxy",
    "prusalinks",
]
