"""A farm whose ledger holds every event type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farmctl.testing.histories import every_event
from tests.floor.small_farm import make_farm, type_in
from tests.insight.recorded import written


def farm_with_history(root: Path) -> Path:
    """Make a farm's files and a ledger full of everything."""
    with pytest.MonkeyPatch.context() as patch:  # a module's fixture has no git identity yet
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        folder = make_farm(root / "farm")
    written(folder / ".farmctl", every_event())
    return folder


def listed(folder: Path, *words: str) -> list[dict[str, Any]]:
    """Return the items of `farmctl get … -o json`."""
    done = type_in(folder, "get", *words, "-o", "json")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)["items"]
