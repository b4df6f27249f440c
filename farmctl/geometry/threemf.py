"""The plate that a slicer gets: a 3MF of ours with shapes, places and labels, and nothing else.

Placed with `--dont-arrange`, PrusaSlicer puts each object exactly where its build item says.
It takes an object's label from the `name` attribute, but of a lone object, or of one that shares
its mesh, it takes the file's name instead; `Metadata/Slic3r_PE_model.config` decides always, and
only when it also names the volume. So each object has its own mesh, and that file has only names.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape
from itertools import chain

from msgspec import Struct

from farmctl.geometry.clean_mesh import CleanMesh, read_clean_mesh
from farmctl.geometry.footprint import RotateDeg, oriented

PLATE_FORMAT = "farmctl plate v1"

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CONTENT_TYPES = (
    _XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model"'
    ' ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
    '<Default Extension="config" ContentType="text/xml"/>'
    "</Types>\n"
)
_RELATIONSHIPS = (
    _XML + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="rel0"'
    ' Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
    "</Relationships>\n"
)
_MODEL = (
    _XML + '<model unit="millimeter" xml:lang="en-US"'
    ' xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">\n'
    f'<metadata name="Application">{PLATE_FORMAT}</metadata>\n'
    "<resources>\n%s</resources>\n<build>\n%s</build>\n</model>\n"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16


class Placement(Struct, frozen=True):
    """One part on a plate.

    Args:
        label: What the g-code calls it, unique on the plate: `P01`, `P02`, …
        mesh: The bytes of its clean mesh.
        rotate_deg: Turns about the fixed x axis, then y, then z.
        x_mm: Where the middle of its box lies on the bed.
        y_mm: The same, the other way.
    """

    label: str
    mesh: bytes
    rotate_deg: RotateDeg
    x_mm: float
    y_mm: float


def write_plate(placements: Sequence[Placement]) -> bytes:
    """Return the 3MF of a plate; each part stands on the bed. Equal plates have equal bytes.

    Raises InvalidCleanMesh.
    """
    meshes = _meshes(placements)
    objects = "".join(
        f'<object id="{number}" name="{escape(part.label)}" type="model">\n'
        f"{meshes[_shape(part)].xml}</object>\n"
        for number, part in enumerate(placements, 1)
    )
    items = "".join(
        f'<item objectid="{number}"'
        f' transform="1 0 0 0 1 0 0 0 1 {part.x_mm:.9g} {part.y_mm:.9g} 0"/>\n'
        for number, part in enumerate(placements, 1)
    )
    names = "".join(
        _named(number, part.label, meshes[_shape(part)].triangles)
        for number, part in enumerate(placements, 1)
    )
    return _stored(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _RELATIONSHIPS,
            "3D/3dmodel.model": _MODEL % (objects, items),
            "Metadata/Slic3r_PE_model.config": f"{_XML}<config>\n{names}</config>\n",
        }
    )


class _MeshXml(Struct, frozen=True):
    triangles: int
    xml: str


_Shape = tuple[bytes, RotateDeg]


def _shape(part: Placement) -> _Shape:
    return part.mesh, part.rotate_deg


def _meshes(placements: Sequence[Placement]) -> dict[_Shape, _MeshXml]:
    shapes = dict.fromkeys(_shape(part) for part in placements)
    return {(raw, turn): _mesh_xml(read_clean_mesh(raw), turn) for raw, turn in shapes}


def _mesh_xml(mesh: CleanMesh, rotate_deg: RotateDeg) -> _MeshXml:
    part = oriented(mesh, rotate_deg)
    points = tuple(chain.from_iterable(zip(part.xs, part.ys, part.zs, strict=True)))
    vertices = '<vertex x="%.9g" y="%.9g" z="%.9g"/>\n' * len(part.xs) % points
    triangles = len(mesh.faces) // 3
    facets = '<triangle v1="%d" v2="%d" v3="%d"/>\n' * triangles % mesh.faces
    return _MeshXml(
        triangles,
        f"<mesh>\n<vertices>\n{vertices}</vertices>\n<triangles>\n{facets}</triangles>\n</mesh>\n",
    )


def _named(number: int, label: str, triangles: int) -> str:
    return (
        f'<object id="{number}"><metadata type="object" key="name" value="{escape(label)}"/>'
        f'<volume firstid="0" lastid="{triangles - 1}"/></object>\n'
    )


def _stored(files: dict[str, str]) -> bytes:
    """Return an uncompressed zip without times: compressors differ from machine to machine."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = _PLAIN_FILE
            archive.writestr(entry, text.encode("utf-8"))
    return raw.getvalue()
