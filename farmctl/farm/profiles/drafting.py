"""Drafts: the file beside the released versions that people edit. Nothing is ever made with one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from farmctl.errors import FarmctlError, Refused, UsageError
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.layering import catalogue_of
from farmctl.farm.profiles.picking import Picked, draft_of, in_production
from farmctl.farm.profiles.reading_back import pinned_here, refusal
from farmctl.farm.profiles.shelf import Shelf, draft_path, open_shelf
from farmctl.model.desired import ProfileAt
from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.draft import (
    Wishes,
    changed,
    in_class,
    with_settings,
    wrong_value,
    wrong_wish,
)
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue
from farmctl.system.editor import edit_file


class Drafted(Struct, frozen=True):
    """What became of a draft.

    Args:
        path: Where it lies in the farm.
        begun_from: The version that it was begun from, `production 1.8.2`; empty when it was there.
        changed: The settings that are not what they were, sorted.
        wrong: What cannot be; then nothing was written.
    """

    path: str
    begun_from: str
    changed: tuple[str, ...] = ()
    wrong: tuple[Diagnostic, ...] = ()


def wishes_of(words: Sequence[str], unset: Sequence[str]) -> Wishes:
    """Return what `key=value` words wish. Raises UsageError for what is none, or said twice."""
    found: dict[str, str | None] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"`{word}` is not KEY=VALUE", "as in temperature=235")
        _take(found, key.strip(), value.strip())
    for key in unset:
        _take(found, key, None)
    if not found:
        raise UsageError("nothing to set", "say KEY=VALUE, or --unset KEY")
    return found


def _take(found: dict[str, str | None], key: str, value: str | None) -> None:
    if key in found:
        raise UsageError(f"`{key}` is said twice", "say it once")
    found[key] = value


def set_in_draft(farm: Farm, name: str, wishes: Wishes) -> Drafted:
    """Put settings into a draft, begun from the version in production where there is none.

    Raises NoSuchThing for an unknown profile; Refused where the draft is a link; SlicerFailed
    where the pinned slicer is not here; InvalidDocuments where the draft cannot be read.
    """
    shelf = open_shelf(farm)
    profile = shelf.profile(name)
    base = _base(shelf, profile)
    place = _place(farm, name)
    wrong = tuple(_wrong(farm, shelf, profile, wishes))
    if wrong:
        return Drafted(draft_path(name), "", (), wrong)
    before = ini.parse(base.settings, base.file)
    text = with_settings(_text(base), wishes)
    farm.disk.replace(place, text.encode())
    return Drafted(draft_path(name), _begun_from(shelf, base), changed(before.values, wishes))


def edit_draft(farm: Farm, name: str) -> Drafted:
    """Let a person edit a draft; one that was begun for it and is as before is taken away again.

    Raises UsageError where no editor is known, or it fails; Refused where the draft is a link.
    """
    shelf = open_shelf(farm)
    base = _base(shelf, shelf.profile(name))
    place, begun_from = _place(farm, name), _begun_from(shelf, base)
    if begun_from:
        farm.disk.replace(place, base.settings)
    try:
        _run_editor(place)
    finally:
        after = farm.disk.read(place) if farm.disk.has(place) else b""
        if begun_from and after in (base.settings, b""):
            farm.disk.remove(place)
    said = [ini.parse(raw, base.file).values for raw in (base.settings, after)]
    keys = {*said[0], *said[1]} if after else set[str]()
    names = tuple(sorted(key for key in keys if said[0].get(key) != said[1].get(key)))
    return Drafted(draft_path(name), begun_from, names)


def draft_now(farm: Farm, name: str) -> Picked:
    """Return the draft as its file is now. Raises Refused where there is none."""
    shelf = open_shelf(farm)
    return draft_of(shelf, shelf.profile(name))


def _base(shelf: Shelf, profile: ProfileAt) -> Picked:
    """Return what is edited: the draft, or the version in production that it begins from."""
    has_draft = profile.document.name in shelf.drafts
    return draft_of(shelf, profile) if has_draft else in_production(shelf, profile)


def _begun_from(shelf: Shelf, base: Picked) -> str:
    return "" if base.document.name in shelf.drafts else base.said


def _place(farm: Farm, name: str) -> Path:
    place = farm.folder / draft_path(name)
    if place.is_symlink() or place.is_dir():
        raise Refused(f"{draft_path(name)} is no file", "remove it")
    return place


def _text(base: Picked) -> str:
    try:
        return base.settings.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            f"{base.file} holds bytes that are not UTF-8",
            f"farmctl profile edit {base.document.name}",
        ) from error


def _wrong(farm: Farm, shelf: Shelf, profile: ProfileAt, wishes: Wishes) -> Iterator[Diagnostic]:
    document, file = profile.document, draft_path(profile.document.name)
    known = catalogue_of(shelf, document.program)
    _refuse_unknown_unset(wishes, known)
    slicer = pinned_here(farm, shelf.desired, document.program)
    for key, value in wishes.items():
        found = wrong_wish(key, value, known, file) if value is not None else None
        if found is not None:
            yield in_class(found, document.classes)
        elif value is not None:
            refused = refusal(slicer, key, value)
            yield from [wrong_value(refused, value, known, file)] if refused else []


def _refuse_unknown_unset(wishes: Wishes, known: Catalogue) -> None:
    for key, value in wishes.items():
        if value is None and not known.knows(key):
            close = known.nearest(key)
            mend = f"did you mean `{close}`?" if close else "name a setting of the slicer"
            raise UsageError(f"{known.program} {known.version} has no setting `{key}`", mend)


def _run_editor(place: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        code = edit_file(command, place)
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no editor `{command}`", "name yours: EDITOR=nano farmctl profile edit NAME"
        ) from error
    if code != 0:
        raise FarmctlError(f"`{command}` ended with exit code {code}", "the draft is as it left it")
