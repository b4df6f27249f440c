"""The slicers of this machine: which there are, which one the farm has pinned, and pinning one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from msgspec import Struct

from farmctl.errors import SlicerFailed
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.layout import CATALOGUES, catalogue_path
from farmctl.farmrepo.load import load
from farmctl.model.documents.farm import Farm as FarmDocument
from farmctl.model.documents.farm import Slicer as SlicerDocument
from farmctl.slicing import catalogue
from farmctl.slicing.find import Found, find
from farmctl.slicing.pin import SlicerPin, platform
from farmctl.slicing.registry import open_slicer
from farmctl.slicing.seat import Seat
from farmctl.slicing.slicer import Slicer
from farmctl.system.processes import RealProcesses

PROGRAM = "prusaslicer"
INSTALL = "sudo apt-get install prusa-slicer, then farmctl slicer pin"


class Here(Struct, frozen=True):
    """A slicer on this machine, opened."""

    found: Found
    slicer: Slicer


def slicers_here(farm: Farm, program: str = PROGRAM) -> tuple[Here, ...]:
    """Return the slicers of this machine: the one a person named here first, then best first."""
    named = _named(farm)
    places = (*named, *find(os.environ.get("PATH", ""), Path.home(), farm.disk))
    by_path = {each.path.resolve(): each for each in reversed(places)}
    return tuple(
        Here(each, open_at(farm, each.path, program)) for each in reversed(by_path.values())
    )


def open_at(farm: Farm, path: Path, program: str = PROGRAM) -> Slicer:
    """Return the slicer at a path; it is not looked at yet."""
    seat = Seat(path, farm.state_folder / "slicer", farm.disk, RealProcesses())
    return open_slicer(program, seat)


def slicer_for(farm: Farm, digest: str, program: str = PROGRAM) -> Slicer:
    """Return the build with this digest if it is on this machine, and else the best one there is.

    Raises SlicerFailed when there is none.
    """
    here = slicers_here(farm, program)
    if not here:
        raise SlicerFailed(f"no {program} is installed here", INSTALL, "slicer-missing")
    pinned = (each.slicer for each in here if _is_build(each.slicer, digest))
    return next(pinned, here[0].slicer)


def _is_build(slicer: Slicer, digest: str) -> bool:
    try:
        return slicer.pin().digest == digest
    except SlicerFailed:  # something else that is called like a slicer
        return False


def chosen(farm: Farm, path: Path | None) -> Here:
    """Return the slicer at a path, or the best one of this machine. Raises SlicerFailed."""
    if path is not None:
        place = path.expanduser().resolve()
        return Here(Found(place, "named here"), open_at(farm, place))
    here = slicers_here(farm)
    if not here:
        raise SlicerFailed(f"no {PROGRAM} is installed here", INSTALL, "slicer-missing")
    return here[0]


def is_pinned(document: FarmDocument, name: str, pin: SlicerPin) -> bool:
    """Return whether the farm has this build pinned under a name, for this platform."""
    known = document.slicers.get(name)
    return known is not None and known.digests.get(pin.platform) == pin.digest


def listed(farm: Farm, document: FarmDocument) -> list[dict[str, str]]:
    """Return the slicers of this machine, and the pinned ones that it does not have."""
    items = [_listed(document, each) for each in slicers_here(farm)]
    names = {each["name"] for each in items}
    for name, slicer in document.slicers.items():
        digest = slicer.digests.get(platform())
        if name not in names:
            where = "" if digest else f"not pinned for {platform()}"
            items.append(_item(name, slicer.program, slicer.version, digest or "", where))
    return items


def _listed(document: FarmDocument, here: Here) -> dict[str, str]:
    try:
        pin = here.slicer.pin()
    except SlicerFailed as error:
        return _item("", PROGRAM, error.message, "", str(here.found.path))
    pinned_as = [name for name in document.slicers if is_pinned(document, name, pin)]
    where = str(here.found.path)
    return _item(", ".join(pinned_as), pin.program, pin.version, pin.digest, where)


def _item(name: str, program: str, version: str, digest: str, path: str) -> dict[str, str]:
    keys = ("name", "program", "version", "digest", "path")
    return dict(zip(keys, (name, program, version, digest, path), strict=True))


def pin_files(farm_text: str, name: str, slicer: Slicer) -> Mapping[str, bytes]:
    """Return `farm.yaml` and the catalogue file that pin a slicer for this platform.

    Other platforms keep their digest while the version is the same. Raises SlicerFailed when the
    program is no slicer.
    """
    pin = slicer.pin()
    document = load(FarmDocument, farm_text.encode()).document
    known = document.slicers.get(name) if document else None
    text = farm_text
    if known is None or known.digests.get(pin.platform) != pin.digest:
        text = set_value(farm_text, ("slicers", name), _pinned(pin, known))
    return {
        FARM_FILE: text.encode(),
        catalogue_path(pin.digest): catalogue.write(slicer.catalogue()),
    }


def pinned_here(
    farm: Farm, files: Mapping[str, bytes]
) -> tuple[Mapping[str, bytes], SlicerPin | None]:
    """Return a farm's files with the slicer of this machine pinned instead of another, and its pin.

    Where there is none, the files stay as they are. Raises SlicerFailed when what is called like
    a slicer is none.
    """
    here = slicers_here(farm)
    if not here:
        return files, None
    slicer = here[0].slicer
    pinned = pin_files(files[FARM_FILE].decode(), "default", slicer)
    others = {path: raw for path, raw in files.items() if not path.startswith(CATALOGUES)}
    return {**others, **pinned}, slicer.pin()


def _pinned(pin: SlicerPin, known: SlicerDocument | None) -> Mapping[str, object]:
    others = known.digests if known is not None and _is_same_version(known, pin) else {}
    digests = {**others, pin.platform: pin.digest}
    return {"program": pin.program, "version": pin.version, "digests": digests}


def _is_same_version(known: SlicerDocument, pin: SlicerPin) -> bool:
    """Return whether both say one version; what follows a `+` tells only who built it."""
    versions = {each.partition("+")[0] for each in (known.version, pin.version)}
    return known.program == pin.program and len(versions) == 1


def remember(farm: Farm, path: Path) -> None:
    """Keep where a person said that this machine's slicer is: a path is no business of git's."""
    farm.disk.replace(_memory(farm), json.dumps({"path": str(path)}).encode())


def _named(farm: Farm) -> tuple[Found, ...]:
    try:
        said = cast("dict[str, str]", json.loads(farm.disk.read(_memory(farm))))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return ()
    path = Path(said["path"])
    return (Found(path, "named here"),) if farm.disk.stat(path) else ()


def _memory(farm: Farm) -> Path:
    return farm.state_folder / "slicer" / "place.json"
