"""Wavefront OBJ, as trimesh reads it. Millimetres by convention: the format has no unit."""

from __future__ import annotations

import io
import re
import warnings

import numpy as np
import trimesh

from farmctl.geometry.findings import unreadable
from farmctl.geometry.stl import Corners, single

_SHAPE_LINE = re.compile(r"^[ \t]*(?:v(?:[ \t]+\S+){3}|f[ \t].*)", re.MULTILINE)
_TEXTURE_AND_NORMAL = re.compile(r"/[^\s/]*")
_NO_FACE = re.compile(r"^[ \t]*f(?:(?:[ \t]+\S+){0,2}[ \t]*$|.*[ \t]-?0(?!\S).*)", re.MULTILINE)
_CONFUSED = (ValueError, IndexError, KeyError, TypeError, AttributeError, DeprecationWarning)


def read_obj(raw: bytes) -> Corners:
    """Return the triangles; groups become one mesh, materials are left out. Raises Unreadable."""
    text = _shape_alone(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            mesh = trimesh.load_mesh(io.StringIO(text), file_type="obj", process=False)
        corners = np.asarray(mesh.triangles, np.float64).reshape(-1, 3, 3)
    except _CONFUSED as error:
        raise unreadable("not-a-model", f"it is no OBJ that makes sense: {error}") from error
    return single(corners)


def _shape_alone(raw: bytes) -> str:
    """Return the lines of vertices and faces: for all others trimesh asks for more packages."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\\\n", " ")
    lines = _SHAPE_LINE.findall(text)
    if not lines:
        raise unreadable("not-a-model", "it has no vertices and no faces")
    shape = _TEXTURE_AND_NORMAL.sub("", "\n".join(lines))
    odd = _NO_FACE.search(shape)
    if odd:
        raise unreadable("not-a-model", f"a face needs three vertices from 1 on: {odd.group()!r}")
    return shape
