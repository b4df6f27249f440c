"""How one part is made on one class, as settings: the order of the layers, said in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from farmctl.errors import InvalidDocuments
from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.effective import Effective, Layer, effective, nozzle, supports
from farmctl.profiles.lint import IN_CLASS, IN_PROFILE, Source, lint
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue


class Recipe(Struct, frozen=True):
    """What a variant of a build plan pins.

    Args:
        machine: The class, `voron-350@3.0.0`.
        machine_ini: Its settings file.
        profile: The profile, `petg-0.4-standard@1.8.2`.
        profile_ini: Its settings file.
        nozzle_um: The nozzle.
        supports: none or auto.
        overrides: Settings for this part alone, sorted.
    """

    machine: str
    machine_ini: bytes
    profile: str
    profile_ini: bytes
    nozzle_um: int
    supports: str = "none"
    overrides: tuple[tuple[str, str], ...] = ()


def settings_of(recipe: Recipe, catalogue: Catalogue) -> Effective:
    """Return the complete settings of a recipe.

    Raises InvalidDocuments with the first of everything that is wrong with the files.
    """
    sources = tuple(_sources(recipe))
    wrong = [each for source in sources for each in lint(source, catalogue)]
    if wrong:
        raise _invalid(wrong)
    machine, profile, overrides = (Layer(each.file, each.ini.values) for each in sources)
    layers = [machine, nozzle(recipe.nozzle_um), profile, supports(recipe.supports), overrides]
    found = effective(catalogue, layers)
    _refuse_other_nozzle(found, recipe)
    return found


def _sources(recipe: Recipe) -> Iterator[Source]:
    machine, profile = f"class {recipe.machine}", f"profile {recipe.profile}"
    yield Source(machine, ini.parse(recipe.machine_ini, machine), IN_CLASS)
    yield Source(profile, ini.parse(recipe.profile_ini, profile), IN_PROFILE)
    own = dict(recipe.overrides)
    yield Source("the plan's overrides", ini.Ini(own, dict.fromkeys(own, 0)), IN_PROFILE)


def _invalid(wrong: Sequence[Diagnostic]) -> InvalidDocuments:
    shown = "; ".join(f"{each.where}: {each.message}" for each in wrong[:3])
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return InvalidDocuments(f"{shown}{more}", wrong[0].mend)


def _refuse_other_nozzle(settings: Effective, recipe: Recipe) -> None:
    wanted, said = ini.millimetres(recipe.nozzle_um), settings.values["nozzle_diameter"]
    if any(each != wanted for each in said.split(",")):
        source = settings.sources["nozzle_diameter"]
        raise InvalidDocuments(
            f"{source} is for a nozzle of {said} mm, not {wanted} mm",
            "make `nozzle_mm` of the profile and `nozzle_diameter` in its settings the same",
        )
