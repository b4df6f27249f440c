"""Orders that come in while controllers die."""

from __future__ import annotations

from pathlib import Path

from farmctl.testing.farms import Ordered, order_files
from tests.floor.small_farm import git


def commit_order(folder: Path, part: bytes, number: int, quantity: int) -> str:
    """Order so many parts, and commit that. Raises CalledProcessError while git is locked."""
    order = f"ord-{number}"
    items = [Ordered("part", part, quantity, quality="draft")]
    for path, raw in order_files(order, items).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(raw)
    git(folder, "add", "orders", "models")
    git(folder, "commit", "-q", "-m", f"order {order}")
    return order
