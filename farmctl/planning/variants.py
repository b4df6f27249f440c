"""The ways to make a part: one for each printer class and nozzle of the farm that can."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import asdict

from farmctl.errors import FarmctlError
from farmctl.model import canonical
from farmctl.model.desired import ClassAt, Desired, ProfileAt, SlicerAt
from farmctl.model.digest import Digest, digest_of
from farmctl.model.events.plans import VariantPin
from farmctl.planning.beds import Box, bed_of, can_lie_on
from farmctl.planning.drafts import entrusted
from farmctl.planning.settings import (
    Recipe,
    Scalar,
    Settings,
    settings_of,
    written,
)
from farmctl.profiles.resolve import (
    Blocked,
    Chosen,
    Need,
    NoProfile,
    ProfilePin,
    SeveralProfiles,
    Spot,
    resolve,
)


class Part(Struct, frozen=True):
    """What is to be made, whatever it is made on.

    Args:
        model: Digest of the model's bytes.
        need: What it asks of a profile.
        size_um: Width, depth, height as it lies.
        rotate_mdeg: Turned about x, then y, then z, in thousandths of a degree.
        supports: none or auto.
        overrides: Settings for this part alone, sorted.
        tags: What a printer must have.
    """

    model: str
    need: Need
    size_um: tuple[int, int, int]
    rotate_mdeg: tuple[int, int, int] = (0, 0, 0)
    supports: str = "none"
    overrides: tuple[tuple[str, Scalar], ...] = ()
    tags: tuple[str, ...] = ()


class Kind(StrEnum):
    """How a refusal can end."""

    CANNOT = "cannot"  # not with these printers, profiles and this part
    BLOCKED = "blocked"  # a version is retired or unsigned, or no slicer is pinned here
    SEVERAL = "several"  # a person must choose


class Refusal(Struct, frozen=True):
    """Why a printer class does not make a part."""

    kind: Kind
    where: str
    why: str


class Way(Struct, frozen=True):
    """One way to make a part.

    Args:
        pin: What is pinned.
        slicer: The slicer's name in farm.yaml.
        settings: The complete settings.
    """

    pin: VariantPin
    slicer: str
    settings: bytes


NOBODY = "a draft is for virtual printers, or for those that `printers` names: there is none"

_Kinds = frozenset[tuple[str, int, frozenset[str]]]

Ways = tuple[tuple[Way, ...], tuple[Refusal, ...]]


def ways(desired: Desired, part: Part) -> Ways:
    """Return every way to make a part, by class and profile, and why other classes cannot.

    A revision is asked for the same parts at every pass, so its answers are kept with it.
    """
    known = desired.once(_answered)
    asked = part, repr(part.overrides)  # 1 and True are equal, and no equal settings
    if asked not in known:
        known[asked] = _ways(desired, part)
    return known[asked]


def _answered(_desired: Desired) -> dict[tuple[Part, str], Ways]:
    return {}


def _ways(desired: Desired, part: Part) -> Ways:
    found: list[Way] = []
    refused: list[Refusal] = []
    if part.need.is_of_draft and not entrusted(desired, part.need.printers):
        return (), (Refusal(Kind.CANNOT, str(part.need.profile), NOBODY),)
    for class_pin, nozzle_um in _spots(desired, part):
        for each in _on_spot(desired, part, class_pin, nozzle_um):
            if isinstance(each, Way):
                found.append(each)
            else:
                refused.append(each)
    return tuple(found), tuple(refused)


def nozzle_um_of(desired: Desired, printer_class: str, nozzle_mm: float | None) -> int | None:
    """Return a printer's nozzle; where nobody said, its class's only one."""
    if nozzle_mm is not None:
        return round(nozzle_mm * 1000)
    known = desired.classes.get(printer_class)
    nozzles = known.document.nozzles_mm if known else ()
    return round(nozzles[0] * 1000) if len(nozzles) == 1 else None


def _spots(desired: Desired, part: Part) -> list[tuple[str, int]]:
    """Return the classes and nozzles of the printers that have the tags and may make the part."""
    kinds = desired.once(_kinds)
    if part.need.is_of_draft:
        kinds = _kinds_of(desired, frozenset(entrusted(desired, part.need.printers)))
    return sorted({(name, nozzle_um) for name, nozzle_um, has in kinds if has >= {*part.tags}})


def _kinds(desired: Desired) -> _Kinds:
    return _kinds_of(desired, frozenset(each.name for each in desired.farm.printers))


def _kinds_of(desired: Desired, names: frozenset[str]) -> _Kinds:
    """Return the class, the nozzle and the tags of these printers: a few, of many printers."""
    kinds: set[tuple[str, int, frozenset[str]]] = set()
    for printer in desired.farm.printers:
        if printer.name not in names:
            continue
        known = desired.classes.get(printer.class_)
        nozzle_um = nozzle_um_of(desired, printer.class_, printer.nozzle_mm)
        if known is not None and nozzle_um is not None:
            has = frozenset((*printer.tags, *known.document.capabilities))
            kinds.add((printer.class_, nozzle_um, has))
    return frozenset(kinds)


def _on_spot(
    desired: Desired, part: Part, class_pin: str, nozzle_um: int
) -> Iterator[Way | Refusal]:
    of_class = desired.classes[class_pin]
    documents = [each.document for _, each in sorted(desired.profiles.items())]
    spot = Spot(of_class.document.name, nozzle_um)
    found = resolve(part.need, spot, documents, signed=desired.signed)
    match found:
        case NoProfile(why):
            yield Refusal(Kind.CANNOT, class_pin, why)
        case Blocked(why=why):
            yield Refusal(Kind.BLOCKED, class_pin, why)
        case SeveralProfiles(names):
            why = f"{' and '.join(names)} could make it: name one in the item's `profile`"
            yield Refusal(Kind.SEVERAL, class_pin, why)
        case Chosen(pin, trial):
            yield _with_profile(desired, part, of_class, pin, nozzle_um)
            if trial is not None and _is_tried_on(desired, class_pin, trial.printers):
                yield _with_profile(desired, part, of_class, trial.pin, nozzle_um)


def _is_tried_on(desired: Desired, class_pin: str, printers: tuple[str, ...]) -> bool:
    names = {each.name for each in desired.farm.printers if each.class_ == class_pin}
    return not printers or bool(names & set(printers))


def _with_profile(
    desired: Desired, part: Part, of_class: ClassAt, pin: ProfilePin, nozzle_um: int
) -> Way | Refusal:
    slicer = slicer_for(desired, of_class.document.program)
    profile: ProfileAt = desired.profiles[pin.name]
    if slicer is None or profile.document.program != slicer.program:
        why = f"no slicer of {of_class.pin} and {pin.name} is pinned for this machine"
        return Refusal(Kind.BLOCKED, of_class.pin, why)
    if pin.version not in profile.settings:
        return Refusal(Kind.BLOCKED, of_class.pin, f"the settings of {pin} are missing")
    recipe = Recipe(
        slicer=slicer,
        printer_class=of_class,
        profile=str(pin),
        profile_settings=profile.settings[pin.version],
        nozzle_um=nozzle_um,
        supports=part.supports,
        overrides=part.overrides,
    )
    try:
        settings = settings_of(recipe)
    except FarmctlError as error:
        return Refusal(Kind.BLOCKED, of_class.pin, error.message)
    why_not = _too_much(part, of_class, settings)
    if why_not:
        return Refusal(Kind.CANNOT, of_class.pin, why_not)
    return Way(_pinned(part, recipe, settings, pin.channel), slicer.name, settings.text)


def slicer_for(desired: Desired, program: str) -> SlicerAt | None:
    """Return the slicer of a program: the one that is called `default` first."""
    known = [each for each in desired.slicers.values() if each.program == program]
    return min(known, key=lambda each: (each.name != "default", each.name), default=None)


def _too_much(part: Part, of_class: ClassAt, settings: Settings) -> str:
    """Return why a class cannot carry the part: its size, or heat that it does not stand."""
    bed, (width_um, depth_um, height_um) = bed_of(of_class.document), part.size_um
    margin_um = settings.spacing.margin_um
    if height_um > bed.height_um:
        return f"{(height_um - bed.height_um) / 1000:.1f} mm too tall"
    if not can_lie_on(bed, Box(width_um, depth_um), margin_um):
        size = f"{width_um / 1000:.1f} × {depth_um / 1000:.1f} mm"
        around = f" with {margin_um / 1000:.1f} mm around it" if margin_um else ""
        return f"{size}{around} is more than its bed"
    limits = of_class.document.max_c
    if settings.nozzle_c > limits.nozzle:
        return f"the nozzle would be {settings.nozzle_c} °C, it stands {limits.nozzle:g}"
    if settings.bed_c > limits.bed:
        return f"the bed would be {settings.bed_c} °C, it stands {limits.bed:g}"
    return ""


def _pinned(part: Part, recipe: Recipe, settings: Settings, channel: str) -> VariantPin:
    """Return the pin; its digest covers everything that what is printed depends on."""
    covered = _Covered(
        model=part.model,
        orientation=part.rotate_mdeg,
        supports=part.supports,
        overrides=tuple((key, written(value)) for key, value in part.overrides),
        printer_class=recipe.printer_class.pin,
        profile=recipe.profile,
        settings=settings.digest,
        slicer=recipe.slicer.digest,
    )
    return VariantPin(
        digest=_digest_of(covered),
        printer_class=recipe.printer_class.pin,
        profile=recipe.profile,
        channel=channel,
        nozzle_um=recipe.nozzle_um,
        slicer=recipe.slicer.digest,
        settings=settings.digest,
    )


class _Covered(Struct, frozen=True):
    """What a variant's digest covers."""

    model: str
    orientation: tuple[int, int, int]
    supports: str
    overrides: tuple[tuple[str, str], ...]
    printer_class: str
    profile: str
    settings: str
    slicer: str


@lru_cache(maxsize=1024)
def _digest_of(covered: _Covered) -> Digest:
    words = asdict(covered)
    words["class"] = words.pop("printer_class")
    words["overrides"] = dict(covered.overrides)
    return digest_of(canonical.encode(words))
