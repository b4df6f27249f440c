"""3MF packages made by code."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from farmctl.testing.shapes import Corner, Facet

ROOT = "3D/3dmodel.model"
EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"


def mesh_xml(facets: Sequence[Facet]) -> str:
    """Return a `<mesh>` element, each point once."""
    points: dict[Corner, int] = {}
    rows = [tuple(points.setdefault(corner, len(points)) for corner in facet) for facet in facets]
    vertices = "".join(f'<vertex x="{x!r}" y="{y!r}" z="{z!r}"/>' for x, y, z in points)
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in rows)
    return f"<mesh><vertices>{vertices}</vertices><triangles>{triangles}</triangles></mesh>"


def model_xml(objects: str, items: str, unit: str = "millimeter", prolog: str = "") -> str:
    """Return a `.model` part around objects and build items."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}'
        f'<model unit="{unit}" xmlns="{_CORE}" xmlns:p="{_PRODUCTION}">'
        f"<resources>{objects}</resources><build>{items}</build></model>"
    )


def one_object(facets: Sequence[Facet], unit: str = "millimeter") -> str:
    """Return the root model of a package with one shape, used once."""
    shape = f'<object id="1" type="model">{mesh_xml(facets)}</object>'
    return model_xml(shape, '<item objectid="1"/>', unit)


def package(model: str, others: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return a 3MF with a root model and other files."""
    return zipped({ROOT: model, **(others or {})})


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip without times."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = method
            archive.writestr(entry, content)
    return raw.getvalue()
