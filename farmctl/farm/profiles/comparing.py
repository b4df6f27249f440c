"""What is different: two versions of a profile, or what a slicer or class changes under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from farmctl.errors import InvalidDocuments, UsageError
from farmctl.farm.profiles.advising import new_findings
from farmctl.farm.profiles.catalogues import Known
from farmctl.farm.profiles.layering import (
    catalogue_of,
    classes_of,
    profile_source,
    refuse,
    sources,
)
from farmctl.farm.profiles.picking import Picked, draft_of, in_production, picked
from farmctl.farm.profiles.shelf import Shelf, Shelves
from farmctl.farm.slices.recipes import class_named
from farmctl.model.desired import ClassAt
from farmctl.model.diagnostics import Diagnostic
from farmctl.model.drafts import DRAFT
from farmctl.profiles.diff import Shared, Side, changes, said_once, side
from farmctl.slicing.catalogue import Catalogue


class Comparison(Struct, frozen=True):
    """What is different for one profile.

    Args:
        profile: Its name, or its version where that is the same on both sides.
        before: What people call the one side: `production 1.8.2`, `voron-350@3.0.0`.
        after: The other side.
        classes: The classes that were compared.
        changes: Every setting that is not the same, once.
        findings: What is wrong with the settings of the other side, and was not before.
        as_before: How much more is worth a word on both sides.
    """

    profile: str
    before: str
    after: str
    classes: tuple[str, ...]
    changes: tuple[Shared, ...]
    findings: tuple[Diagnostic, ...] = ()
    as_before: int = 0


def two_versions(shelves: Shelves, word: str, other: str | None, on: Sequence[str]) -> Comparison:
    """Return what differs between two versions on the classes that both are for.

    One name alone means its draft, or the version that it names, against the one in production.

    Raises:
        NoSuchThing: A name or version is not there.
        Refused: There is no draft, or nothing in a channel.
        InvalidDocuments: A settings file cannot be read.
        UsageError: There is no class that both are for.
    """
    before, after = _sides(shelves, word, other)
    _refuse_unreadable(before, after)
    names = _classes(before, after, on)
    by_class = {
        name: changes(_side(before, _class_at(before, name)), _side(after, _class_at(after, name)))
        for name in names
    }
    is_one = before.document.name == after.document.name
    told, as_before = new_findings(after, before)
    return Comparison(
        profile=after.document.name,
        before=before.said if is_one else f"{before.document.name} {before.said}",
        after=after.said if is_one else f"{after.document.name} {after.said}",
        classes=names,
        changes=said_once(by_class),
        findings=told,
        as_before=as_before,
    )


def two_slicers(profiles: Sequence[Picked], old: Known, new: Known) -> Iterator[Comparison]:
    """Yield what another slicer changes under each profile, also where it knows other settings."""
    for each in profiles:
        _refuse_unreadable(each)
        by_class = {}
        for of_class in classes_of(each, []):
            both = sources(each, of_class).layers()
            by_class[of_class.document.name] = changes(
                side(old.catalogue, both), side(new.catalogue, both)
            )
        names = tuple(sorted(by_class))
        yield Comparison(each.pin, old.said, new.said, names, said_once(by_class))


def two_classes(profiles: Sequence[Picked], words: Sequence[str]) -> Iterator[Comparison]:
    """Yield what another version of a class changes under each profile that is for it."""
    for each in profiles:
        _refuse_unreadable(each)
        old, new = classes_of(each, words)
        known = catalogue_of(each.shelf, each.document.program)
        found = changes(_on(each, old, known), _on(each, new, known))
        name = new.document.name
        yield Comparison(each.pin, old.pin, new.pin, (name,), said_once({name: found}))


def all_in_use(shelf: Shelf, printer_class: str | None = None) -> tuple[Picked, ...]:
    """Return every profile at its version in production, or those for a class."""
    return tuple(
        in_production(shelf, profile)
        for _, profile in sorted(shelf.desired.profiles.items())
        if profile.settings and printer_class in (None, *profile.document.classes)
    )


def _sides(shelves: Shelves, word: str, other: str | None) -> tuple[Picked, Picked]:
    if other is not None:
        return picked(shelves, word), picked(shelves, other)
    if "@" in word:
        after = picked(shelves, word)
    else:
        shelf, name = shelves.at(None), word
        if ":" in word:
            after = picked(shelves, f"{word}@{DRAFT}")
        else:
            after = draft_of(shelf, shelf.profile(name))
    profile = after.shelf.profile(after.document.name)
    return in_production(after.shelf, profile), after


def _classes(before: Picked, after: Picked, on: Sequence[str]) -> tuple[str, ...]:
    if on:
        for each in (before, after):
            classes_of(each, on)
        return tuple(on)
    both = [each.document.name for each in classes_of(before, [])]
    names = {each.document.name for each in classes_of(after, [])}
    found = tuple(each for each in both if each in names)
    if not found:
        raise UsageError(
            f"no printer class is made for by both {before.pin} and {after.pin}",
            "compare versions of profiles that name the same class",
        )
    return found


def _class_at(version: Picked, name: str) -> ClassAt:
    return class_named(version.shelf.desired, name)


def _side(version: Picked, of_class: ClassAt) -> Side:
    return _on(version, of_class, catalogue_of(version.shelf, version.document.program))


def _on(version: Picked, of_class: ClassAt, known: Catalogue) -> Side:
    both = sources(version, of_class)
    refuse(both.machine.ini.diagnostics)
    return side(known, both.layers())


def _refuse_unreadable(*versions: Picked) -> None:
    """Raise InvalidDocuments for a file that says nothing clear: half of it would be compared."""
    for each in versions:
        refuse(profile_source(each).ini.diagnostics)
    programs = {each.document.program for each in versions}
    if len(programs) > 1:
        raise InvalidDocuments(
            f"these profiles are for {' and '.join(sorted(programs))}",
            "compare those of one slicer",
        )
