"""What somebody said yes to of a draft goes on with the version that the draft becomes."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from farmctl.farm.parts import Farm
from farmctl.farmrepo.layout import baseline_path
from farmctl.model.baseline import read_baseline, write_baseline
from farmctl.model.codec import Undecodable
from farmctl.model.drafts import DRAFT


class Carried(Struct, frozen=True):
    """A baseline under its new name, and the one that goes; both empty where there is none."""

    files: dict[str, bytes]
    removed: tuple[str, ...] = ()


def carried(farm: Farm, profile: str, version: str) -> Carried:
    """Return a draft's baseline as that of a version; one that nobody can read stays as it is."""
    old, new = baseline_path(profile, DRAFT), baseline_path(profile, version)
    place = farm.folder / old
    if place.is_symlink() or not place.is_file():
        return Carried({})
    try:
        found = read_baseline(farm.disk.read(place))
    except Undecodable:
        return Carried({})
    return Carried({new: write_baseline(replace(found, version=version))}, (old,))
