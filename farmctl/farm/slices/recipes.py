"""How one part is to be sliced, where a person chooses: what is clear is filled in, the rest asked.

Any version of a profile or class can be tried here; what is made for orders, build plans decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from farmctl.control.subjects import unknown
from farmctl.errors import Refused, SlicerFailed
from farmctl.farm.questions import Ask, Question, the_one
from farmctl.farm.slices.recall import Said
from farmctl.model.desired import ClassAt, Desired, ProfileAt
from farmctl.model.documents.profile import Profile
from farmctl.planning.plan_text import Chosen
from farmctl.planning.settings import Recipe
from farmctl.planning.variants import slicer_for
from farmctl.profiles.resolve import Need
from farmctl.slicing.pin import platform

__all__ = ["Said", "Wish", "newest", "recipe_of"]


class Wish(Struct, frozen=True):
    """What is to be sliced.

    Args:
        name: What people call it, `ord-1/bracket` or `bracket.stl`.
        model: Digest of the model's bytes.
        path: Where it lies: in the farm for an ordered one.
        need: What an order asks of its profile; None for a model that nobody ordered.
        chosen: What its build plan chooses.
    """

    name: str
    model: str
    path: str | None
    need: Need | None = None
    chosen: Chosen = field(default_factory=Chosen)


def recipe_of(desired: Desired, wish: Wish, said: Said, ask: Ask) -> Recipe:
    """Return all that the settings are made of.

    Raises UsageError where something is not clear and nobody can be asked, NoSuchThing for a name
    that does not exist, SlicerFailed where no slicer is pinned for this machine, Refused for what
    does not go together.
    """
    profile, version = _profile(desired, wish, said, ask)
    of_class = _class(desired, profile.document, said, ask)
    slicer = slicer_for(desired, profile.document.program)
    if slicer is None:
        raise SlicerFailed(
            f"no {profile.document.program} is pinned for {platform()}",
            "farmctl slicer pin",
            "slicer-not-pinned",
        )
    _refuse_mismatch(profile.document, of_class)
    return Recipe(
        slicer=slicer,
        printer_class=of_class,
        profile=f"{profile.document.name}@{version}",
        profile_settings=profile.settings[version],
        nozzle_um=round(profile.document.nozzle_mm * 1000),
        supports=wish.chosen.supports,
        overrides=wish.chosen.overrides,
    )


def newest(versions: Iterable[str]) -> str:
    """Return the highest of some versions: 1.10.0 is above 1.9.0."""
    return max(versions, key=lambda version: [int(part) for part in version.split(".")])


def _profile(desired: Desired, wish: Wish, said: Said, ask: Ask) -> tuple[ProfileAt, str]:
    word = said.profile or (wish.need.profile if wish.need else None)
    if word is None:
        names = _fitting(desired, wish.need, said.printer_class)
        question = Question("which profile?", "--profile NAME", names)
        word = the_one(names, question, ask)
    name, _, version = word.partition("@")
    if name not in desired.profiles:
        raise unknown(name, "profile", desired.profiles)
    profile = desired.profiles[name]
    version = version or _version_in_use(profile)
    if version not in profile.settings:
        raise unknown(f"{name}@{version}", "profile version", _pins(name, profile.settings))
    return profile, version


def _version_in_use(profile: ProfileAt) -> str:
    production = profile.document.channels.production
    return production.version if production else newest(profile.document.versions)


def _fitting(desired: Desired, need: Need | None, said_class: str | None) -> tuple[str, ...]:
    name_of_class = (said_class or "").partition("@")[0]
    documents = (each.document for each in desired.profiles.values())
    fitting = (
        each.name
        for each in documents
        if each.channels.production
        and (not name_of_class or name_of_class in each.classes)
        and (need is None or (each.material, each.quality) == (need.material, need.quality))
    )
    return tuple(sorted(fitting))


def _class(desired: Desired, profile: Profile, said: Said, ask: Ask) -> ClassAt:
    word = said.printer_class
    if word is None:
        used = {each.class_ for each in desired.farm.printers}
        pins = _for_profile(used & desired.classes.keys(), profile)
        pins = pins or _for_profile(desired.classes, profile)
        word = the_one(pins, Question("which printer class?", "--class NAME", pins), ask)
    return class_named(desired, word)


def class_named(desired: Desired, word: str) -> ClassAt:
    """Return a class by `NAME` or `NAME@VERSION`; the version that printers have, or the newest.

    Raises NoSuchThing with what was perhaps meant.
    """
    name, _, version = word.partition("@")
    versions = _versions_of(desired, name)
    if not versions:
        raise unknown(
            name, "printer class", {each.document.name for each in desired.classes.values()}
        )
    pin = f"{name}@{version or _in_use(desired, name) or newest(versions)}"
    if pin not in desired.classes:
        raise unknown(pin, "class version", _pins(name, versions))
    return desired.classes[pin]


def _for_profile(pins: Iterable[str], profile: Profile) -> tuple[str, ...]:
    return tuple(sorted(pin for pin in pins if pin.partition("@")[0] in profile.classes))


def _versions_of(desired: Desired, name: str) -> tuple[str, ...]:
    found = (each for each in desired.classes.values() if each.document.name == name)
    return tuple(each.version for each in found)


def _in_use(desired: Desired, name: str) -> str | None:
    """Return the newest version of a class that a printer of the farm has."""
    pins = (each.class_.split("@") for each in desired.farm.printers)
    used = [version for class_name, version in pins if class_name == name]
    return newest(used) if used else None


def _pins(name: str, versions: Iterable[str]) -> Sequence[str]:
    return [f"{name}@{version}" for version in sorted(versions)]


def _refuse_mismatch(profile: Profile, of_class: ClassAt) -> None:
    document = of_class.document
    if document.name not in profile.classes:
        raise Refused(
            f"{profile.name} is not for {document.name}",
            f"name one of {', '.join(profile.classes)}: --class NAME",
        )
    if profile.nozzle_mm not in document.nozzles_mm:
        nozzles = ", ".join(f"{each:g}" for each in document.nozzles_mm)
        raise Refused(
            f"{profile.name} is for a nozzle of {profile.nozzle_mm:g} mm, {document.name} has "
            f"{nozzles}",
            "name another profile: --profile NAME",
        )
