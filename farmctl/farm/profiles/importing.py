"""A person's own slicer settings into the farm: a profile in production, and a class to go with it.

Where the farm has a class with such a bed, the machine settings become its next version, and the
printers that had the last one get it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from farmctl.errors import Refused, SlicerFailed, UsageError
from farmctl.farm.edits import Edit, farm_text
from farmctl.farm.orders.filling import Scene
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farm.profiles.class_merging import bed_um_of, is_of_class, with_class
from farmctl.farm.profiles.targets import refuse_detached
from farmctl.farm.questions import Ask, Question
from farmctl.farm.slices.slicers import Here, chosen, pin_files, slicer_for, slicers_here
from farmctl.model.desired import Desired, SlicerAt
from farmctl.model.diagnostics import Severity
from farmctl.model.documents.common import split_pin
from farmctl.planning.variants import slicer_for as slicer_of
from farmctl.profiles import guess
from farmctl.profiles.files import FIRST
from farmctl.profiles.importing import Answers, Imported, sort_settings
from farmctl.profiles.reading import Reading
from farmctl.slicing import catalogue
from farmctl.slicing.catalogue import Catalogue
from farmctl.slicing.slicer import Slicer

PROGRAM = "prusaslicer"


class Workshop(Struct, frozen=True):
    """The slicer that settings are for.

    Args:
        slicer: The program.
        catalogue: What it knows.
        files: What pins it, where the farm had none pinned.
    """

    slicer: Slicer
    catalogue: Catalogue
    files: Mapping[str, bytes]


class Import(Struct, frozen=True):
    """What an import comes to.

    Args:
        found: What became of each setting.
        pin: The class's version that holds the machine settings, `voron-350@1.1.0`.
        printers: The printers that get it.
        rivals: The profiles in production that make the same on this class.
        edit: The files.
    """

    found: Imported
    pin: str
    printers: tuple[str, ...]
    rivals: tuple[str, ...]
    edit: Edit


def read_settings(farm: Farm, path: Path) -> bytes:
    """Return an exported file. Raises UsageError where there is none."""
    place = path.expanduser()
    if not place.is_file():
        raise UsageError(f"there is no file {path}", "name an exported .ini or a sliced .gcode")
    return farm.disk.read(place)


def workshop(farm: Farm, desired: Desired, written_by: str) -> Workshop:
    """Return the pinned slicer; where none is, the one that wrote the file, or the best there is.

    Raises SlicerFailed when there is none here.
    """
    known = slicer_of(desired, PROGRAM)
    if known is not None:
        slicer = slicer_for(farm, known.digest, PROGRAM)
        _refuse_other_build(slicer, known)
        return Workshop(slicer, catalogue.read(known.catalogue, "the slicer's catalogue"), {})
    version = written_by.rpartition(" ")[2].partition("+")[0]
    same = [each for each in slicers_here(farm) if version and _version(each).startswith(version)]
    slicer = (same[0] if same else chosen(farm, None)).slicer
    return Workshop(slicer, slicer.catalogue(), pin_files(farm_text(farm), "default", slicer))


def _version(here: Here) -> str:
    try:
        return here.slicer.pin().version
    except SlicerFailed:  # something else that is called like a slicer
        return ""


def _refuse_other_build(slicer: Slicer, known: SlicerAt) -> None:
    pin = slicer.pin()
    if pin.digest != known.digest:
        raise SlicerFailed(
            f"the farm has {known.digest} pinned; here is {pin.program} {pin.version}",
            "install the pinned one, or pin this one: farmctl slicer pin",
            "slicer-not-pinned",
        )


def imported(reading: Reading, at: Workshop, answers: Answers, ask: Ask) -> Imported:
    """Return what becomes of the settings; what they do not tell is asked.

    Raises UsageError where nobody can be asked.
    """
    found = sort_settings(reading, at.catalogue, answers, at.slicer.normal)
    if not found.missing or any(each.severity is Severity.ERROR for each in found.findings):
        return found
    said = {name: ask(_question(name)) for name in found.missing}
    return sort_settings(reading, at.catalogue, _answered(answers, said), at.slicer.normal)


def _question(name: str) -> Question:
    match name:
        case "material":
            return Question("which material is it for?", "--material PETG")
        case "quality":
            choices = ("draft", "standard", "fine")
            return Question("which quality is it?", "--quality standard", choices, "standard")
        case _:
            return Question("which nozzle is it for, in mm?", "--nozzle 0.4", (), "0.4")


def _answered(answers: Answers, said: Mapping[str, str]) -> Answers:
    return replace(
        answers,
        material=said.get("material", answers.material),
        quality=said.get("quality", answers.quality),
        nozzle_um=nozzle_um(said["nozzle"]) if "nozzle" in said else answers.nozzle_um,
    )


def nozzle_um(text: str) -> int:
    """Return a nozzle in µm. Raises UsageError for what is no nozzle."""
    try:
        um = round(float(text) * 1000)
    except ValueError:
        um = 0
    if not 50 <= um <= 5_000:
        raise UsageError(f"`{text}` is no nozzle", "say it in mm: --nozzle 0.4")
    return um


def own_class(desired: Desired, reading: Reading) -> str | None:
    """Return the one class of the farm's printers that has the settings' bed, or None."""
    bed_um = frozenset(guess.facts(reading.ini.values, "").bed_um)
    used = sorted({each.class_ for each in desired.farm.printers} & desired.classes.keys())
    names = {split_pin(pin)[0] for pin in used if bed_um_of(desired.classes[pin]) == bed_um}
    return names.pop() if len(names) == 1 else None


def into_farm(farm: Farm, scene: Scene, found: Imported, at: Workshop) -> Import:
    """Return the files that bring an import into the farm.

    Raises Refused where the profile is there already, the class has another bed, or no branch is
    checked out.
    """
    with farm.repository() as repository:
        refuse_detached(repository)
    if found.profile in scene.desired.profiles:
        raise Refused(f"there is a profile {found.profile} already", "--as NAME calls it otherwise")
    before = farm_text(farm)
    text = at.files.get(FARM_FILE, before.encode()).decode()
    merged = with_class(farm, scene.desired, found, text)
    profile = {path: raw for path, raw in found.files.items() if not is_of_class(path)}
    files = {**at.files, **merged.files, **profile}
    if merged.farm_text != before:
        files[FARM_FILE] = merged.farm_text.encode()
    edit = Edit(files, f"profiles: {found.profile}@{FIRST} imported, {merged.pin}")
    return Import(found, merged.pin, merged.printers, _rivals(scene.desired, found), edit)


def _rivals(desired: Desired, found: Imported) -> tuple[str, ...]:
    """Return the profiles in production that an order could mean as well."""
    wanted = (found.facts.material, found.facts.quality, found.facts.nozzle_um)
    documents = (each.document for each in desired.profiles.values())
    return tuple(
        sorted(
            each.name
            for each in documents
            if each.channels.production
            and found.class_name in each.classes
            and (each.material, each.quality, round(each.nozzle_mm * 1000)) == wanted
        )
    )
