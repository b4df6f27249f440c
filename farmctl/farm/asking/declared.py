"""The names that a farm's files have: what was never made, or made with, exists all the same."""

from __future__ import annotations

from collections.abc import Iterable

from farmctl.errors import InvalidDocuments
from farmctl.farm.parts import Farm
from farmctl.farmrepo.snapshot import Snapshot


def declared(farm: Farm, kind: str) -> frozenset[str]:
    """Return the orders, printers or profiles of a farm at HEAD; a profile by its versions too.

    Raises NoRevision where nothing is committed.
    """
    return frozenset(_NAMES[kind](farm.snapshot()))


def pins_of(farm: Farm) -> frozenset[str]:
    """Return the profile versions that the farm's files name; none where they cannot be read."""
    try:
        profiles = farm.desired().profiles
    except InvalidDocuments:
        return frozenset()
    return frozenset(
        f"{name}@{version}" for name, at in profiles.items() for version in at.document.versions
    )


def _printers(found: Snapshot) -> Iterable[str]:
    return (each.name for each in found.farm.printers) if found.farm else ()


def _profiles(found: Snapshot) -> Iterable[str]:
    for name, files in found.profiles.items():
        yield name
        yield from (f"{name}@{version}" for version in files.document.versions)


_NAMES = {
    "order": lambda found: found.order_blobs,
    "printer": _printers,
    "profile": _profiles,
}
