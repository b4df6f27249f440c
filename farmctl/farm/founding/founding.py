"""A new farm in a folder: empty, or a copy of the reference farm that works on this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from farmctl.errors import FarmctlError, UsageError
from farmctl.farm.edits import Introduce, signature
from farmctl.farm.founding.sample import ordered_at, sample_files
from farmctl.farm.parts import FARM_FILE, STATE_FOLDER, Farm
from farmctl.farm.slices.slicers import pinned_here
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.init import FarmExists, NewFarm, init, own_checks
from farmctl.farmrepo.pull_requests import IMAGE
from farmctl.farmrepo.repository import create_repository
from farmctl.farmrepo.write import schema_line
from farmctl.model.documents.common import NAME
from farmctl.model.documents.kinds import Kind
from farmctl.slicing.pin import SlicerPin
from farmctl.system.entropy import fresh_hex
from farmctl.system.machine import container_image
from farmctl.system.zone import time_zone


class Wish(Struct, frozen=True):
    """What a person asks for.

    Args:
        folder: Where.
        name: What people call it; None takes the folder's name.
        is_sample: Whether it begins as a copy of the reference farm.
    """

    folder: Path
    name: str | None = None
    is_sample: bool = False


class Founded(Struct, frozen=True):
    """A new farm.

    Args:
        farm: The farm.
        name: What people call it.
        commit: Its first commit.
        pin: The slicer that a sample was pinned to.
        kept: Files for forges and pre-commit that were there before, and are as they were.
    """

    farm: Farm
    name: str
    commit: str
    pin: SlicerPin | None = None
    kept: tuple[str, ...] = ()


def found(wish: Wish, introduce: Introduce) -> Founded:
    """Make a git repository with a farm and its first commit.

    Raises UsageError for a name or folder that cannot be, FarmExists when something is in the way.
    """
    folder = wish.folder.resolve()
    name = _name(wish)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", "name a folder: farmctl init DIR")
    farm = Farm(folder, folder / STATE_FOLDER)
    if (folder / FARM_FILE).exists():
        raise FarmExists(f"{folder} is a farm already", f"cd {folder} && farmctl status")
    try:
        sample, pin = _sample(farm) if wish.is_sample else ({}, None)
        create_repository(folder)
        with farm.repository() as repository:
            by = signature(farm, repository, introduce)
            image = container_image() or IMAGE
            new = NewFarm(fresh_hex(8), name, time_zone(), sample, image)
            kept = own_checks(repository)
            return Founded(farm, name, init(repository, new, by), pin, kept)
    except OSError as error:
        raise FarmctlError(f"{folder} cannot be written: {error.strerror}") from error


def _name(wish: Wish) -> str:
    if wish.name is None:
        slug = re.sub(r"[^a-z0-9]+", "-", wish.folder.resolve().name.lower()).strip("-")
        return slug[:63].strip("-") or "farm"
    if not re.fullmatch(NAME.pattern, wish.name):
        raise UsageError(f"`{wish.name}` is not {NAME.what}", f"{NAME.rule}, like {NAME.example}")
    return wish.name


def _sample(farm: Farm) -> tuple[Mapping[str, bytes], SlicerPin | None]:
    """Return the reference farm's files, pinned to the slicer of this machine if there is one."""
    now = farm.clock.now()
    files = {
        path: ordered_at(raw.decode(), now).encode() if path.startswith("orders/") else raw
        for path, raw in sample_files(farm.disk).items()
    }
    _, _, text = files[FARM_FILE].decode().partition("\n")  # the first line is about the original
    text = schema_line(Kind.FARM, FARM_FILE) + text
    text = set_value(text, ("automation", "commit_plans"), value=True)
    text = set_value(text, ("timezone",), time_zone())
    return pinned_here(farm, {**files, FARM_FILE: text.encode()})
