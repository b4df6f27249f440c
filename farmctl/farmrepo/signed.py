"""Which versions of profiles are signed by somebody who may: asked for by a policy, or to be shown.

A signature that does not count is a fault of `validate`. It closes no farm: what needs the version
waits, and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.files import Files
from farmctl.farmrepo.layout import class_path, profile_path
from farmctl.farmrepo.signatures import (
    NOT_CHECKED,
    Discounted,
    Signed,
    SignedBy,
    Unsigned,
    signature_path,
    who_signed,
)
from farmctl.farmrepo.snapshot import ClassFiles, ProfileFiles, Snapshot
from farmctl.model.desired import SignedVersions
from farmctl.model.diagnostics import Severity
from farmctl.model.digest import digest_of
from farmctl.model.documents.common import split_pin
from farmctl.model.documents.plan import Plan
from farmctl.model.documents.profile import Profile
from farmctl.model.released import Released

CLASSES = "classes/"


def releases(name: str, found: ProfileFiles | ClassFiles) -> tuple[Released, ...]:
    """Return the versions of a profile, or of a class (`classes/NAME`), that have their file."""
    return tuple(
        Released(name, version, digest_of(raw))
        for version, raw in sorted(found.settings.items())
        if version in found.document.versions
    )


def signed_versions(
    files: Files, profiles: Mapping[str, ProfileFiles], plans: Iterable[Plan]
) -> SignedVersions:
    """Return who signed the versions that channels and build plans name."""
    used = {variant.profile for plan in plans for variant in plan.variants}
    for name, found in profiles.items():
        used |= {f"{name}@{version}" for version in in_channels(found.document)}
    by: dict[str, str] = {}
    why_not: dict[str, str] = {}
    for pin in sorted(used):
        name, version = split_pin(pin)
        raw = profiles[name].settings.get(version) if name in profiles else None
        if raw is None:
            continue  # that it is missing is said elsewhere
        match who_signed(files, Released(name, version, digest_of(raw))):
            case Signed(by=who):
                by[pin] = who
            case Unsigned():
                why_not[pin] = "is not signed, and policy asks for it"
            case Discounted(why=why):
                why_not[pin] = f"does not count as signed: {why}"
    return SignedVersions(by, why_not)


def in_channels(profile: Profile) -> Mapping[str, tuple[str, ...]]:
    """Return the versions that are in a channel, each with its channels."""
    channels = {"production": profile.channels.production, "canary": profile.channels.canary}
    found: dict[str, tuple[str, ...]] = {}
    for name, channel in channels.items():
        if channel is not None:
            found[channel.version] = (*found.get(channel.version, ()), name)
    return found


def signature_faults(files: Files, snapshot: Snapshot) -> Iterator[Fault]:
    """Yield signatures that do not count, and versions in channels that lack one they need."""
    policy = snapshot.policies.get(snapshot.farm.automation.policy) if snapshot.farm else None
    is_asked = policy is not None and policy.document.profiles.require_signature
    for name, profile in sorted(snapshot.profiles.items()):
        needed = in_channels(profile.document) if is_asked else {}
        yield from _faults(files, profile_path(name), releases(name, profile), needed)
    for name, found in sorted(snapshot.classes.items()):
        yield from _faults(files, class_path(name), releases(f"{CLASSES}{name}", found), {})


def _faults(
    files: Files,
    document: str,
    of: tuple[Released, ...],
    needed: Mapping[str, tuple[str, ...]],
) -> Iterator[Fault]:
    for each in of:
        fault = _fault(document, each, who_signed(files, each, of), needed.get(each.version, ()))
        if fault is not None:
            yield fault


def _fault(document: str, of: Released, found: SignedBy, channels: tuple[str, ...]) -> Fault | None:
    match found:
        case Discounted(code=code, why=why, mend=mend):
            message = f"the signature of {of.pin} does not count: {why}"
            level = Severity.WARNING if code == NOT_CHECKED and not channels else Severity.ERROR
            return Fault(signature_path(of), code, message, mend, severity=level)
        case Unsigned() if channels:
            message = f"channel `{channels[0]}` points to {of.version}, which is not signed"
            mend = f"farmctl profile sign {of.pin}"
            return Fault(document, "unsigned", message, mend, ("channels", channels[0], "version"))
        case _:
            return None
