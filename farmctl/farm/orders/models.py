"""Models on their way into an order: read, looked at, and given a place in the farm."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from farmctl.errors import Refused
from farmctl.farm.parts import Farm
from farmctl.farm.slices.model_files import read_model
from farmctl.geometry.fit import ClassVolume
from farmctl.geometry.preflight import preflight
from farmctl.geometry.report import Level, PreflightReport
from farmctl.model.desired import Desired
from farmctl.model.digest import digest_of, hexdigits

FOLDER = "models"


class NewModel(Struct, frozen=True):
    """A model for one item.

    Args:
        item: The item's name, from the file's.
        path: Where it lies, or will lie, in the farm.
        raw: Its bytes.
        report: What preflight says.
    """

    item: str
    path: str
    raw: bytes
    report: PreflightReport


def new_models(farm: Farm, paths: Sequence[Path], desired: Desired) -> Iterator[NewModel]:
    """Yield each model with its item's name and its place. Raises Refused for one that fails."""
    names: set[str] = set()
    places: dict[str, bytes] = {}
    for path in paths:
        raw = read_model(farm.disk, path)
        report = preflight(raw, path.name, volumes(desired))
        _refuse_failing(report)
        name, place = _name(path, names), _place(farm, path, raw, places)
        names.add(name)
        places[place] = raw
        yield NewModel(name, place, raw, report)


def volumes(desired: Desired) -> tuple[ClassVolume, ...]:
    """Return what the classes of the farm's printers can reach."""
    used = sorted({each.class_ for each in desired.farm.printers} & desired.classes.keys())
    documents = [desired.classes[pin].document for pin in used]
    return tuple(ClassVolume(each.name, each.bed_outline_mm, each.height_mm) for each in documents)


def _refuse_failing(report: PreflightReport) -> None:
    failed = [each for each in report.findings if each.level is Level.FAIL]
    if failed:
        raise Refused(
            f"{report.name} cannot be printed: {failed[0].what}, so {failed[0].why}",
            failed[0].mend,
        )


def _name(path: Path, taken: Collection[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:48].strip("-") or "part"
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (slug, *numbered) if name not in taken)


def _place(farm: Farm, path: Path, raw: bytes, taken: dict[str, bytes]) -> str:
    """Return a path in `models/` that holds these bytes already, or none at all."""
    own = _inside(farm, path)
    if own is not None:
        return own
    digits = hexdigits(digest_of(raw))[:8]
    for name in (path.name, f"{path.stem}-{digits}{path.suffix}"):
        place = f"{FOLDER}/{name}"
        there = taken.get(place, _on_disk(farm, place))
        if there is None or there == raw:
            return place
    return f"{FOLDER}/{hexdigits(digest_of(raw))}{path.suffix}"


def _inside(farm: Farm, path: Path) -> str | None:
    """Return the path of a file that lies among the farm's models already."""
    absolute = path.expanduser().absolute()
    is_inside = absolute.is_relative_to(farm.folder / FOLDER) and ".." not in absolute.parts
    return absolute.relative_to(farm.folder).as_posix() if is_inside else None


def _on_disk(farm: Farm, place: str) -> bytes | None:
    try:
        return farm.disk.read(farm.folder / place)
    except (FileNotFoundError, NotADirectoryError):
        return None
