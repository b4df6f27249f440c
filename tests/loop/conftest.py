"""Farms that are ready to go on."""

from tests.shelf import copied, ready, sliced

__all__ = ["copied", "ready", "sliced"]
