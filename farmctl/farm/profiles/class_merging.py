"""Imported machine settings beside the classes that the farm has: a new class, or its next version.

A printer that had the last version gets the new one: its start g-code is the person's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.errors import Refused
from farmctl.farm.parts import Farm
from farmctl.farm.slices.recipes import newest
from farmctl.farmrepo.edit import append, set_value
from farmctl.farmrepo.layout import class_path, folder_of, settings_path
from farmctl.model.desired import ClassAt, Desired
from farmctl.model.digest import digest_of, hexdigits
from farmctl.profiles.files import FIRST
from farmctl.profiles.importing import Imported


class Merged(Struct, frozen=True):
    """What becomes of the machine settings.

    Args:
        pin: The version of the class that holds them, `voron-350@1.1.0`.
        files: The class's files that change.
        farm_text: `farm.yaml`, its printers with the new version.
        printers: Those printers.
    """

    pin: str
    files: Mapping[str, bytes]
    farm_text: str
    printers: tuple[str, ...] = ()


def with_class(farm: Farm, desired: Desired, found: Imported, farm_text: str) -> Merged:
    """Return the class of an import. Raises Refused where the class has another bed."""
    name = found.class_name
    of_class = {path: raw for path, raw in found.files.items() if is_of_class(path)}
    known = {each.version: each for each in desired.classes.values() if each.document.name == name}
    if not known:
        return Merged(f"{name}@{FIRST}", of_class, farm_text)
    last = known[newest(known)]
    if bed_um_of(last) != frozenset(found.facts.bed_um):
        raise Refused(
            f"the file is for another bed than {name} has", "--class NAME makes another class"
        )
    settings = of_class[settings_path(class_path(name), FIRST)]
    same = [version for version, each in known.items() if each.settings == settings]
    if same:
        return Merged(f"{name}@{newest(same)}", {}, farm_text)
    pin, files = _next_version(farm, last, found, settings)
    return Merged(pin, files, *_moved(desired, farm_text, last.pin, pin))


def is_of_class(path: str) -> bool:
    """Return whether a file is a class's."""
    return folder_of(folder_of(path)) == "profiles/classes"


def bed_um_of(of_class: ClassAt) -> frozenset[tuple[int, int]]:
    """Return the corners of a class's bed in µm."""
    outline = of_class.document.bed_outline_mm
    return frozenset((round(x * 1000), round(y * 1000)) for x, y in outline)


def _next_version(
    farm: Farm, last: ClassAt, found: Imported, settings: bytes
) -> tuple[str, dict[str, bytes]]:
    major, minor, _ = last.version.split(".")
    version = f"{major}.{int(minor) + 1}.0"
    path = class_path(last.document.name)
    entry = {"sha256": hexdigits(digest_of(settings)), "state": "released"}
    text = farm.disk.read(farm.folder / path).decode()
    text = set_value(text, ("versions", version), entry)
    nozzle_mm = found.facts.nozzle_um / 1000
    if nozzle_mm not in last.document.nozzles_mm:
        text = append(text, ("nozzles_mm",), nozzle_mm)
    pin = f"{last.document.name}@{version}"
    return pin, {path: text.encode(), settings_path(path, version): settings}


def _moved(desired: Desired, farm_text: str, old: str, new: str) -> tuple[str, tuple[str, ...]]:
    text, moved = farm_text, []
    for number, printer in enumerate(desired.farm.printers):
        if printer.class_ == old:
            text = set_value(text, ("printers", number, "class"), new)
            moved.append(printer.name)
    return text, tuple(moved)
