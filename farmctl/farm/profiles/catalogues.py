"""What a slicer knows, by any name that people have for it."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.errors import SlicerFailed, UsageError
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.shelf import Shelf, Shelves, split_rev
from farmctl.farm.slices.slicers import open_at
from farmctl.model.digest import Digest, hexdigits
from farmctl.slicing import catalogue
from farmctl.slicing.catalogue import Catalogue

_SHORT = 12
_AT_LEAST = 6


class Known(Struct, frozen=True):
    """The settings of one slicer, and what people call it: `prusaslicer 2.5.0 (7856d6594cf8)`."""

    said: str
    catalogue: Catalogue


def known_slicer(farm: Farm, shelves: Shelves, word: str) -> Known:
    """Return the slicer that a word names.

    Args:
        farm: Whose.
        shelves: Its revisions.
        word: A name of farm.yaml, also at a revision (`HEAD~1:default`); a digest or the beginning
            of one, of any slicer that was ever pinned; or the path of a program.

    Raises:
        NoSuchThing: Nothing is called so.
        SlicerFailed: The program is no slicer.
        UsageError: The beginning fits several.
    """
    if "/" in word and Path(word).expanduser().is_file():
        return _program(farm, Path(word).expanduser().resolve())
    rev, name = split_rev(word.removeprefix("sha256:"))
    shelf = shelves.at(rev)
    if name in shelf.desired.slicers:
        return _pinned(shelf, Digest(shelf.desired.slicers[name].digest))
    return _pinned(shelf, _by_digest(shelf, word, name))


def _program(farm: Farm, path: Path) -> Known:
    slicer = open_at(farm, path)
    pin = slicer.pin()
    return _known(slicer.catalogue(), pin.digest)


def _by_digest(shelf: Shelf, word: str, begins: str) -> Digest:
    found = [each for each in sorted(shelf.catalogues) if hexdigits(each).startswith(begins)]
    if len(begins) < _AT_LEAST or not found:
        digests = [hexdigits(each)[:_SHORT] for each in shelf.catalogues]
        raise unknown(word, "slicer", [*shelf.desired.slicers, *digests])
    if len(found) > 1:
        raise UsageError(f"`{word}` begins {len(found)} digests", "write more of it")
    return found[0]


def _pinned(shelf: Shelf, digest: Digest) -> Known:
    raw = shelf.catalogues.get(digest)
    if raw is None:
        path = catalogue.farm_path(digest)
        raise SlicerFailed(f"{path} is missing", "farmctl slicer pin", "slicer-catalogue-damaged")
    return _known(catalogue.read(raw, catalogue.farm_path(digest)), digest)


def _known(found: Catalogue, digest: Digest) -> Known:
    return Known(f"{found.program} {found.version} ({hexdigits(digest)[:_SHORT]})", found)
