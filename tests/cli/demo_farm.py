"""The demonstration, run once to its end: what `farmctl demo` leaves behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from farmctl.farm.founding.demo import make_demo, play


def demo_at(folder: Path) -> Path:
    """Run the demonstration in a new folder, without the user's own git settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        patch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
        farm = make_demo(folder)
        asyncio.run(play(farm, lambda _: None, lambda _: None))
    return folder
