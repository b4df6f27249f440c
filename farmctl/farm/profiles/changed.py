"""What of the effective settings another version changes, class by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from farmctl.errors import FarmctlError
from farmctl.model.desired import ClassAt, Desired
from farmctl.planning.settings import Recipe, settings_of
from farmctl.planning.variants import slicer_for
from farmctl.profiles.diff import Shared, Side, changes, said_once

Complete = Mapping[str, Mapping[str, str]]
"""Complete settings by class, `voron-350@3.0.0`."""


def settings_changes(program: str, before: Complete, after: Complete) -> tuple[str, ...]:
    """Return what differs, a line each: a value that several classes share is said once."""
    classes = sorted({*before, *after})
    found = {
        each: changes(
            Side(program, before.get(each, {}), {}), Side(program, after.get(each, {}), {})
        )
        for each in classes
    }
    return tuple(_line(each, len(classes)) for each in said_once(found))


def _line(shared: Shared, classes: int) -> str:
    only = "" if len(shared.classes) == classes else f"   on {', '.join(shared.classes)}"
    change = shared.change
    return f"{change.key}   {_short(change.before)} → {_short(change.after)}{only}"


def _short(value: str | None) -> str:
    """Return a value that fits in a line; custom g-code may be pages."""
    if value is None:
        return "(none)"
    return value if len(value) <= 40 else f"{value[:37]}…"


def complete_settings(desired: Desired, name: str, version: str) -> Complete:
    """Return the complete settings of a version on each class of the farm's printers."""
    return dict(_complete(desired, name, version))


def _complete(desired: Desired, name: str, version: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    profile = desired.profiles[name]
    slicer = slicer_for(desired, profile.document.program)
    if slicer is None or version not in profile.settings:
        return
    for of_class in _classes(desired, name):
        recipe = Recipe(
            slicer=slicer,
            printer_class=of_class,
            profile=f"{name}@{version}",
            profile_settings=profile.settings[version],
            nozzle_um=round(profile.document.nozzle_mm * 1000),
        )
        try:
            yield of_class.pin, settings_of(recipe).values
        except FarmctlError:
            continue  # `validate` says what is wrong; the other classes are told


def _classes(desired: Desired, name: str) -> list[ClassAt]:
    """Return the classes of the farm's printers that the profile is for, else all it is for."""
    document = desired.profiles[name].document
    fitting = [each for each in desired.classes.values() if each.document.name in document.classes]
    used = {each.class_ for each in desired.farm.printers}
    return sorted(
        [each for each in fitting if each.pin in used] or fitting, key=lambda each: each.pin
    )
