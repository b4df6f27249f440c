"""Which slices a change asks for: what is used after it, beside what was used before. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from farmctl.model.documents.golden import Golden
from farmctl.model.documents.profile import Profile
from farmctl.slicing.request import PlateRequest

DRAFT = "draft"
PRODUCTION, CANARY, NEW = "production", "canary", "new"

Key = tuple[str, str, str, str]
"""Profile, version, class, golden model."""


class Target(Struct, frozen=True):
    """One version of a profile that counts, and why: in production, canary, a draft, new."""

    profile: str
    version: str
    roles: tuple[str, ...]


class Slicer(Struct, frozen=True):
    """The slicer that a side has pinned."""

    program: str
    version: str
    platform: str
    digest: str


class Case(Struct, frozen=True):
    """One golden model as one version of a profile makes it on one class.

    Args:
        target: The version of the profile.
        printer_class: The class.
        class_version: Its version.
        model: The golden model.
        request: The plate, ready to slice; None where its settings or its mesh are wrong.
        slicer: Who slices it.
        why_not: Why there is no request.
        triangles: Of its mesh: the more, the longer it slices.
    """

    target: Target
    printer_class: str
    class_version: str
    model: Golden
    request: PlateRequest | None
    slicer: Slicer
    why_not: str = ""
    triangles: int = 0

    @property
    def key(self) -> Key:
        """Return what tells it from the others of its side."""
        return (self.target.profile, self.target.version, self.printer_class, self.model.name)

    @property
    def said(self) -> str:
        """Return `bridges: petg@1.9.0 on voron-350@3.0.0`."""
        where = f"{self.printer_class}@{self.class_version}"
        return f"{self.model.name}: {self.target.profile}@{self.target.version} on {where}"

    @property
    def makes(self) -> tuple[object, ...]:
        """Return all that the g-code depends on, and what it is checked for."""
        request = self.request
        return (request.key, request.checked_for) if request else (self.why_not,)


class Pair(Struct, frozen=True):
    """A case after the change, and what it is held against.

    Args:
        after: The case.
        before: What it takes the place of; None where there was nothing like it.
        because: What changed, for people.
    """

    after: Case
    before: Case | None
    because: tuple[str, ...]


def in_use(profile: Profile, *, has_draft: bool, known: Iterable[str] = ()) -> tuple[Target, ...]:
    """Return the versions of a profile that count.

    Args:
        profile: `profile.yaml`.
        has_draft: Whether a draft lies beside it.
        known: The versions that there were before: what is released and not among them is new.
    """
    roles: dict[str, list[str]] = {}
    channels = {PRODUCTION: profile.channels.production, CANARY: profile.channels.canary}
    for role, channel in channels.items():
        if channel is not None and channel.version in profile.versions:
            roles.setdefault(channel.version, []).append(role)
    before = frozenset(known)
    for version, each in profile.versions.items():
        if version not in before and each.state == "released":
            roles.setdefault(version, []).append(NEW)
    if has_draft:
        roles[DRAFT] = [DRAFT]
    return tuple(Target(profile.name, version, tuple(why)) for version, why in roles.items())


def counts(model: Golden, profile: Profile, printer_class: str) -> bool:
    """Return whether a golden model counts for a profile on a class."""
    rule = model.counts_for
    allowed = (
        (rule.profiles, profile.name),
        (rule.materials, profile.material),
        (rule.qualities, profile.quality),
        (rule.classes, printer_class),
    )
    return all(not names or name in names for names, name in allowed)


def pairs(
    before: Sequence[Case], after: Sequence[Case], production: Mapping[str, str]
) -> Iterator[Pair]:
    """Yield what is not as it was, each with what it takes the place of, sorted.

    A version is held against itself before the change. One that was not there, a draft, and one
    that comes into production are held against what was in production.

    Args:
        before: The cases before the change.
        after: Those after it.
        production: The version in production before, by profile.
    """
    old = {each.key: each for each in before}
    there = {each[:length] for each in old for length in (2, 3)}
    for case in sorted(after, key=lambda each: each.key):
        profile, version, printer_class, model = case.key
        same = old.get(case.key)
        ruling = old.get((profile, production.get(profile, ""), printer_class, model))
        is_promoted = PRODUCTION in case.target.roles and production.get(profile) != version
        because = tuple(_reasons(case, same, there, is_promoted=is_promoted))
        if because:
            takes_place = same is None or is_promoted or version == DRAFT
            yield Pair(case, ruling if takes_place else same, because)


def dropped(before: Iterable[Case], after: Iterable[Case]) -> Iterator[str]:
    """Yield the golden models by which something was measured before the change, and no more."""
    now = {each.key for each in after}
    models, places = {key[3] for key in now}, {key[:3] for key in now}
    for key in sorted({each.key for each in before} - now):
        profile, _, printer_class, model = key
        if model not in models:
            yield f"golden model {model} is gone"
        elif key[:3] in places:
            yield f"golden model {model} does not count for {profile} on {printer_class} any more"


def _reasons(
    case: Case, same: Case | None, there: Collection[tuple[str, ...]], *, is_promoted: bool
) -> Iterator[str]:
    target = case.target
    if is_promoted:
        yield f"{target.profile}@{target.version} comes into production"
    elif same is None:
        yield _why_new(case, there)
    if same is None:
        return
    if case.model != same.model:
        yield f"golden model {case.model.name} is another"
    if case.makes == same.makes:
        return
    if case.class_version != same.class_version:
        yield f"class {case.printer_class} {same.class_version} → {case.class_version}"
    elif case.slicer.digest != same.slicer.digest:
        yield f"slicer {same.slicer.version} → {case.slicer.version}"
    elif target.version == DRAFT:
        yield f"the draft of {target.profile} is another"
    elif case.model == same.model:
        yield f"the settings of {target.profile} on {case.printer_class} are others"


def _why_new(case: Case, there: Collection[tuple[str, ...]]) -> str:
    """Return what of a case was not there before: the version, the class, or the golden model."""
    if case.key[:3] in there:
        return f"golden model {case.model.name} is new"
    if case.key[:2] in there:
        return f"{case.target.profile} is for {case.printer_class} now"
    return f"{case.target.profile}@{case.target.version} is new here"
