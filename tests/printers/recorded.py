"""The recorded exchanges, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "exchanges"


def exchange(driver: str, name: str) -> dict[str, Any]:
    """Return one recorded exchange: request and response."""
    recorded: dict[str, Any] = json.loads((_FOLDER / driver / f"{name}.json").read_text())
    return recorded


def body(driver: str, name: str) -> Any:
    """Return the body of a recorded response."""
    return exchange(driver, name)["response"]["body"]


def names(driver: str) -> list[str]:
    """Return the names of all recorded exchanges."""
    return sorted(path.stem for path in (_FOLDER / driver).glob("*.json"))
