"""Looking at models before anybody orders them: with the farm's printers, or without a farm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from farmctl.errors import InvalidDocuments, UsageError
from farmctl.farm.orders.models import volumes
from farmctl.farm.parts import find_farm
from farmctl.farm.slices.model_files import read_model
from farmctl.farmrepo.repository import GitFailed, NoRepository, NoRevision
from farmctl.geometry.fit import ClassVolume
from farmctl.geometry.load import ENDINGS
from farmctl.geometry.preflight import preflight
from farmctl.geometry.report import PreflightReport
from farmctl.model.ids import item_key
from farmctl.system.disk import Disk


class Beds(Struct, frozen=True):
    """What a farm's printers can reach, and what was ordered there.

    Args:
        volumes: Its printer classes.
        ordered: The model files of its orders by `ord-7/bracket`.
        unknown: Why neither is known.
    """

    volumes: tuple[ClassVolume, ...] = ()
    ordered: Mapping[str, Path] = field(default_factory=dict)
    unknown: str = ""


def beds_of(directory: Path, state: Path | None) -> Beds:
    """Return the beds of the farm that a folder is in; none where there is no farm to ask."""
    try:
        farm = find_farm(directory, state)
        desired = farm.desired()
    except UsageError:
        return Beds(unknown="no farm here")
    except (InvalidDocuments, GitFailed, NoRepository, NoRevision) as error:
        return Beds(unknown=error.message)
    ordered: dict[str, Path] = {
        item_key(order, item.name): farm.folder / item.model_path
        for order, text in desired.orders.items()
        for item in text.items
        if item.model_path is not None
    }
    return Beds(volumes(desired), ordered)


def looked_at(disk: Disk, paths: Sequence[Path], beds: Beds) -> Iterator[PreflightReport]:
    """Yield what there is to say about each model; the next is read when it is asked for."""
    for path in paths:
        yield preflight(read_model(disk, path), str(path), beds.volumes)


def models_at(paths: Sequence[Path], beds: Beds) -> list[Path]:
    """Return the files that are named, also as `ord-7/bracket`, and all models in folders, sorted.

    Raises UsageError for a folder without any.
    """
    return [
        each
        for path in paths
        for each in ([beds.ordered[str(path)]] if str(path) in beds.ordered else _models_at(path))
    ]


def _models_at(path: Path) -> list[Path]:
    folder = path.expanduser()
    if not folder.is_dir():
        return [path]
    inside = folder.rglob("*")
    found = sorted(each for each in inside if each.suffix.lower() in ENDINGS and each.is_file())
    if not found:
        raise UsageError(f"there is no model in {path}", "name an STL, 3MF or OBJ file")
    return found
