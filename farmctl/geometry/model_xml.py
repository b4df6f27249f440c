"""One `.model` part of a 3MF, read as a stream: objects, components and build items.

Element and attribute names are those of the 3MF Core Specification 1.3 (chapters 3 to 5) and,
for `path`, of the Production Extension. All else is passed over.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from farmctl.geometry.findings import unreadable
from farmctl.geometry.guarded_xml import walk_xml

MAX_TRIANGLES = 4_000_000
_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02 "
_PATH = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06 path"

Transform = tuple[float, ...]
"""Twelve numbers, four rows of three: a point is a row vector, `p · M[0:3] + M[3]`."""

IDENTITY: Transform = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)


class Reference(Struct, frozen=True):
    """A use of an object: in another part of the archive when `path` is not empty."""

    object_id: str
    path: str
    transform: Transform


class Object(Struct):
    """A shape (flat lists of coordinates and of vertex numbers), or a group of other objects."""

    kind: str
    vertices: array[float] = field(default_factory=lambda: array("d"))
    triangles: array[int] = field(default_factory=lambda: array("q"))
    components: list[Reference] = field(default_factory=list)


class ModelPart(Struct):
    """What one `.model` part says."""

    unit: str = ""
    objects: dict[str, Object] = field(default_factory=dict)
    items: list[Reference] = field(default_factory=list)
    left_out: int = 0


def read_model_part(chunks: Iterable[bytes]) -> ModelPart:
    """Return what the XML says. Raises Unreadable."""
    reader = _Reader()
    walk_xml(chunks, reader.start, reader.end)
    if not reader.part.unit:
        raise unreadable("3mf-no-model", "the XML in the archive is not a 3MF model")
    return reader.part


class _Reader:
    """Fills a ModelPart while the XML goes by."""

    def __init__(self) -> None:
        self.part = ModelPart()
        self._object: Object | None = None
        self._takers: Mapping[str, Callable[[dict[str, str]], None]] = {
            _CORE + "vertex": self._vertex,
            _CORE + "triangle": self._triangle,
            _CORE + "model": self._model,
            _CORE + "object": self._start_object,
            _CORE + "component": self._component,
            _CORE + "item": self._item,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an element that matters."""
        take = self._takers.get(name)
        if take is not None:
            take(attributes)

    def end(self, name: str) -> None:
        """Note that an object is over."""
        if name == _CORE + "object":
            self._object = None

    def _model(self, attributes: dict[str, str]) -> None:
        self.part.unit = attributes.get("unit", "millimeter")

    def _start_object(self, attributes: dict[str, str]) -> None:
        object_id = attributes["id"]
        if object_id in self.part.objects:
            raise ValueError(f"there are two objects {object_id!r}")
        self._object = Object(attributes.get("type", "model"))
        self.part.objects[object_id] = self._object

    def _vertex(self, attributes: dict[str, str]) -> None:
        x, y, z = attributes["x"], attributes["y"], attributes["z"]
        self._open_object().vertices.extend((float(x), float(y), float(z)))

    def _triangle(self, attributes: dict[str, str]) -> None:
        corners = int(attributes["v1"]), int(attributes["v2"]), int(attributes["v3"])
        triangles = self._open_object().triangles
        triangles.extend(corners)
        if len(triangles) > 3 * MAX_TRIANGLES:
            raise too_detailed()

    def _component(self, attributes: dict[str, str]) -> None:
        self._open_object().components.append(_reference(attributes))

    def _item(self, attributes: dict[str, str]) -> None:
        if attributes.get("printable", "1") in {"0", "false"}:
            self.part.left_out += 1
        else:
            self.part.items.append(_reference(attributes))

    def _open_object(self) -> Object:
        if self._object is None:
            raise ValueError("a shape outside of any object")
        return self._object


def too_detailed() -> Exception:
    """Return the error of a model with more triangles than farmctl takes."""
    return unreadable("too-detailed", f"it has more than {MAX_TRIANGLES:,} triangles")


def _reference(attributes: Mapping[str, str]) -> Reference:
    transform = IDENTITY
    if "transform" in attributes:
        transform = tuple(float(number) for number in attributes["transform"].split())
        if len(transform) != len(IDENTITY):
            raise ValueError(f"a transform has {len(transform)} numbers, not 12")
    return Reference(attributes["objectid"], attributes.get(_PATH, "").lstrip("/"), transform)
