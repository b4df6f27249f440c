"""Where imported settings come from: one's own file, or the presets that come with the slicer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from farmctl.errors import SlicerFailed, UsageError
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.importing import PROGRAM, Workshop, read_settings, workshop
from farmctl.farm.slices.slicers import Here, slicers_here
from farmctl.farmrepo.suggest import mend_name
from farmctl.model.desired import Desired
from farmctl.profiles.bundle import Bundle, is_bundle, parse_bundle
from farmctl.profiles.guess import slug
from farmctl.profiles.picking import Wanted, pick
from farmctl.profiles.presets import Shelf, reading_of
from farmctl.profiles.reading import Reading, broken_bundle, other_slicer, read_file, written_by
from farmctl.slicing.vendors import bundle_files, vendor_folders


def open_settings(
    farm: Farm, desired: Desired, source: str, wanted: Wanted, presets: Path | None
) -> tuple[Reading, Workshop]:
    """Return the settings that a person means, and the slicer they are for.

    Args:
        farm: The farm.
        desired: What it is.
        source: A file, or the word `prusaslicer` for the presets that come with it.
        wanted: Which presets of a bundle.
        presets: The folder with the vendors' bundles, where it is not beside the slicer.

    Raises UsageError, InvalidDocuments and SlicerFailed.
    """
    if source == PROGRAM:
        at = workshop(farm, desired, "")
        return _picked(Shelf(_shipped(farm, at, presets, wanted), at.catalogue), wanted), at
    path = Path(source)
    raw = read_settings(farm, path)
    at = workshop(farm, desired, written_by(raw))
    if not is_bundle(raw) or other_slicer(raw):
        _refuse_choice(wanted, path.name)
        return read_file(raw, path.name), at
    own = parse_bundle(raw, path.name)
    if own.diagnostics or not own.presets:
        return broken_bundle(own.file, own.diagnostics, own.resin), at
    # What a person changed is in their file; the rest of what it names came with the slicer.
    shelf = Shelf((own, *_beside_own(farm, at, presets)), at.catalogue)
    return _picked(shelf, wanted), at


def shelf_of(
    farm: Farm, desired: Desired, source: str, wanted: Wanted, presets: Path | None
) -> Shelf:
    """Return all presets of a bundle, or of the slicer, to look through. Raises as above."""
    if source == PROGRAM:
        at = workshop(farm, desired, "")
        return Shelf(_shipped(farm, at, presets, wanted), at.catalogue)
    raw = read_settings(farm, Path(source))
    if not is_bundle(raw):
        raise UsageError(f"{source} holds one set of settings, no list of presets", "import it")
    at = workshop(farm, desired, written_by(raw))
    return Shelf((parse_bundle(raw, Path(source).name),), at.catalogue)


def _picked(shelf: Shelf, wanted: Wanted) -> Reading:
    return reading_of(pick(shelf, wanted), shelf.catalogue)


def _refuse_choice(wanted: Wanted, file: str) -> None:
    if wanted != Wanted():
        raise UsageError(
            f"{file} holds one set of settings: there is nothing to choose",
            "leave out --vendor, --printer, --print and --filament",
        )


def _shipped(farm: Farm, at: Workshop, presets: Path | None, wanted: Wanted) -> tuple[Bundle, ...]:
    bundles = tuple(_read_folder(farm, _folder(farm, at, presets)))
    if wanted.vendor is None:
        return bundles
    meant = _plain(wanted.vendor)
    found = tuple(each for each in bundles if meant in {_plain(each.vendor), _plain(_stem(each))})
    if not found:
        raise UsageError(
            f"there is no vendor `{wanted.vendor}`",
            mend_name(wanted.vendor, [_stem(each) for each in bundles]),
        )
    return found


def _beside_own(farm: Farm, at: Workshop, presets: Path | None) -> tuple[Bundle, ...]:
    try:
        return tuple(_read_folder(farm, _folder(farm, at, presets)))
    except SlicerFailed:  # then the file has to be enough
        return ()


def _read_folder(farm: Farm, folder: Path) -> Iterator[Bundle]:
    for path in bundle_files(folder, farm.disk):
        yield parse_bundle(farm.disk.read(path), path.name)


def _folder(farm: Farm, at: Workshop, presets: Path | None) -> Path:
    if presets is not None:
        folders: tuple[Path, ...] = (presets.expanduser(),)
    else:
        here = sorted(slicers_here(farm), key=lambda each: not _is_same(each, at))
        home = Path.home()
        folders = tuple(f for each in here for f in vendor_folders(each.found.path, home))
    found = next((each for each in folders if bundle_files(each, farm.disk)), None)
    if found is None:
        where = f"in {presets}" if presets else "beside the slicer"
        raise SlicerFailed(
            f"there are no bundles of presets {where}",
            "--presets FOLDER names the folder with the vendors' .ini files",
            "presets-missing",
        )
    return found


def _is_same(here: Here, at: Workshop) -> bool:
    try:
        return here.slicer.pin().digest == at.slicer.pin().digest
    except SlicerFailed:  # something else that is called like a slicer
        return False


def _stem(bundle: Bundle) -> str:
    return bundle.file.removesuffix(".ini")


def _plain(name: str) -> str:
    return slug(name).replace("-", "")
