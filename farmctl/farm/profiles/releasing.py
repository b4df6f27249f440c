"""A draft becomes a version: immutable, with its digest, its signature and a line of changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from farmctl.errors import InvalidDocuments, Refused, SlicerFailed, UsageError
from farmctl.farm.asking.glancing import signboard
from farmctl.farm.check import catalogues
from farmctl.farm.edits import Edit, Introduce, commit_edit, signature
from farmctl.farm.founding.sample import refuse_sample
from farmctl.farm.golden.carrying import carried
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.advising import findings
from farmctl.farm.profiles.picking import draft_of
from farmctl.farm.profiles.reading_back import misread, pinned_here
from farmctl.farm.profiles.shelf import open_shelf
from farmctl.farm.profiles.signing import Signing, Wish, sign
from farmctl.farm.profiles.targets import Target, present, refuse_unfit_place, target_named
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.history import history_of
from farmctl.farmrepo.layout import settings_path
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.signatures import signature_path
from farmctl.farmrepo.signed import CLASSES
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.released import Released
from farmctl.profiles.lint import IN_CLASS, IN_PROFILE, Source, lint
from farmctl.profiles.recipe import Recipe, settings_of
from farmctl.profiles.versions import Bump, bumped, newest, with_release
from farmctl.slicing import ini

NOTES = re.compile(r"[^\x00-\x1f\x7f]{1,500}")


class Release(Struct, frozen=True):
    """What is to be released.

    Args:
        name: The profile, or `classes/NAME`.
        bump: Which number goes up.
        notes: What changed, for people.
        wish: How it is signed.
    """

    name: str
    bump: Bump
    notes: str
    wish: Wish = Wish()


class Done(Struct, frozen=True):
    """A version that was released: which, how it is signed, and the commit."""

    pin: str
    version: str
    signing: Signing
    commit: str


def release(farm: Farm, asked: Release, introduce: Introduce) -> Done:
    """Make the next version of a draft, in one commit and in no channel.

    Raises:
        NoSuchThing: There is no such profile.
        UsageError: The notes are no line of text.
        Refused: There is no draft or nothing new in it, the version was there before, or files
            are in the way; or the key may not sign.
        InvalidDocuments: The draft says what it may not, with its line.
        SlicerFailed: No slicer is pinned, or it is not here: nobody knows what the draft may say.
        NotSigned: The key does not sign.
    """
    refuse_sample(farm)
    check_notes(asked.notes)
    with farm.repository() as repository:
        snapshot = present(farm, repository)
        target = target_named(snapshot, asked.name)
        refuse_unfit_place(repository, target)
        raw = _draft(repository, target)
        version = bumped(target.versions, asked.bump)
        _refuse_taken(farm, repository, target, version)
        _refuse_faults(snapshot, target, raw)
        _refuse_misread(farm, snapshot, target, raw)
        of = Released(target.name, version, digest_of(raw))
        signing = sign(repository, of, asked.wish)
        who = signature(farm, repository, introduce).who.name
        edit = _edit(farm, target, of, raw, _Said(asked.notes, who, signing))
    return Done(of.pin, version, signing, commit_edit(farm, edit, introduce))


def check_notes(notes: str) -> None:
    """Raise UsageError for notes that do not fit in a document."""
    if not NOTES.fullmatch(notes) or not notes.strip():
        raise UsageError(
            "the message says what changed, in 1 to 500 characters on one line",
            '-m "cooler outer walls"',
        )


def _draft(repository: Repository, target: Target) -> bytes:
    place = repository.top / target.draft
    if place.is_symlink():
        raise Refused(f"{target.draft} is a symbolic link", "put the file itself there")
    last = newest(target.settings)
    if not place.is_file():
        raise Refused(f"{target.name} has no draft", _begin(target, last))
    raw = repository.disk.read(place)
    if last is not None and _says(raw) == _says(target.settings[last]):
        raise Refused(
            f"nothing to release: the draft says what {target.name}@{last} says",
            f"change it: {target.draft if target.is_class else _set(target)}",
        )
    return raw


def _begin(target: Target, last: str | None) -> str:
    """Return how a draft is begun. That of a class is a copy that people edit."""
    if not target.is_class:
        return f"{_set(target)} makes one"
    of = f"cp {settings_path(target.document, last)}" if last else "write"
    return f"begin one: {of} {target.draft}"


def _set(target: Target) -> str:
    return f"farmctl profile set {target.name} KEY=VALUE"


def _says(raw: bytes) -> object:
    read = ini.parse(raw, "")
    return raw if read.diagnostics else read.values


def _refuse_taken(farm: Farm, repository: Repository, target: Target, version: str) -> None:
    path = settings_path(target.document, version)
    if (repository.top / path).exists():
        raise Refused(
            f"{path} lies there already, and {target.document} does not list it",
            "remove it, or list it as it is",
        )
    commit = repository.commit_of("HEAD")
    if commit is None:
        return
    history = history_of(repository, commit, [target.document], farm.documents)
    recorded = history.recorded.get((target.document, version))
    if recorded:
        raise Refused(
            f"commit {recorded[-1].commit[:12]} released {target.name}@{version} before",
            "take the next number: another --bump, or list that version again",
        )


def _refuse_faults(snapshot: Snapshot, target: Target, raw: bytes) -> None:
    known = dict(catalogues(snapshot)).get(target.program)
    if known is None:
        raise SlicerFailed(
            f"no {target.program} is pinned, so nobody knows what its settings may say",
            "farmctl slicer pin",
            "slicer-not-pinned",
        )
    may_hold = IN_CLASS if target.is_class else IN_PROFILE
    source = Source(target.draft, ini.parse(raw, target.draft), may_hold)
    wrong = [each for each in lint(source, known) if each.severity is Severity.ERROR]
    if wrong:
        raise _invalid(wrong)
    for recipe in _recipes(snapshot, target, raw):
        settings_of(recipe, known)


def _refuse_misread(farm: Farm, snapshot: Snapshot, target: Target, raw: bytes) -> None:
    """Refuse values that the slicer reads otherwise, and settings that nothing can be made with."""
    shelf, last = open_shelf(farm), newest(target.settings)
    before = ini.parse(target.settings[last], "").values if last else {}
    said, known = ini.parse(raw, target.draft), dict(catalogues(snapshot))[target.program]
    slicer = pinned_here(farm, shelf.desired, target.program)
    wrong = list(misread(slicer, said, before, known, target.draft))
    if not target.is_class:
        found = findings(draft_of(shelf, shelf.profile(target.name)))
        wrong += [each for each in found if each.severity is Severity.ERROR]
    if wrong:
        raise _invalid(wrong)


def _invalid(wrong: Sequence[Diagnostic]) -> InvalidDocuments:
    shown = "; ".join(f"{each.where}: {each.message}" for each in wrong[:3])
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return InvalidDocuments(f"{shown}{more}", wrong[0].mend)


def _recipes(snapshot: Snapshot, target: Target, raw: bytes) -> Iterator[Recipe]:
    """Yield the draft on each of its classes, as they are now."""
    profile = snapshot.profiles.get(target.name)
    for name in profile.document.classes if profile else ():
        of_class = snapshot.classes.get(name)
        version = newest(of_class.settings) if of_class else None
        if of_class is None or profile is None or version is None:
            continue  # validate names it
        machine = of_class.settings[version]
        nozzle_um = round(profile.document.nozzle_mm * 1000)
        yield Recipe(f"{name}@{version}", machine, f"{target.name}@draft", raw, nozzle_um)


class _Said(Struct, frozen=True):
    notes: str
    who: str
    signing: Signing


def _edit(farm: Farm, target: Target, of: Released, raw: bytes, said: _Said) -> Edit:
    entry = {"sha256": hexdigits(of.settings), "state": "released", "notes": said.notes}
    text = farm.disk.read(farm.folder / target.document).decode()
    files = {
        target.document: set_value(text, ("versions", of.version), entry).encode(),
        settings_path(target.document, of.version): raw,
        target.changelog: _changelog(farm, target, of, said),
    }
    if said.signing.raw is not None:
        files[signature_path(of)] = said.signing.raw
    measured = carried(farm, target.name, of.version)
    message = f"profiles: {of.pin} released\n\n{said.notes}"
    return Edit(files | measured.files, message, (target.draft, *measured.removed))


def _changelog(farm: Farm, target: Target, of: Released, said: _Said) -> bytes:
    heading = f"{of.version} ({today(farm)}, {said.who})"
    name = target.name.removeprefix(CLASSES)
    return with_release(changelog_of(farm, target), name, heading, said.notes).encode()


def changelog_of(farm: Farm, target: Target) -> str:
    """Return a changelog as it is; empty for none. Raises Refused for a link."""
    path = farm.folder / target.changelog
    if path.is_symlink():
        raise Refused(f"{target.changelog} is a symbolic link", "put the file itself there")
    return farm.disk.read(path).decode("utf-8", "replace") if farm.disk.has(path) else ""


def today(farm: Farm) -> str:
    """Return the farm's date."""
    return farm.clock.now().astimezone(signboard(farm).zone).date().isoformat()
