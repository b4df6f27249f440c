"""Whether the pinned slicer reads settings as they are written: what it says of each value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from farmctl.errors import SlicerFailed
from farmctl.farm.parts import Farm
from farmctl.farm.slices.slicers import slicer_for
from farmctl.model.desired import Desired
from farmctl.model.diagnostics import Diagnostic
from farmctl.planning.variants import slicer_for as pinned_slicer
from farmctl.profiles.draft import Refusal, wrong_value
from farmctl.slicing.catalogue import Catalogue
from farmctl.slicing.ini import Ini
from farmctl.slicing.slicer import Slicer

_NOT_ABOUT_VALUES = frozenset(
    {"slicer-missing", "slicer-timeout", "slicer-files", "slicer-crashed"}
)


def pinned_here(farm: Farm, desired: Desired, program: str) -> Slicer:
    """Return the pinned slicer of a program. Raises SlicerFailed where it is not here."""
    pinned = pinned_slicer(desired, program)
    return slicer_for(farm, pinned.digest if pinned else "", program)


def refusal(slicer: Slicer, key: str, value: str) -> Refusal | None:
    """Return why the slicer refuses a value, or that it reads another one without a word."""
    try:
        got = slicer.normal({key: value}).get(key, "")
    except SlicerFailed as error:
        if error.code in _NOT_ABOUT_VALUES:
            raise
        return Refusal(key, None, error.message)
    return None if slicer.same_value(value, got) else Refusal(key, got, "")


def misread(
    slicer: Slicer, said: Ini, before: Mapping[str, str], known: Catalogue, file: str
) -> Iterator[Diagnostic]:
    """Yield the values of a file that the slicer refuses or reads otherwise, with their lines.

    Args:
        slicer: The pinned one.
        said: The file.
        before: What was released before: that was read then.
        known: The slicer's settings; one that is none is said elsewhere.
        file: The file's path in the farm.
    """
    new = {key: value for key, value in said.values.items() if before.get(key) != value}
    new = {key: value for key, value in new.items() if known.knows(key)}
    if not new or _reads_all(slicer, new):
        return
    for key, value in new.items():
        found = refusal(slicer, key, value)
        if found is not None:
            wrong = wrong_value(found, value, known, file)
            yield replace(wrong, line=said.lines[key], column=1)


def _reads_all(slicer: Slicer, values: Mapping[str, str]) -> bool:
    """Return whether the slicer reads every value as it stands, asked once for all of them."""
    try:
        got = slicer.normal(values)
    except SlicerFailed as error:
        if error.code in _NOT_ABOUT_VALUES:
            raise
        return False
    return all(slicer.same_value(value, got.get(key, "")) for key, value in values.items())
