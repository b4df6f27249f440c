"""One version of a profile, as people name it: `petg`, `petg@1.8.2`, `petg@draft`, `petg@canary`.

A revision before it, `HEAD~3:petg@production`, means the farm as it was then.
"""

from __future__ import annotations

from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.errors import Refused, UsageError
from farmctl.farm.profiles.shelf import Shelf, Shelves, draft_path, split_rev
from farmctl.farm.slices.recipes import newest
from farmctl.farmrepo.layout import profile_path, settings_path
from farmctl.model.desired import ProfileAt
from farmctl.model.documents.profile import Profile
from farmctl.model.drafts import DRAFT
from farmctl.profiles.channels import CHANNELS


class Picked(Struct, frozen=True):
    """One version of a profile.

    Args:
        shelf: The farm that it is of.
        document: `profile.yaml`.
        version: `1.8.2`, or `draft`.
        channel: The channel that named it; empty when none did.
        settings: Its file.
    """

    shelf: Shelf
    document: Profile
    version: str
    channel: str
    settings: bytes

    @property
    def pin(self) -> str:
        """Return `petg-0.4-standard@1.8.2`."""
        return f"{self.document.name}@{self.version}"

    @property
    def file(self) -> str:
        """Return where its settings lie in the farm."""
        return settings_path(profile_path(self.document.name), self.version)

    @property
    def said(self) -> str:
        """Return how people call it: `draft`, `production 1.8.2`, `1.8.2 at HEAD~3`."""
        words = f"{self.channel} {self.version}".strip()
        return f"{words} at {self.shelf.rev}" if self.shelf.rev else words


def picked(shelves: Shelves, word: str) -> Picked:
    """Return the version that a word names; without one, the version in production.

    Raises NoSuchThing for a name or version that is not there, Refused for a channel or a draft
    that is empty.
    """
    rev, rest = split_rev(word)
    name, at, version = rest.partition("@")
    if at and not version:
        raise UsageError(f"`{word}` names no version", f"as in {name}@1.0.0 or {name}@draft")
    shelf = shelves.at(rev)
    profile = shelf.profile(name)
    if version == DRAFT:
        return draft_of(shelf, profile)
    return _released(shelf, profile, version)


def draft_of(shelf: Shelf, profile: ProfileAt) -> Picked:
    """Return the draft of a profile. Raises Refused where there is none."""
    name = profile.document.name
    if name not in shelf.drafts:
        raise Refused(
            f"{name} has no draft: there is no file {draft_path(name)}",
            f"farmctl profile set {name} KEY=VALUE begins one",
        )
    return Picked(shelf, profile.document, DRAFT, "", shelf.drafts[name])


def in_production(shelf: Shelf, profile: ProfileAt) -> Picked:
    """Return the version in production; where none is, the newest there is. Raises Refused."""
    name, settings = profile.document.name, profile.settings
    channel = profile.document.channels.production
    if channel is not None and channel.version in settings:
        version = channel.version
        return Picked(shelf, profile.document, version, "production", settings[version])
    if not settings:
        raise Refused(f"{name} has no released version", f"farmctl profile diff {name}@draft")
    version = newest(settings)
    return Picked(shelf, profile.document, version, "", settings[version])


def _released(shelf: Shelf, profile: ProfileAt, version: str) -> Picked:
    document = profile.document
    if not version:
        return in_production(shelf, profile)
    if version not in CHANNELS:
        return _at_version(shelf, profile, version, "")
    channels = {"production": document.channels.production, "canary": document.channels.canary}
    channel = channels[version]
    if channel is None:
        raise Refused(
            f"{document.name} has nothing in {version}",
            f"farmctl profile promote {document.name}@VERSION --channel {version}",
        )
    return _at_version(shelf, profile, channel.version, version)


def _at_version(shelf: Shelf, profile: ProfileAt, version: str, channel: str) -> Picked:
    name, settings = profile.document.name, profile.settings
    if version not in settings:
        known = [f"{name}@{each}" for each in (*settings, *(CHANNELS if not channel else ()))]
        raise unknown(f"{name}@{version}", "profile version", known)
    return Picked(shelf, profile.document, version, channel, settings[version])
