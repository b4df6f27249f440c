"""Do profiles and classes fit their folders, their settings and each other?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.layout import settings_path
from farmctl.farmrepo.suggest import mend_name
from farmctl.model.diagnostics import Severity
from farmctl.model.digest import Digest
from farmctl.model.documents.common import Version
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile
from farmctl.model.drafts import DRAFT


class Settings(Struct, frozen=True):
    """The .ini files beside a document.

    Args:
        file: The document.
        found: Names of the files without `.ini`.
        digest: Gives the digest of one of them.
    """

    file: str
    found: frozenset[str]
    digest: Callable[[str], Digest]


def check_class(document: PrinterClass, name: str, settings: Settings) -> Iterator[Fault]:
    """Yield what does not fit in a class."""
    yield from _check_name(settings.file, document.name, name)
    yield from _check_settings(document.versions, settings)


def check_profile(
    document: Profile,
    name: str,
    settings: Settings,
    classes: Mapping[str, PrinterClass | None],
) -> Iterator[Fault]:
    """Yield what does not fit in a profile; an unreadable class is None."""
    yield from _check_name(settings.file, document.name, name)
    yield from _check_settings(document.versions, settings)
    yield from _check_channels(document, settings.file)
    for number, each in enumerate(document.classes):
        where = ("classes", number)
        if each not in classes:
            message = f"there is no printer class `{each}`"
            mend = mend_name(each, classes, "classes")
            yield Fault(settings.file, "unknown-class", message, mend, where)
        made_for = classes.get(each)
        if made_for:
            yield from _check_fit(document, made_for, settings.file, number)


def _check_name(file: str, said: str, name: str) -> Iterator[Fault]:
    if said != name:
        yield Fault(
            file,
            "name-differs",
            f"it says `{said}`, but it lies at `{name}`",
            f"write `{name}`, or move it",
            ("name",),
        )


def _check_settings(versions: Mapping[str, Version], settings: Settings) -> Iterator[Fault]:
    for version, said in versions.items():
        path = settings_path(settings.file, version)
        where = ("versions", version, "sha256")
        if version not in settings.found:
            yield Fault(
                settings.file,
                "no-settings",
                f"{path} is missing",
                "add it, or drop the version",
                where,
            )
        elif settings.digest(version) != said.digest:
            yield Fault(
                settings.file,
                "settings-changed",
                f"{path} is not the file that was released as {version}",
                "put the released file back, and release the change as a new version",
                where,
            )
    for version in sorted(settings.found - set(versions) - {DRAFT}):
        yield Fault(
            settings_path(settings.file, version),
            "not-released",
            f"{settings.file} does not list this version",
            "release it, or remove the file",
            severity=Severity.WARNING,
        )


def _check_channels(document: Profile, file: str) -> Iterator[Fault]:
    channels = {"production": document.channels.production, "canary": document.channels.canary}
    for name, channel in channels.items():
        if channel is None:
            continue
        where = ("channels", name, "version")
        version = document.versions.get(channel.version)
        if version is None:
            message = f"channel `{name}` points to {channel.version}, which is not released"
            mend = mend_name(channel.version, document.versions, "versions")
            yield Fault(file, "unknown-version", message, mend, where)
        elif version.state == "revoked":
            message = f"channel `{name}` points to {channel.version}, which is revoked"
            yield Fault(file, "revoked", message, "point it to another version", where)
        elif version.state == "retired":
            message = f"channel `{name}` points to {channel.version}, which is retired"
            mend = "point it to another version: no new build plan has this one"
            yield Fault(file, "retired", message, mend, where, Severity.WARNING)


def _check_fit(
    document: Profile, made_for: PrinterClass, file: str, number: int
) -> Iterator[Fault]:
    where = ("classes", number)
    if made_for.program != document.program:
        message = f"`{made_for.name}` is for {made_for.program}, the profile for {document.program}"
        yield Fault(file, "other-program", message, "drop the class, or make another", where)
    if document.nozzle_mm not in made_for.nozzles_mm:
        nozzles = ", ".join(f"{each:g}" for each in made_for.nozzles_mm)
        message = f"`{made_for.name}` has no nozzle of {document.nozzle_mm:g} mm"
        yield Fault(file, "other-nozzle", message, f"it has {nozzles} mm", where)
