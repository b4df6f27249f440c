"""Which profile makes an item on a class of printers. Pure; nothing falls back by itself."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from farmctl.model.desired import SignedVersions
from farmctl.model.documents.profile import Profile
from farmctl.model.drafts import DRAFT, choice_of, is_draft


class Need(Struct, frozen=True):
    """What an item asks of a profile.

    Args:
        material: `PETG`.
        quality: `standard`.
        profile: A person's own choice: `petg`, or `petg@draft`, which nothing else finds.
        keeps: Retired versions that its build plan has already: it stays with them.
        printers: Those that an order names for a draft.
    """

    material: str
    quality: str
    profile: str | None = None
    keeps: tuple[str, ...] = ()
    printers: tuple[str, ...] = ()

    @property
    def is_of_draft(self) -> bool:
        """Return whether a draft is asked for."""
        return is_draft(self.profile)


def need_of(material: str, quality: str, choice: str | None, keeps: tuple[str, ...] = ()) -> Need:
    """Return the need of an item whose choice of a profile is this text of the ledger."""
    chosen = choice_of(choice)
    return Need(material, quality, chosen.profile, keeps, chosen.printers)


class Spot(Struct, frozen=True):
    """Where it would be made: a printer class and a nozzle in µm."""

    printer_class: str
    nozzle_um: int


class ProfilePin(Struct, frozen=True):
    """One version of a profile, and where it came from: production, canary or chosen."""

    name: str
    version: str
    channel: str

    def __str__(self) -> str:
        """Return `petg-0.4-standard@1.8.2`."""
        return f"{self.name}@{self.version}"


class Trial(Struct, frozen=True):
    """A version that some printers, or so many plates, try first."""

    pin: ProfilePin
    printers: tuple[str, ...]
    plates: int | None


class Chosen(Struct, frozen=True):
    """The profile, and beside it the version that is on trial."""

    pin: ProfilePin
    trial: Trial | None = None


class NoProfile(Struct, frozen=True):
    """None can make it there: that class has no variant."""

    why: str


class SeveralProfiles(Struct, frozen=True):
    """More than one could, and nobody said which: a person must."""

    names: tuple[str, ...]


class Blocked(Struct, frozen=True):
    """The one profile there is may not be used now."""

    pin: ProfilePin
    why: str


Resolution = Chosen | NoProfile | SeveralProfiles | Blocked


def resolve(
    need: Need,
    spot: Spot,
    profiles: Sequence[Profile],
    stopped: frozenset[str] = frozenset(),
    signed: SignedVersions | None = None,
) -> Resolution:
    """Return the profile for an item on a class and nozzle.

    Args:
        need: What the item asks for.
        spot: Where it would be made.
        profiles: All profiles of the farm.
        stopped: The versions that a person stopped, as `petg-0.4-standard@1.8.2`.
        signed: The versions that are signed; None where that does not matter.
    """
    fitting = sorted(
        (each for each in profiles if _fits(each, need, spot)), key=lambda each: each.name
    )
    if not fitting:
        return NoProfile(_why_none(need, spot))
    if len(fitting) > 1:
        return SeveralProfiles(tuple(each.name for each in fitting))
    (profile,) = fitting
    if need.is_of_draft:
        return _draft(profile, _Rules(stopped, signed, need.keeps))
    production = profile.channels.production
    if production is None:
        return NoProfile(f"no version of {profile.name} is in production")
    channel = "chosen" if need.profile else "production"
    pin = ProfilePin(profile.name, production.version, channel)
    rules = _Rules(stopped, signed, need.keeps)
    why = _why_blocked(profile, pin, rules)
    return Blocked(pin, why) if why else Chosen(pin, _trial(profile, rules))


class _Rules(Struct, frozen=True):
    """What bars versions, whatever their profile says."""

    stopped: frozenset[str]
    signed: SignedVersions | None
    keeps: tuple[str, ...]


def _draft(profile: Profile, rules: _Rules) -> Resolution:
    """Return a draft: no channel leads to it, and it is on no trial."""
    pin = ProfilePin(profile.name, DRAFT, "chosen")
    why = f"{pin} is stopped" if str(pin) in rules.stopped else ""
    why = why or (rules.signed.lack(str(pin)) if rules.signed else "")
    return Blocked(pin, why) if why else Chosen(pin)


def _fits(profile: Profile, need: Need, spot: Spot) -> bool:
    nozzle_um = round(profile.nozzle_mm * 1000)
    if spot.printer_class not in profile.classes or nozzle_um != spot.nozzle_um:
        return False
    if need.profile:
        return profile.name == need.profile.removesuffix(f"@{DRAFT}")
    is_asked_for = (profile.material, profile.quality) == (need.material, need.quality)
    return is_asked_for and profile.channels.production is not None


def _why_none(need: Need, spot: Spot) -> str:
    where = f"{spot.nozzle_um / 1000:g} mm on {spot.printer_class}"
    if need.profile:
        return f"{need.profile} is not for {where}"
    return f"no profile in production makes {need.material}, {need.quality}, {where}"


def _why_blocked(profile: Profile, pin: ProfilePin, rules: _Rules) -> str:
    version = profile.versions.get(pin.version)
    if version is None:
        return f"{pin} is not among its versions"
    if version.state == "revoked":
        return f"{pin} is revoked"
    if version.state == "retired" and str(pin) not in rules.keeps:
        return f"{pin} is retired"
    if str(pin) in rules.stopped:
        return f"{pin} is stopped"
    return rules.signed.lack(str(pin)) if rules.signed else ""


def _trial(profile: Profile, rules: _Rules) -> Trial | None:
    canary = profile.channels.canary
    if canary is None:
        return None
    pin = ProfilePin(profile.name, canary.version, "canary")
    if _why_blocked(profile, pin, rules):
        return None
    return Trial(pin, tuple(canary.printers), canary.plates)
