"""A draft tried out: one part sliced with it and with the version in production.

Everything happens in a folder that is gone afterwards; the ledger hears nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from farmctl.artifacts.store import ArtifactStore
from farmctl.control.derived import facts_of_model
from farmctl.errors import Refused, SlicerFailed
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.layering import class_of
from farmctl.farm.profiles.picking import Picked, in_production, picked
from farmctl.farm.profiles.shelf import Shelves
from farmctl.farm.slices.model_files import read_model
from farmctl.farm.slices.recipes import Wish
from farmctl.farm.slices.slicers import slicer_for as slicer_here
from farmctl.farm.slices.slicing import plate_of
from farmctl.gcode.flow import peak_flow_mm3_s
from farmctl.gcode.summary import Summary
from farmctl.geometry.calibration import calibration_cube
from farmctl.model.desired import ClassAt, SlicerAt
from farmctl.model.drafts import DRAFT
from farmctl.model.events.plans import ModelChecked
from farmctl.planning.settings import Recipe, settings_of
from farmctl.planning.variants import slicer_for
from farmctl.profiles.advice.subject import figure
from farmctl.slicing.cache import SliceCache
from farmctl.slicing.pin import platform
from farmctl.slicing.plate import Bench, make_slice
from farmctl.system.scratch import fresh_folder

CUBE = "calibration cube"


class Tried(Struct, frozen=True):
    """What one version makes of the part.

    Args:
        said: The version, `draft` or `production 1.8.2`.
        summary: What was measured of its g-code.
        flow_mm3_s: The most that any kind of line asks for.
        gcode: The file.
    """

    said: str
    summary: Summary
    flow_mm3_s: float
    gcode: bytes


class Trial(Struct, frozen=True):
    """A draft beside the version in production, on one class.

    Args:
        part: What was sliced.
        printer_class: On which class.
        material: What it is made of.
        draft: What the draft makes.
        before: What production makes; None where nothing is in production.
    """

    part: str
    printer_class: str
    material: str
    draft: Tried
    before: Tried | None


def tried(farm: Farm, word: str, model: Path | None, on: str | None) -> Trial:
    """Return what a draft, or another version, makes of a part; without a model, of a cube.

    Raises:
        Refused: There is no draft, or the model cannot be printed.
        SlicerFailed: The slicer does not make it, or is not pinned here.
        InvalidDocuments: The settings say what they may not.
    """
    after = picked(Shelves(farm), word if "@" in word else f"{word}@{DRAFT}")
    of_class = class_of(after, on)
    name, raw = (model.name, read_model(farm.disk, model)) if model else (CUBE, calibration_cube())
    with _bench(farm, after) as bench:
        checked, _ = facts_of_model(raw, name if model else f"{CUBE}.stl", bench.store)
        if checked.clean is None or checked.verdict == "fail":
            raise Refused(f"{name} cannot be printed", "farmctl preflight MODEL")
        wish = Wish(name, checked.model, None)
        return Trial(
            part=name,
            printer_class=of_class.pin,
            material=after.document.material,
            draft=_made(after, of_class, _Part(wish, checked), bench),
            before=_before(after, of_class, _Part(wish, checked), bench),
        )


class _Part(Struct, frozen=True):
    wish: Wish
    checked: ModelChecked


@contextmanager
def _bench(farm: Farm, version: Picked) -> Iterator[Bench]:
    """Yield where slices are made and forgotten."""
    program = version.document.program
    slicer = slicer_here(farm, _pinned(version).digest, program)
    with fresh_folder() as folder:
        store = ArtifactStore(folder / "artifacts", farm.disk)
        yield Bench(slicer, store, SliceCache(folder / "slices", farm.disk, store))


def _pinned(version: Picked) -> SlicerAt:
    program = version.document.program
    found = slicer_for(version.shelf.desired, program)
    if found is None:
        raise SlicerFailed(
            f"no {program} is pinned for {platform()}", "farmctl slicer pin", "slicer-not-pinned"
        )
    return found


def _before(after: Picked, of_class: ClassAt, part: _Part, bench: Bench) -> Tried | None:
    """Return what production makes; None where it is what was tried, or there is none."""
    profile = after.shelf.profile(after.document.name)
    if not profile.settings:
        return None
    before = in_production(after.shelf, profile)
    return None if before.pin == after.pin else _made(before, of_class, part, bench)


def _made(version: Picked, of_class: ClassAt, part: _Part, bench: Bench) -> Tried:
    recipe = Recipe(
        slicer=_pinned(version),
        printer_class=of_class,
        profile=version.pin,
        profile_settings=version.settings,
        nozzle_um=round(version.document.nozzle_mm * 1000),
    )
    record = make_slice(plate_of(part.wish, recipe, part.checked), bench)
    gcode = bench.store.get(record.gcode)
    diameter_mm = figure(settings_of(recipe).values["filament_diameter"])
    return Tried(version.said, record.summary, peak_flow_mm3_s(gcode, diameter_mm), gcode)
