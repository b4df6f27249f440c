"""What an order leaves open and the farm makes clear: a filament, a quality."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from farmctl.control.desire import Where, desired_from
from farmctl.errors import UsageError
from farmctl.farm.parts import Farm
from farmctl.farm.questions import Ask, Question, the_one
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.farmrepo.suggest import mend_name
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.documents.common import Filament, parse_filament
from farmctl.model.ids import PrinterName
from farmctl.slicing.pin import platform


class Scene(Struct, frozen=True):
    """What an order is put together from: the farm's documents, and what the ledger knows."""

    snapshot: Snapshot
    desired: Desired
    state: State
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Return the farm's time zone."""
        return ZoneInfo(self.desired.farm.timezone)


def set_scene(farm: Farm) -> Scene:
    """Return the farm's documents at HEAD with what its ledger knows.

    Raises InvalidDocuments when `farm.yaml` cannot be read.
    """
    snapshot = farm.snapshot()
    desired = desired_from(snapshot, Where("HEAD", platform()))
    return Scene(snapshot, desired, farm.view().state, farm.clock.now())


def filament(scene: Scene, said: str | None, profile: str | None, ask: Ask) -> tuple[Filament, str]:
    """Return the filament, and why it was taken where nobody named it.

    Args:
        scene: The farm.
        said: `PETG/black`, `PETG`, or nothing.
        profile: A person's choice of profile, whose material counts.
        ask: Asks which, where several are loaded.
    """
    if said is not None and "/" in said:
        found = filament_of(said)
        check_material(scene, found.material)
        return found, ""
    material = said.strip().upper() if said else _material_of(scene, profile)
    if material is not None:
        check_material(scene, material)
    fitting = {
        name: printers
        for name, printers in _loaded(scene).items()
        if material is None or name.partition("/")[0] == material
    }
    name = the_one(sorted(fitting), _which(material, sorted(fitting)), ask)
    why = f"loaded in {' and '.join(fitting[name])}" if len(fitting) == 1 else ""
    return filament_of(name), why


def _which(material: str | None, loaded: Sequence[str]) -> Question:
    what = material or "filament"
    nowhere = "" if loaded else f"no printer has {material or 'any'} loaded: "
    option = f"--filament {material or 'PETG'}/black"
    return Question(f"{nowhere}which {what}?", option, tuple(loaded))


def check_material(scene: Scene, material: str) -> None:
    """Raise UsageError for a material that no profile of the farm is for, when there are any."""
    known = sorted({each.document.material for each in scene.desired.profiles.values()})
    if known and material not in known:
        raise UsageError(
            f"no profile of this farm is for {material}",
            f"{mend_name(material, known)} · farmctl profile import FILE brings another",
        )


def filament_of(text: str) -> Filament:
    """Return the filament that `PETG/black` names, however its letters are written."""
    material, _, color = text.strip().partition("/")
    found = parse_filament(f"{material.upper()}/{color.lower()}")
    if found is None:
        raise UsageError(f"`{text}` is no filament", "write material and color: PETG/black")
    return found


def quality(scene: Scene, of: Filament, profile: str | None, ask: Ask) -> str:
    """Return the quality that the profile has, or that this material is made in."""
    chosen = scene.desired.profiles.get(profile or "")
    if chosen is not None:
        return chosen.document.quality
    made = sorted(
        {
            each.document.quality
            for each in scene.desired.profiles.values()
            if each.document.material == of.material and each.document.channels.production
        }
    )
    if "standard" in made or not made:
        return "standard"
    return the_one(made, Question(f"which quality of {of.material}?", "--quality", made), ask)


def _material_of(scene: Scene, profile: str | None) -> str | None:
    found = scene.desired.profiles.get(profile or "")
    return found.document.material if found else None


def _loaded(scene: Scene) -> dict[str, list[str]]:
    """Return what is in the farm's printers by name, each with the printers that have it."""
    found: dict[str, list[str]] = {}
    for printer in scene.desired.farm.printers:
        record = scene.state.printers.get(PrinterName(printer.name))
        slots = [each.name for each in (record.loaded if record else printer.loaded)]
        for name in slots:
            found.setdefault(name, []).append(printer.name)
    return found
