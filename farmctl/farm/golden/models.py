"""Golden models as bytes: made by code or read from the farm, and held against their digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.errors import InvalidDocuments
from farmctl.farm.parts import Farm
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Files, work_tree_files
from farmctl.farmrepo.layout import golden_path, lay_out
from farmctl.farmrepo.load import Loaded, load
from farmctl.farmrepo.yaml import parse
from farmctl.model.diagnostics import Diagnostic
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.documents.golden import Golden

MOVED = "golden-mesh-moved"


class Made(Struct, frozen=True):
    """One golden model.

    Args:
        document: What the farm says of it.
        raw: Its STL.
        moved: That the STL is not the one whose digest the document names; None where it is.
    """

    document: Golden
    raw: bytes
    moved: Diagnostic | None = None


def documents(farm: Farm, names: Sequence[str] = ()) -> dict[str, Golden]:
    """Return the golden models of the farm's files as they are: those that are named, or all.

    Raises NoSuchThing for a name that is not there, InvalidDocuments for one that is wrong.
    """
    with farm.repository() as repository:
        files = work_tree_files(repository)
        layout = lay_out(files.entries)
        for name in names:
            if name not in layout.golden_models:
                raise unknown(name, "golden model", layout.golden_models)
        wanted = names or sorted(layout.golden_models)
        return {name: _document(layout.golden_models[name], files) for name in wanted}


def _document(path: str, files: Files) -> Golden:
    loaded: Loaded[Golden] = load(Golden, files.read(path))
    if loaded.document is None:
        first = loaded.findings[0].in_file(path)
        raise InvalidDocuments(f"{first.where}: {first.message}", first.mend)
    return loaded.document


def made(farm: Farm, models: Mapping[str, Golden]) -> Iterator[Made]:
    """Yield each model of the work tree, sorted by name."""
    with farm.repository() as repository:
        files = work_tree_files(repository)
        for name, document in sorted(models.items()):
            raw = stl_of(document, files)
            yield Made(document, raw, moved(files.read(golden_path(name)), document, raw))


def stl_of(document: Golden, files: Files) -> bytes:
    """Return the STL of a model, whatever its digest is.

    Raises InvalidDocuments where its file is not there, or a link.
    """
    model = document.model
    if model.shape is not None:
        from farmctl.geometry.golden.make import golden_stl

        return golden_stl(model.shape, model.chosen)
    entry = files.entries.get(model.path or "")
    if entry is None or entry.mode in (SYMLINK, SUBMODULE):
        where = golden_path(document.name)
        raise InvalidDocuments(f"{where}: there is no file {model.path}", "put the file there")
    return files.read(model.path or "")


def moved(text: bytes, document: Golden, raw: bytes) -> Diagnostic | None:
    """Return that an STL is not the pinned one, at its line; None where it is.

    Args:
        text: The document's file.
        document: What it says.
        raw: The STL.
    """
    if digest_of(raw) == document.model.digest:
        return None
    place = parse(text).at(("model", "sha256"))
    found = hexdigits(digest_of(raw))
    return Diagnostic(
        golden_path(document.name),
        place.line,
        place.column,
        MOVED,
        f"{document.name} is another shape than the pinned one: its digest is {found[:12]}…",
        "put it back, or install the pinned manifold3d; if it is meant: "
        f"farmctl golden pin {document.name}",
    )


def pin(farm: Farm, each: Made) -> bool:
    """Write a model's digest into its document, not committed; return whether that changed it."""
    if each.moved is None:
        return False
    place = farm.folder / golden_path(each.document.name)
    text = farm.disk.read(place).decode()
    edited = set_value(text, ("model", "sha256"), hexdigits(digest_of(each.raw)))
    farm.disk.replace(place, edited.encode())
    return True
