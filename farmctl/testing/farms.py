"""Small farms in a folder: real git repositories with the reference profiles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from farmctl.farmrepo.commit import commit_paths
from farmctl.farmrepo.emit import emit
from farmctl.farmrepo.identity import Identity, Signature
from farmctl.farmrepo.repository import open_repository
from farmctl.system.disk import RealDisk

ADA = Identity("Ada", "ada@example.org")


class Ordered(Struct, frozen=True):
    """One item of a test's order: its model's bytes, how many, of what."""

    name: str
    model: bytes
    quantity: int = 1
    material: str = "PLA"
    color: str = "white"
    quality: str = "standard"


def virtual_printer(
    name: str,
    *,
    material: str = "PLA",
    color: str = "white",
    clears: str = "ejector",
    speedup: int = 600,
) -> dict[str, object]:
    """Return a virtual printer's entry in `farm.yaml`."""
    return {
        "name": name,
        "class": "generic-250@1.0.0",
        "driver": "virtual",
        "speedup": speedup,
        "bed": {"clears": clears},
        "loaded": [{"material": material, "color": color}],
    }


def order_document(order: str, items: Sequence[Ordered]) -> dict[str, object]:
    """Return an order for these parts; the models lie under `models/`."""
    return {
        "schema": "order/v1",
        "id": order,
        "created": "2026-11-21T10:00:00+01:00",
        "source": "manual",
        "items": [
            {
                "name": each.name,
                "model": {
                    "path": f"models/{each.name}.stl",
                    "sha256": hashlib.sha256(each.model).hexdigest(),
                },
                "quantity": each.quantity,
                "filaments": [{"material": each.material, "color": each.color}],
                "quality": each.quality,
                "use": "cosmetic",
            }
            for each in items
        ],
    }


def write_files(folder: Path, files: Mapping[str, bytes], at: datetime) -> str:
    """Write files into a farm and commit exactly those; return the commit."""
    disk = RealDisk()
    for path, raw in files.items():
        disk.replace(folder / path, raw, durable=False)
    with open_repository(folder) as repository:
        commit = commit_paths(repository, files, "a change", Signature(ADA, at))
        return commit or repository.resolve("HEAD")


def order_files(order: str, items: Sequence[Ordered]) -> dict[str, bytes]:
    """Return the files of an order with its models."""
    models = {f"models/{each.name}.stl": each.model for each in items}
    return {**models, f"orders/{order}.yaml": emit(order_document(order, items)).encode()}
