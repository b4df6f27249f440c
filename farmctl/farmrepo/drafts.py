"""Drafts of profiles in a revision: read where an order names one, and only then."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Entry, Files
from farmctl.farmrepo.layout import Layout, profile_path, settings_path
from farmctl.farmrepo.snapshot import OrderFile, ProfileFiles
from farmctl.model.drafts import DRAFT, draft_pin
from farmctl.model.ids import OrderId


def drafts_in(entries: Mapping[str, Entry], layout: Layout) -> frozenset[str]:
    """Return the profiles that have a draft of the farm's own: a link leads anywhere."""
    found = {name: entries.get(_path(name)) for name in layout.profiles}
    return frozenset(
        name for name, at in found.items() if at and at.mode not in (SYMLINK, SUBMODULE)
    )


def with_drafts(
    files: Files, profiles: Mapping[str, ProfileFiles], orders: Mapping[OrderId, OrderFile]
) -> dict[str, ProfileFiles]:
    """Return the profiles, with the settings of the drafts that orders ask for."""
    asked = {item.profile_ for each in orders.values() for item in each.document.items}
    found = dict(profiles)
    for name, profile in profiles.items():
        at = files.entries.get(_path(name)) if draft_pin(name) in asked else None
        if at is not None and at.mode not in (SYMLINK, SUBMODULE):
            settings = {**profile.settings, DRAFT: files.read(_path(name))}
            found[name] = replace(profile, settings=settings)
    return found


def _path(name: str) -> str:
    return settings_path(profile_path(name), DRAFT)
