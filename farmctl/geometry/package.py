"""A 3MF package: which shapes it builds, and where.

Follows 3MF Core Specification 1.3: the root model is the one the package's relationships name;
only what build items refer to exists; components nest; transforms multiply from the inside out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from farmctl.geometry.archive import Archive, open_archive
from farmctl.geometry.findings import unreadable
from farmctl.geometry.guarded_xml import walk_xml
from farmctl.geometry.model_xml import (
    IDENTITY,
    MAX_TRIANGLES,
    ModelPart,
    Object,
    Reference,
    Transform,
    read_model_part,
    too_detailed,
)

_MAX_NESTING = 16
_MAX_SHAPES = 10_000
_UNITS_MM = {
    "micron": 0.001,
    "millimeter": 1.0,
    "centimeter": 10.0,
    "inch": 25.4,
    "foot": 304.8,
    "meter": 1000.0,
}
_RELATIONSHIPS = "_rels/.rels"
_ROOT_KIND = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
_USUAL_ROOT = "3D/3dmodel.model"
_HELPER_SHAPES = re.compile(
    rb"ParameterModifier|NegativeVolume|Support(?:Blocker|Enforcer)"
    rb"|\"(?:modifier_part|negative_part|support_blocker|support_enforcer)\"",
    re.IGNORECASE,
)
_SETTINGS = re.compile(r"Metadata/.*\.config")
_PROGRAM = re.compile(  # as PrusaSlicer writes it, and as Bambu Studio and OrcaSlicer do
    rb'^;?[ \t]*post_process[ \t]*=[ \t]*(?!""[ \t\r]*$)[^\s]'
    rb'|"post_process"\s*:\s*\[?\s*"[^"]',
    re.MULTILINE,
)


class Shape(Struct, frozen=True):
    """One use of an object: its own coordinates, and the way to millimetres on the bed."""

    object: Object
    transform: Transform


class Package(Struct, frozen=True):
    """What a 3MF builds.

    Args:
        shapes: Its shapes.
        items: How many build items there are.
        left_out: How many of them are marked unprintable.
        helper_shapes: Whether a slicer marked some as modifiers or blockers.
        starts_program: Whether its settings would make a slicer start a program.
    """

    shapes: tuple[Shape, ...]
    items: int
    left_out: int
    helper_shapes: bool
    starts_program: bool = False


def read_package(raw: bytes) -> Package:
    """Return what the 3MF in these bytes builds. Raises Unreadable."""
    archive = open_archive(raw)
    tree = _Tree(archive)
    root = tree.part(_root_name(archive))
    if root.unit not in _UNITS_MM:
        raise unreadable("3mf-malformed", f"the model's unit {root.unit!r} is none")
    scale = _UNITS_MM[root.unit]
    to_mm = tuple(scale * number for number in IDENTITY)
    shapes = tuple(tree.shapes(root, to_mm))
    settings = [archive.read(name) for name in archive.names if _SETTINGS.fullmatch(name)]
    return Package(
        shapes,
        len(root.items),
        root.left_out,
        _has_helper_shapes(archive),
        any(_PROGRAM.search(each) for each in settings),
    )


class _Tree:
    """Resolves references between the objects of an archive, within limits."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._parts: dict[str, ModelPart] = {}
        self._root = ""
        self._visits = 0
        self._triangles = 0

    def part(self, name: str) -> ModelPart:
        """Return one `.model` part, read once."""
        self._root = self._root or name
        if name not in self._parts:
            if name not in self._archive.names:
                raise unreadable("3mf-malformed", f"the model refers to `{name}`, which is missing")
            self._parts[name] = read_model_part(self._archive.chunks(name))
        return self._parts[name]

    def shapes(self, root: ModelPart, to_mm: Transform) -> Iterator[Shape]:
        """Yield every shape that the build items lead to."""
        for item in root.items:
            transform = composed(item.transform, to_mm)
            yield from self._follow(item, item.path or self._root, transform, ())

    def _follow(
        self, use: Reference, path: str, transform: Transform, above: tuple[tuple[str, str], ...]
    ) -> Iterator[Shape]:
        here = (path, use.object_id)
        self._count_visit(here, above)
        found = self._found(here)
        if found.kind not in {"model", "solidsupport"}:
            return
        if found.triangles:
            self._count_triangles(found)
            yield Shape(found, transform)
        for part in found.components:
            inner = composed(part.transform, transform)
            yield from self._follow(part, part.path or path, inner, (*above, here))

    def _found(self, here: tuple[str, str]) -> Object:
        path, object_id = here
        part = self.part(path)
        if part.unit != self.part(self._root).unit:
            raise unreadable("3mf-malformed", f"`{path}` is in {part.unit}, the root model is not")
        if object_id not in part.objects:
            raise unreadable("3mf-malformed", f"object {object_id} is used and not in `{path}`")
        return part.objects[object_id]

    def _count_visit(self, here: tuple[str, str], above: tuple[tuple[str, str], ...]) -> None:
        self._visits += 1
        if here in above:
            raise unreadable("3mf-loop", f"object {here[1]} of the model contains itself")
        if len(above) >= _MAX_NESTING:
            raise unreadable("3mf-too-deep", f"objects are nested more than {_MAX_NESTING} deep")
        if self._visits > _MAX_SHAPES:
            raise unreadable(
                "3mf-too-deep", f"the build repeats objects over {_MAX_SHAPES:,} times"
            )

    def _count_triangles(self, found: Object) -> None:
        self._triangles += len(found.triangles) // 3
        if self._triangles > MAX_TRIANGLES:
            raise too_detailed()


def composed(inner: Transform, outer: Transform) -> Transform:
    """Return the transform that does `inner` first and `outer` then."""
    numbers: list[float] = []
    for row in range(4):
        a, b, c = inner[3 * row : 3 * row + 3]
        for column in range(3):
            moved = a * outer[column] + b * outer[3 + column] + c * outer[6 + column]
            numbers.append(moved + (outer[9 + column] if row == 3 else 0.0))
    return tuple(numbers)


def _root_name(archive: Archive) -> str:
    targets: list[str] = []

    def note(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type") == _ROOT_KIND:
            targets.append(attributes["Target"].lstrip("/"))

    if _RELATIONSHIPS in archive.names:
        walk_xml(archive.chunks(_RELATIONSHIPS), note)
    root = targets[0] if targets else _USUAL_ROOT
    if root not in archive.names:
        raise unreadable("3mf-no-model", "the archive holds no 3D model")
    return root


def _has_helper_shapes(archive: Archive) -> bool:
    """Look for the slicers' own marks; nothing else of their settings is ever read."""
    settings = [name for name in archive.names if re.fullmatch(r"Metadata/.*model.*\.config", name)]
    return any(_HELPER_SHAPES.search(archive.read(name)) for name in settings)
