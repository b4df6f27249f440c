"""What a person says of a draft in an order: which profile, and on which printers."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from farmctl.control.subjects import unknown
from farmctl.errors import Refused, UsageError
from farmctl.farm.orders.filling import Scene
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.picking import picked
from farmctl.farm.profiles.shelf import Shelves, draft_path
from farmctl.model.drafts import DRAFT, draft_pin, is_draft
from farmctl.planning.drafts import entrusted
from farmctl.planning.variants import NOBODY


def name_in(profile: str | None) -> str | None:
    """Return the profile's name in `petg@draft`."""
    return profile.removesuffix(f"@{DRAFT}") if profile else None


def check_profile(scene: Scene, profile: str) -> None:
    """Check that an order may name this profile, or this draft.

    Raises NoSuchThing for a profile that is not there, Refused for a draft that is not, UsageError
    for another version than the draft.
    """
    known = scene.desired.profiles
    name, at, version = profile.partition("@")
    if name not in known:
        raise unknown(profile if not at else name, "profile", known)
    if at and version != DRAFT:
        raise UsageError(
            f"an order names a profile, or its draft: `{profile}` is neither",
            f"{name} has the version in production · {draft_pin(name)} has the draft",
        )
    if is_draft(profile) and draft_path(name) not in scene.snapshot.entries:
        raise Refused(
            f"{name} has no draft that is committed: there is no {draft_path(name)} at HEAD",
            f"farmctl profile set {name} KEY=VALUE begins one; then farmctl commit",
        )


def check_printers(scene: Scene, profile: str | None, printers: Iterable[str]) -> None:
    """Check the printers that an order names for a draft.

    Raises NoSuchThing for one that is not in the farm, UsageError where no draft is ordered,
    Refused where nobody may print it.
    """
    names = [each.name for each in scene.desired.farm.printers]
    for each in printers:
        if each not in names:
            raise unknown(each, "printer", names)
    if not is_draft(profile):
        if printers:
            raise UsageError(
                "printers are named for a draft alone",
                f"--profile {draft_pin(profile or 'NAME')}, or leave --on out",
            )
        return
    if not entrusted(scene.desired, printers):
        raise Refused(NOBODY, "name one: --on PRINTER")


def with_draft(farm: Farm, scene: Scene, profile: str | None) -> Scene:
    """Return the scene with the settings of the draft that is about to be ordered, as committed."""
    name = name_in(profile)
    if profile is None or name is None or not is_draft(profile):
        return scene
    draft, at = picked(Shelves(farm, scene.desired.commit), profile), scene.desired.profiles[name]
    settings = {**at.settings, DRAFT: draft.settings}
    profiles = {**scene.desired.profiles, name: replace(at, settings=settings)}
    return replace(scene, desired=replace(scene.desired, profiles=profiles))
