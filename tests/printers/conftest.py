"""The real servers for the drivers' tests."""

from __future__ import annotations

from tests.servers.fixtures import another_klipper, klipper, klipper_proxy, klipper_stack

__all__ = ["another_klipper", "klipper", "klipper_proxy", "klipper_stack"]
