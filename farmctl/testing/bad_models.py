"""Every kind of bad model that people and strangers send, made by code.

`BAD_MODELS` maps a name to the file and to the code of what preflight must find in it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping

from msgspec import Struct

from farmctl.geometry.report import Level
from farmctl.testing import hostile_packages as hostile
from farmctl.testing import packages, parts
from farmctl.testing.shapes import Corner, ascii_stl, binary_stl, facets_of

_WARN, _PASS, _FAIL = Level.WARN, Level.PASS, Level.FAIL
_CUBE = parts.box_facets(20, 20, 20)
_MESH = packages.mesh_xml(_CUBE)
_ITEM = '<item objectid="1"/>'


class BadModel(Struct, frozen=True):
    """A file to upload, what preflight must find in it, and the verdict that makes."""

    file_name: str
    make: Callable[[], bytes]
    code: str
    verdict: Level = _FAIL


def inside_out() -> bytes:
    """Return a cube whose facets all face inwards."""
    return binary_stl([(c, b, a) for a, b, c in _CUBE])


def one_flipped() -> bytes:
    """Return a cube with one facet that faces inwards."""
    (a, b, c), *rest = _CUBE
    return binary_stl([(c, b, a), *rest])


def open_box() -> bytes:
    """Return a cube without its lid: 2 of 12 facets missing."""
    return binary_stl([facet for facet in _CUBE if any(z < 20 for _, _, z in facet)])


def open_tube() -> bytes:
    """Return a square tube without both ends, whose holes face opposite ways."""
    return binary_stl([facet for facet in _CUBE if len({z for _, _, z in facet}) > 1])


def with_pinholes() -> bytes:
    """Return a finely curved part with 4 facets missing, far apart."""
    missing = {1000, 6000, 11000, 16000}
    facets = enumerate(facets_of(parts.knob()))
    return binary_stl([facet for number, facet in facets if number not in missing])


def lying_header() -> bytes:
    """Return a cube whose header promises a billion facets."""
    raw = binary_stl(_CUBE)
    return raw[:80] + struct.pack("<I", 1_000_000_000) + raw[84:]


def with_corner(corner: Corner) -> bytes:
    """Return a cube with one corner of one facet somewhere else."""
    (_, b, c), *rest = _CUBE
    return binary_stl([(corner, b, c), *rest])


def self_intersecting() -> bytes:
    """Return two cubes that run through each other."""
    return binary_stl([*_CUBE, *parts.box_facets(20, 20, 20, at=(10, 10, 0))])


def two_objects() -> bytes:
    """Return a 3MF that builds a cube twice, side by side."""
    beside = '<item objectid="1" transform="1 0 0 0 1 0 0 0 1 40 0 0"/>'
    return _model(f'<object id="1">{_MESH}</object>', _ITEM + beside)()


def with_modifier() -> bytes:
    """Return a 3MF as a slicer writes it when a part has a modifier shape."""
    mark = '<metadata type="volume" key="volume_type" value="ParameterModifier"/>'
    settings = {"Metadata/Slic3r_PE_model.config": f"<config><volume>{mark}</volume></config>"}
    return packages.package(packages.one_object(_CUBE), settings)


def _model(objects: str, items: str = _ITEM, unit: str = "millimeter") -> Callable[[], bytes]:
    return lambda: packages.package(packages.model_xml(objects, items, unit))


def _always(raw: bytes) -> Callable[[], bytes]:
    return lambda: raw


def _box(width: float, depth: float, height: float) -> Callable[[], bytes]:
    return lambda: parts.box(width, depth, height)


_FILES = {
    "zero bytes": BadModel("a.stl", _always(b""), "empty-file"),
    "zero bytes, 3MF": BadModel("a.3mf", _always(b""), "empty-file"),
    "LFS pointer": BadModel(
        "a.stl",
        _always(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"),
        "git-lfs-pointer",
    ),
    "web page": BadModel("a.stl", _always(b"\n<!DOCTYPE html><html>log in</html>"), "web-page"),
    "unknown ending": BadModel("a.py", parts.box, "unknown-format"),
    "3MF called STL": BadModel("a.stl", two_objects, "wrong-extension"),
    "STL called 3MF": BadModel("a.3mf", _always(ascii_stl(_CUBE)), "wrong-extension"),
    "STEP called STL": BadModel("a.stl", _always(b"ISO-10303-21;\nHEADER;\n"), "wrong-extension"),
}

_STL = {
    "empty binary STL": BadModel("a.stl", _always(binary_stl([])), "no-triangles"),
    "empty ASCII STL": BadModel("a.stl", _always(ascii_stl([])), "no-triangles"),
    "single triangle": BadModel("a.stl", _always(binary_stl(_CUBE[:1])), "no-volume"),
    "random bytes": BadModel("a.stl", lambda: hostile.noise(5034), "not-a-model"),
    "random facets": BadModel("a.stl", lambda: hostile.noise(84 + 50 * 100), "not-a-model"),
    "a few random bytes": BadModel("a.stl", lambda: hostile.noise(40), "not-a-model"),
    "text": BadModel("a.stl", _always(b"lorem ipsum 0 0 0\n" * 100), "not-a-model"),
    "a table of numbers": BadModel("a.stl", _always(b"0 1 2 3 4 5\n" * 100), "not-a-model"),
    "text that begins well": BadModel("a.stl", _always(b"solid as a rock\n"), "not-a-model"),
    "word for number": BadModel(
        "a.stl",
        _always(ascii_stl(_CUBE).replace(b"vertex 20 20", b"vertex 2o 20", 1)),
        "not-a-model",
    ),
    "corner too few": BadModel(
        "a.stl", _always(ascii_stl(_CUBE).replace(b"vertex", b"vert", 1)), "not-a-model"
    ),
    "truncated binary STL": BadModel("a.stl", _always(binary_stl(_CUBE)[:400]), "truncated"),
    "truncated ASCII STL": BadModel("a.stl", _always(ascii_stl(_CUBE)[:900]), "truncated"),
    "lying header": BadModel("a.stl", lying_header, "facet-count", _WARN),
    "bytes after the end": BadModel(
        "a.stl", _always(binary_stl(_CUBE) + b"exported by"), "facet-count", _WARN
    ),
    "NaN": BadModel("a.stl", lambda: with_corner((math.nan, 0, 0)), "not-finite"),
    "infinity": BadModel("a.stl", lambda: with_corner((0, math.inf, 0)), "not-finite"),
    "too large for single precision": BadModel(
        "a.stl", _always(ascii_stl(_CUBE).replace(b" 20 ", b" 1e300 ", 1)), "not-finite"
    ),
    "a corner on the moon": BadModel("a.stl", lambda: with_corner((4e11, 0, 0)), "out-of-range"),
}

_OBJ = {
    "OBJ of words": BadModel("a.obj", _always(b"lorem ipsum\n"), "not-a-model"),
    "OBJ of noise": BadModel("a.obj", lambda: hostile.noise(3000), "not-a-model"),
    "OBJ without faces": BadModel("a.obj", _always(b"v 0 0 0\nv 1 1 1\n"), "no-triangles"),
    "OBJ with vertex 0": BadModel("a.obj", _always(b"v 0 0 0\nv 1 0 0\nf 0 1 2\n"), "not-a-model"),
    "OBJ with vertex 9": BadModel("a.obj", _always(b"v 0 0 0\nv 1 0 0\nf 1 2 9\n"), "not-a-model"),
    "truncated OBJ": BadModel("a.obj", _always(b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2"), "not-a-model"),
}

_SHAPES = {
    "open box": BadModel("a.stl", open_box, "open-surface"),
    "open tube": BadModel("a.stl", open_tube, "open-surface"),
    "pinholes": BadModel("a.stl", with_pinholes, "not-watertight", _WARN),
    "inside out": BadModel("a.stl", inside_out, "inside-out", _WARN),
    "one facet flipped": BadModel("a.stl", one_flipped, "flipped-facets", _WARN),
    "self-intersecting": BadModel("a.stl", self_intersecting, "bodies", _PASS),
    "sheet without thickness": BadModel("a.stl", _box(20, 20, 0), "no-volume"),
    "0.05 mm plate": BadModel("a.stl", _box(20, 20, 0.05), "too-thin"),
    "0.02 mm cube": BadModel("a.stl", _box(0.02, 0.02, 0.02), "no-volume"),
    "needle": BadModel("a.stl", _box(0.1, 0.1, 20), "too-thin"),
    "2 mm cube": BadModel("a.stl", _box(2, 2, 2), "tiny", _WARN),
    "1200 mm beam": BadModel("a.stl", _box(20, 1200, 20), "huge", _WARN),
}

_PACKAGES = {
    "random 3MF": BadModel("a.3mf", lambda: b"PK\3\4" + hostile.noise(4000), "archive-damaged"),
    "3MF without zip": BadModel("a.3mf", lambda: hostile.noise(4000), "archive-damaged"),
    "truncated 3MF": BadModel("a.3mf", lambda: two_objects()[:-30], "archive-damaged"),
    "flipped bit": BadModel("a.3mf", hostile.flipped_bit, "archive-damaged"),
    "encrypted": BadModel("a.3mf", hostile.encrypted, "archive-damaged"),
    "zip bomb": BadModel("a.3mf", hostile.deflate_bomb, "archive-bomb"),
    "overlapping zip bomb": BadModel("a.3mf", hostile.overlapping_bomb, "archive-bomb"),
    "nested zip bomb": BadModel("a.3mf", hostile.nested_zip, "3mf-no-model"),
    "too many files": BadModel("a.3mf", hostile.crowded, "archive-crowded"),
    "a million names": BadModel("a.3mf", hostile.million_names, "archive-crowded"),
    "path upwards": BadModel("a.3mf", lambda: hostile.naming("../evil.model"), "archive-path"),
    "path from the root": BadModel("a.3mf", lambda: hostile.naming("/etc/evil"), "archive-path"),
    "path of Windows": BadModel("a.3mf", lambda: hostile.naming("..\\evil"), "archive-path"),
    "drive of Windows": BadModel("a.3mf", lambda: hostile.naming("C:\\evil"), "archive-path"),
    "a name twice": BadModel("a.3mf", hostile.named_twice, "archive-damaged"),
    "unknown packing": BadModel("a.3mf", hostile.packed_otherwise, "archive-damaged"),
    "endless list of tags": BadModel("a.3mf", hostile.endless_tags, "xml-damaged"),
    "link": BadModel("a.3mf", hostile.linked, "archive-path"),
    "billion laughs": BadModel("a.3mf", hostile.billion_laughs, "xml-dtd"),
    "external entity": BadModel("a.3mf", hostile.external_entity, "xml-dtd"),
    "truncated XML": BadModel(
        "a.3mf", lambda: packages.package(packages.one_object(_CUBE)[:700]), "xml-damaged"
    ),
    "endless token": BadModel("a.3mf", hostile.endless_token, "xml-damaged"),
    "deep XML": BadModel("a.3mf", hostile.deep_xml, "3mf-too-deep"),
    "component loop": BadModel("a.3mf", hostile.component_loop, "3mf-loop"),
    "component depth": BadModel("a.3mf", hostile.component_depth, "3mf-too-deep"),
    "component doubling": BadModel("a.3mf", hostile.component_doubling, "3mf-too-deep"),
}

_MODELS: Mapping[str, BadModel] = {
    "nothing built": BadModel(
        "a.3mf", _model(f'<object id="1">{_MESH}</object>', ""), "no-triangles"
    ),
    "only helpers built": BadModel(
        "a.3mf", _model(f'<object id="1" type="support">{_MESH}</object>'), "no-triangles"
    ),
    "missing object": BadModel("a.3mf", _model(""), "3mf-malformed"),
    "two objects of one id": BadModel(
        "a.3mf", _model('<object id="1"/><object id="1"/>'), "3mf-malformed"
    ),
    "missing vertex": BadModel(
        "a.3mf",
        _model('<object id="1">' + _MESH.replace('v1="', 'v1="9') + "</object>"),
        "3mf-malformed",
    ),
    "unknown unit": BadModel("a.3mf", _model("", "", unit="furlong"), "3mf-malformed"),
    "short transform": BadModel(
        "a.3mf", _model("", '<item objectid="1" transform="1 0 0"/>'), "3mf-malformed"
    ),
    "several objects": BadModel("a.3mf", two_objects, "several-items", _WARN),
    "modifier": BadModel("a.3mf", with_modifier, "modifiers", _WARN),
}

BAD_MODELS: dict[str, BadModel] = {
    **_FILES, **_STL, **_OBJ, **_SHAPES, **_PACKAGES, **_MODELS
}  # fmt: skip
