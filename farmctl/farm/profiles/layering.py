"""What a version of a profile comes to on a class: defaults, then the class, then the profile.

What a build plan chooses for one part, its supports and overrides, goes on top and is not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from farmctl.errors import InvalidDocuments, SlicerFailed, UsageError
from farmctl.farm.profiles.picking import Picked
from farmctl.farm.profiles.shelf import Shelf
from farmctl.farm.slices.recipes import class_named
from farmctl.farmrepo.layout import class_path, settings_path
from farmctl.model.desired import ClassAt
from farmctl.model.diagnostics import Diagnostic
from farmctl.planning.variants import slicer_for
from farmctl.profiles.effective import Effective, Layer, effective, nozzle
from farmctl.profiles.lint import IN_CLASS, IN_PROFILE, Source, lint
from farmctl.slicing import catalogue, ini
from farmctl.slicing.catalogue import Catalogue
from farmctl.slicing.pin import platform


class Sources(Struct, frozen=True):
    """The two files that settings are made of, read.

    Args:
        machine: The class's.
        profile: The profile's.
        nozzle_um: The nozzle that the profile is for.
    """

    machine: Source
    profile: Source
    nozzle_um: int

    def layers(self, machine: str = "class", profile: str = "profile") -> tuple[Layer, ...]:
        """Return the layers above the slicer's defaults, lowest first, by these names."""
        return (
            Layer(machine, self.machine.ini.values),
            nozzle(self.nozzle_um),
            Layer(profile, self.profile.ini.values),
        )


def classes_of(picked: Picked, words: Sequence[str]) -> tuple[ClassAt, ...]:
    """Return the classes that words name, or all that the profile is for, at the versions in use.

    Raises NoSuchThing for a class that is not there, UsageError for one that it is not for.
    """
    document, desired = picked.document, picked.shelf.desired
    for word in words:
        name = word.partition("@")[0]
        class_named(desired, word)
        if name not in document.classes:
            raise UsageError(
                f"{document.name} is not for {name}",
                f"it is for {', '.join(document.classes)}: --class NAME",
            )
    there = {each.document.name for each in desired.classes.values()}
    named = words or [each for each in document.classes if each in there]
    return tuple(class_named(desired, each) for each in named)


def class_of(picked: Picked, word: str | None) -> ClassAt:
    """Return the class that a word names, or the only one. Raises UsageError where there are more.

    Raises NoSuchThing for a class that is not there.
    """
    found = classes_of(picked, [word] if word else [])
    if len(found) != 1:
        names = ", ".join(each.document.name for each in found)
        raise UsageError(
            f"{picked.document.name} is for {len(found)} classes: {names}",
            "name one: --class NAME",
        )
    return found[0]


def catalogue_of(shelf: Shelf, program: str) -> Catalogue:
    """Return what the pinned slicer knows. Raises SlicerFailed where none is pinned here."""
    slicer = slicer_for(shelf.desired, program)
    if slicer is None:
        raise SlicerFailed(
            f"no {program} is pinned for {platform()}", "farmctl slicer pin", "slicer-not-pinned"
        )
    return catalogue.read(slicer.catalogue, "the slicer's catalogue")


def sources(picked: Picked, of_class: ClassAt) -> Sources:
    """Return both files, read."""
    machine = settings_path(class_path(of_class.document.name), of_class.version)
    return Sources(
        Source(machine, ini.parse(of_class.settings, machine), IN_CLASS),
        profile_source(picked),
        round(picked.document.nozzle_mm * 1000),
    )


def profile_source(picked: Picked) -> Source:
    """Return the file of a version, read."""
    return Source(picked.file, ini.parse(picked.settings, picked.file), IN_PROFILE)


def faults(both: Sources, known: Catalogue) -> tuple[Diagnostic, ...]:
    """Return what may not be said in either file."""
    return (*lint(both.machine, known), *lint(both.profile, known))


def complete(picked: Picked, of_class: ClassAt) -> Effective:
    """Return the effective settings. Raises InvalidDocuments with what is wrong in the files."""
    known, both = catalogue_of(picked.shelf, picked.document.program), sources(picked, of_class)
    refuse(faults(both, known))
    names = f"class {of_class.pin}", f"profile {picked.pin}"
    return effective(known, both.layers(*names))


def refuse(wrong: Iterable[Diagnostic]) -> None:
    """Raise InvalidDocuments with the first of what is wrong."""
    found = tuple(wrong)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise InvalidDocuments(f"{found[0].where}: {found[0].message}{more}", found[0].mend)
