"""The versions of a profile: state, channels, whose signature, and whether it is qualified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from farmctl.ci.comparison import Comparison
from farmctl.errors import InvalidDocuments, UsageError
from farmctl.farm.check import files_of
from farmctl.farm.golden.sides import FarmSide
from farmctl.farm.golden.versions import as_recorded
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.targets import Target, target_named
from farmctl.farmrepo.collect import Wanted, collect
from farmctl.farmrepo.files import Files
from farmctl.farmrepo.layout import GOLDEN_MODELS
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.signatures import Discounted, Signed, SignedBy, Unsigned, who_signed
from farmctl.farmrepo.signed import CLASSES, releases
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.ledger.state import State
from farmctl.profiles.versions import newest

UNSIGNED = "-"


class Made(Struct, frozen=True):
    """What was made with a version: good parts, and those that failed."""

    good: int = 0
    failed: int = 0


class VersionRow(Struct, frozen=True):
    """One version.

    Args:
        name: The profile, or `classes/NAME`.
        version: `1.9.0`.
        state: released, retired or revoked.
        channels: Those that point to it.
        signed: Whose signature it has.
        made: What was made with it.
        needed: How many good parts policy asks for.
        notes: What changed.
        golden: What is recorded of golden models; None where none counts.
    """

    name: str
    version: str
    state: str
    channels: tuple[str, ...]
    signed: SignedBy
    made: Made = Made()
    needed: int = 1
    notes: str = ""
    golden: Comparison | None = None

    @property
    def is_qualified(self) -> bool:
        """Return whether enough good parts were made, golden models hold, and it may be used."""
        is_golden = self.golden is None or self.golden.is_good
        return is_golden and self.made.good >= self.needed and self.state != "revoked"

    @property
    def why(self) -> str:
        """Return why it is qualified, or is not."""
        if self.state == "revoked":
            return "it is revoked"
        parts = f"{self.made.good} of {self.needed} good parts"
        return ", ".join(filter(None, (parts, self.golden_words)))

    @property
    def golden_words(self) -> str:
        """Return what keeps golden models from speaking for it; empty where nothing does."""
        if self.golden is None or self.golden.is_good:
            return ""
        if self.golden.problem:
            return "golden models not looked at"
        return f"golden models {'out of bounds' if self.golden.breached else 'not recorded'}"

    @property
    def signed_words(self) -> str:
        """Return who signed, in a word."""
        match self.signed:
            case Signed(by=who):
                return who
            case Unsigned():
                return UNSIGNED
            case Discounted(code=code):
                return f"not valid: {code.removeprefix('signature-')}"


class Shelf(Struct, frozen=True):
    """Profiles and classes at a revision, with their files, and their golden models if any."""

    files: Files
    snapshot: Snapshot
    side: FarmSide | None = None

    def golden(self, target: Target, version: str) -> Comparison | None:
        """Return what is recorded of a version; None where no golden model counts for it."""
        return as_recorded(self.side, target.name, version) if self.side else None

    def target(self, name: str) -> Target:
        """Return what a name means. Raises NoSuchThing."""
        return target_named(self.snapshot, name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all profiles, then of all classes."""
        classes = (f"{CLASSES}{each}" for each in sorted(self.snapshot.classes))
        return (*sorted(self.snapshot.profiles), *classes)


def versions_of(
    farm: Farm, pin: str | None, made: Mapping[str, Made] | None, rev: str | None = None
) -> tuple[VersionRow, ...]:
    """Return the versions of a profile, one of them, or all there are; the newest first.

    Args:
        farm: Whose.
        pin: `petg`, `petg@1.9.0`, `classes/voron-350`, or None for everything.
        made: What was made by profile version; None where nobody asks what is qualified.
        rev: A revision; None for the files as they are.

    Raises:
        NoSuchThing: Nothing has this name or version.
        UsageError: The version is left out behind its @.
    """
    name, at, version = (pin or "").partition("@")
    if at and not version:
        raise UsageError(f"`{pin}` names no version", f"say which: {name}@1.9.0")
    with farm.repository() as repository:
        files = files_of(repository, rev)
        reading = Reading(files, farm.documents)
        side = _side(farm, files, rev) if made is not None else None
        shelf = Shelf(files, collect(reading, Wanted(uncommitted=False)), side)
        targets = [shelf.target(each) for each in ([name] if pin else shelf.names())]
        if version:
            targets[0].released(version)
        rows = [row for each in targets for row in _rows(shelf, each, made or {})]
    return tuple(row for row in rows if not version or row.version == version)


def _side(farm: Farm, files: Files, rev: str | None) -> FarmSide | None:
    """Return what golden models are looked up in; None without any, or in a farm that is broken."""
    if not any(path.startswith(f"{GOLDEN_MODELS}/") for path in files.entries):
        return None
    try:
        return FarmSide(files, Reading(files, farm.documents), rev, State())
    except InvalidDocuments:
        return None


def _rows(shelf: Shelf, target: Target, made: Mapping[str, Made]) -> Iterator[VersionRow]:
    policy = _policy_needs(shelf.snapshot)
    bare = target.name.removeprefix(CLASSES)
    found = shelf.snapshot.classes[bare] if target.is_class else shelf.snapshot.profiles[bare]
    of = {each.version: each for each in releases(target.name, found)}
    left = set(target.versions)
    while left:
        version = newest(left) or ""
        left.remove(version)
        said = target.versions[version]
        known = of.get(version)
        yield VersionRow(
            name=target.name,
            version=version,
            state=said.state,
            channels=target.channels.get(version, ()),
            signed=who_signed(shelf.files, known, of.values()) if known else Unsigned(),
            made=made.get(f"{target.name}@{version}", Made()),
            needed=policy,
            notes=said.notes or "",
            golden=shelf.golden(target, version),
        )


def _policy_needs(snapshot: Snapshot) -> int:
    name = snapshot.farm.automation.policy if snapshot.farm else ""
    policy = snapshot.policies.get(name)
    return policy.document.profiles.first_articles if policy else 1
