"""The printer presets that come with the slicer, from their bundle to a sliced cube."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from farmctl.errors import FarmctlError, SlicerFailed
from farmctl.farmrepo.load import load
from farmctl.geometry.calibration import calibration_cube
from farmctl.geometry.preflight import ingest
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.profiles.bundle import Bundle, PresetKind, parse_bundle
from farmctl.profiles.importing import Answers, Imported, sort_settings
from farmctl.profiles.presets import Chosen, Shelf, reading_of, resin_of
from farmctl.profiles.recipe import Recipe, settings_of
from farmctl.profiles.room import ceiling_of, room_of
from farmctl.slicing.catalogue import Catalogue
from farmctl.slicing.plate import slice_plate
from farmctl.slicing.request import PlateRequest
from farmctl.slicing.vendors import bundle_files, vendor_folders
from farmctl.system.disk import RealDisk

from .conftest import Workshop, program

REFUSALS = Path(__file__).with_name("vendor_refusals.json")


@cache
def bundles() -> tuple[Bundle, ...]:
    """The vendors' bundles beside the slicer of this machine."""
    disk = RealDisk()
    folders = vendor_folders(program(), Path.home())
    files = next(found for found in (bundle_files(each, disk) for each in folders) if found)
    return tuple(parse_bundle(path.read_bytes(), path.name) for path in files)


def printers() -> Iterator[tuple[str, str]]:
    """Every printer preset, as bundle file and name."""
    for bundle in bundles():
        for preset in bundle.of_kind(PresetKind.PRINTER):
            yield bundle.file, preset.name


@cache
def refusals() -> dict[str, dict[str, str]]:
    """The printers that cannot be imported and sliced, each with code and message."""
    found: dict[str, dict[str, str]] = json.loads(REFUSALS.read_text())
    return found


_SHELVES: dict[str, Shelf] = {}


def shelf_of(file: str, catalogue: Catalogue) -> Shelf:
    """The presets of one vendor, whose conditions are evaluated once for all its printers."""
    if file not in _SHELVES:
        _SHELVES[file] = Shelf([each for each in bundles() if each.file == file], catalogue)
    return _SHELVES[file]


def beside(shelf: Shelf, kind: PresetKind, *others: Chosen) -> Chosen:
    """The printer's own print or filament where it names one that is there, else the first that fits."""
    return shelf.default(kind, *others) or shelf.fitting(kind, *others)[0]


def imported(file: str, name: str, workshop: Workshop) -> Imported:
    """Import a printer preset with a print and a filament. Raises FarmctlError with its code."""
    shelf = shelf_of(file, workshop.catalogue)
    printer = shelf.find(PresetKind.PRINTER, name)
    assert printer is not None
    resin = resin_of(printer)
    if resin is not None:
        raise SlicerFailed(resin.message, resin.mend, resin.code)
    print_ = beside(shelf, PresetKind.PRINT, printer)
    filament = beside(shelf, PresetKind.FILAMENT, printer, print_)
    reading = reading_of((printer, print_, filament), workshop.catalogue)
    return sort_settings(reading, workshop.catalogue, Answers(), workshop.slicer.normal)


@cache
def cube() -> bytes:
    """The clean mesh of the cube that settings are tried with."""
    mesh = ingest(calibration_cube(), "cube.stl").clean_mesh
    assert mesh is not None
    return mesh


def slice_cube(found: Imported, workshop: Workshop) -> None:
    """Slice a cube of 20 mm in the middle of the bed. Raises FarmctlError with its code."""
    assert found.files, [each.message for each in found.findings if each.severity == "error"]
    of_class = f"profiles/classes/{found.class_name}"
    document = load(PrinterClass, found.files[f"{of_class}/class.yaml"]).document
    assert document is not None
    machine, profile = f"{of_class}/1.0.0.ini", f"profiles/{found.profile}/1.0.0.ini"
    recipe = Recipe(
        machine, found.files[machine], profile, found.files[profile], found.facts.nozzle_um
    )
    settings = settings_of(recipe, workshop.catalogue).text
    room = room_of(document)
    middle = tuple((min(axis) + max(axis)) // 2 for axis in zip(*room.bed_um, strict=True))
    part = workshop.place(cube(), at=(middle[0], middle[1]))
    pinned = workshop.slicer.pin().digest
    request = PlateRequest((part,), settings, room, ceiling_of(document), pinned)
    assert slice_plate(request, workshop.bench()).summary.objects == 1


def outcome(file: str, name: str, workshop: Workshop) -> dict[str, str] | None:
    """None where a preset imports and slices, else the code and the message of its refusal."""
    try:
        slice_cube(imported(file, name, workshop), workshop)
    except FarmctlError as error:
        return {"code": getattr(error, "code", type(error).__name__), "message": error.message}
    return None
