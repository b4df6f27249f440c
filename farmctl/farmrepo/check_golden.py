"""Do golden models fit their files, the farm's profiles and each other's names?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from msgspec import Struct

from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Entry
from farmctl.farmrepo.suggest import mend_name
from farmctl.model.baseline import Baseline
from farmctl.model.diagnostics import Severity
from farmctl.model.digest import Digest
from farmctl.model.documents.golden import Golden
from farmctl.model.documents.profile import Profile


class Around(Struct, frozen=True):
    """What golden models are held against.

    Args:
        profiles: Profiles by name.
        classes: Names of printer classes.
        files: Every file.
        digest: Gives the digest of a file.
    """

    profiles: Mapping[str, Profile]
    classes: Collection[str]
    files: Mapping[str, Entry]
    digest: Callable[[str], Digest]


def check_golden(file: str, document: Golden, name: str, around: Around) -> Iterator[Fault]:
    """Yield what a golden model says that does not fit."""
    if document.name != name:
        message = f"it says `{document.name}`, but its file is called `{name}`"
        yield Fault(file, "name-differs", message, f"write `{name}`, or rename the file", ("name",))
    yield from _check_file(file, document, around)
    for number, each in enumerate(document.counts_for.profiles):
        if each not in around.profiles:
            mend = mend_name(each, around.profiles, "profiles")
            where = ("counts_for", "profiles", number)
            yield Fault(file, "unknown-profile", f"there is no profile `{each}`", mend, where)
    for number, each in enumerate(document.counts_for.classes):
        if each not in around.classes:
            message = f"there is no printer class `{each}`"
            where = ("counts_for", "classes", number)
            mend = mend_name(each, around.classes, "classes")
            yield Fault(file, "unknown-class", message, mend, where)


def _check_file(file: str, document: Golden, around: Around) -> Iterator[Fault]:
    path = document.model.path
    if path is None:
        return
    entry = around.files.get(path)
    if entry is None:
        message = f"there is no file {path}"
        mend = "add it, or correct the path"
        yield Fault(file, "no-model", message, mend, ("model", "path"))
    elif entry.mode in (SYMLINK, SUBMODULE):
        message = f"{path} is a link, which is not followed"
        yield Fault(file, "symlink", message, "put the file itself there", ("model", "path"))
    elif around.digest(path) != document.model.digest:
        yield Fault(
            file,
            "golden-mesh-moved",
            f"{path} is not the file with this digest",
            "put the file back; if it is meant: farmctl golden pin " + document.name,
            ("model", "sha256"),
        )


def check_baseline(
    file: str, baseline: Baseline, place: tuple[str, str], versions: Mapping[str, Collection[str]]
) -> Iterator[Fault]:
    """Yield what does not fit of the figures that lie at a profile's and version's place.

    Args:
        file: Where they lie.
        baseline: The figures.
        place: Profile and version, as the path says.
        versions: What there is of each profile: its versions, and `draft`.
    """
    profile, version = place
    if (baseline.profile, baseline.version) != place:
        said = f"{baseline.profile}@{baseline.version}"
        message = f"it is of {said}, but lies where {profile}@{version} belongs"
        yield Fault(file, "name-differs", message, "farmctl ci --update-baselines")
    if version not in versions.get(profile, ()):
        yield Fault(
            file,
            "baseline-of-nothing",
            f"there is no {profile}@{version}",
            "remove the file",
            severity=Severity.WARNING,
        )


def unreadable_baseline(file: str, why: str) -> Fault:
    """Return that figures cannot be read."""
    return Fault(file, "baseline-unreadable", why, "farmctl ci --update-baselines writes it anew")
