"""3MF packages that no program writes by itself: bombs, entities, loops, links."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from farmctl.testing.packages import EPOCH, ROOT, mesh_xml, model_xml, package, zipped
from farmctl.testing.parts import box_facets

_CUBE = f'<object id="0" type="model">{mesh_xml(box_facets(20, 20, 20))}</object>'


def noise(size_b: int) -> bytes:
    """Return bytes without any order, the same each time."""
    return hashlib.shake_256(b"noise").digest(size_b)


def billion_laughs() -> bytes:
    """Return a 3MF whose entities would unpack to a billion words."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<!DOCTYPE model [<!ENTITY l0 "ha">{laughs}]>'
    return package(model_xml('<object id="&l9;"/>', "", prolog=prolog))


def external_entity() -> bytes:
    """Return a 3MF that asks for a file of the machine that reads it."""
    prolog = '<!DOCTYPE model [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    return package(model_xml('<object id="1">&secret;</object>', "", prolog=prolog))


def component_loop() -> bytes:
    """Return a 3MF with two objects that contain each other."""
    objects = _group(1, of=2) + _group(2, of=1)
    return package(model_xml(objects, '<item objectid="1"/>'))


def component_doubling(levels: int = 12) -> bytes:
    """Return a 3MF in which each object holds the one before it ten times."""
    groups = "".join(_group(n, of=n - 1, times=10) for n in range(1, levels))
    return package(model_xml(_CUBE + groups, f'<item objectid="{levels - 1}"/>'))


def component_depth(levels: int = 2000) -> bytes:
    """Return a 3MF with objects nested far deeper than anybody draws."""
    groups = "".join(_group(n, of=n - 1) for n in range(1, levels))
    return package(model_xml(_CUBE + groups, f'<item objectid="{levels - 1}"/>'))


def _group(number: int, *, of: int, times: int = 1) -> str:
    parts = f'<component objectid="{of}"/>' * times
    return f'<object id="{number}"><components>{parts}</components></object>'


def deep_xml() -> bytes:
    """Return a 3MF whose XML nests a hundred thousand elements."""
    return package(model_xml("<a>" * 100_000, ""))


def endless_token() -> bytes:
    """Return a 3MF whose first attribute is megabytes long: a parser keeps it whole in memory."""
    return package(model_xml("", "", unit=noise(4_000_000).hex()))


def naming(path: str) -> bytes:
    """Return a 3MF with a file that would be unpacked somewhere else."""
    return package(model_xml("", ""), {path: b""})


def named_twice() -> bytes:
    """Return a 3MF with two root models: readers differ in which one they take."""
    other = ROOT.replace("model.model", "model_model")
    return package(model_xml("", ""), {other: model_xml("", "")}).replace(
        other.encode(), ROOT.encode()
    )


def packed_otherwise() -> bytes:
    """Return a 3MF packed with LZMA."""
    return zipped({ROOT: model_xml("", "")}, zipfile.ZIP_LZMA)


def endless_tags() -> bytes:
    """Return a 3MF whose relationships open a tag again and again: a trap for careless search."""
    return package(model_xml("", ""), {"_rels/.rels": "<" * 200_000})


def linked(target: str = "/etc/passwd") -> bytes:
    """Return a zip whose root model is a symbolic link."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        entry = zipfile.ZipInfo(ROOT, EPOCH)
        entry.create_system = 3
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, target)
    return raw.getvalue()


def encrypted() -> bytes:
    """Return a 3MF whose model says that it needs a password."""
    raw = bytearray(package(model_xml("", "")))
    for sign, flags_at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        raw[raw.index(sign) + flags_at] |= 1
    return bytes(raw)


def flipped_bit() -> bytes:
    """Return a 3MF with one wrong digit in its model: well-formed, and another shape."""
    raw = zipped({ROOT: model_xml(_CUBE, "")}, zipfile.ZIP_STORED)
    return raw.replace(b'x="20"', b'x="21"', 1)


def crowded(files: int = 65) -> bytes:
    """Return a 3MF with more files than a model needs."""
    return package(model_xml("", ""), {f"Metadata/plate {n}.png": b"" for n in range(files - 1)})


def million_names() -> bytes:
    """Return a zip whose table of files alone would fill memory."""
    table = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, 46_000_000, 4, 0)
    return b"PK\3\4" + table


def nested_zip() -> bytes:
    """Return a zip of zips of zips, as 42.zip is."""
    raw = deflate_bomb(1)
    for _ in range(4):
        raw = zipped({f"lib {n}.zip": raw for n in range(16)})
    return raw


def deflate_bomb(inflated_mb: int = 300) -> bytes:
    """Return a 3MF whose root model unpacks to so many megabytes of spaces."""
    return zipped({ROOT: b" " * (inflated_mb * 1024 * 1024)})


def overlapping_bomb(files: int = 60, kernel_mb: int = 1) -> bytes:
    """Return a zip whose files all share one kernel, so that each unpacks to all of it.

    The construction of D. Fifield, "A better zip bomb" (WOOT 2019): each file begins with a
    stored block that quotes the local header of the next one, and runs on through it.
    """
    content = b"0" * (kernel_mb * 1024 * 1024)
    packed = _raw_deflate(content)
    stream, entries = b"", []
    for number in reversed(range(files)):
        entry = _Entry(ROOT if not number else f"{number}", content, len(packed))
        stream = entry.local_header() + packed
        entries.append((entry, len(stream)))
        content = entry.local_header() + content
        packed = _stored_block_of(len(entry.local_header())) + stream
    return _with_directory(stream, entries)


class _Entry:
    """One file of a zip that is written by hand."""

    def __init__(self, name: str, content: bytes, packed_b: int) -> None:
        self.name = name.encode()
        self.sizes = struct.pack("<3I", zlib.crc32(content), packed_b, len(content))

    def local_header(self) -> bytes:
        """Return what stands before its bytes (APPNOTE.TXT 4.3.7)."""
        fixed = struct.pack("<4s5H", b"PK\3\4", 20, 0, zipfile.ZIP_DEFLATED, 0, 33)
        return fixed + self.sizes + struct.pack("<2H", len(self.name), 0) + self.name

    def directory_row(self, at: int) -> bytes:
        """Return its row in the central directory (APPNOTE.TXT 4.3.12)."""
        fixed = struct.pack("<4s6H", b"PK\1\2", 20, 20, 0, zipfile.ZIP_DEFLATED, 0, 33)
        return (
            fixed + self.sizes + struct.pack("<5H2I", len(self.name), 0, 0, 0, 0, 0, at) + self.name
        )


def _raw_deflate(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(raw) + packer.flush()


def _stored_block_of(size_b: int) -> bytes:
    """Return the five bytes before a stored block that is not the last (RFC 1951, 3.2.4)."""
    return struct.pack("<BHH", 0, size_b, size_b ^ 0xFFFF)


def _with_directory(stream: bytes, entries: Sequence[tuple[_Entry, int]]) -> bytes:
    rows = [entry.directory_row(len(stream) - from_end) for entry, from_end in entries]
    directory = b"".join(rows)
    counts = struct.pack("<4s4H", b"PK\5\6", 0, 0, len(rows), len(rows))
    return stream + directory + counts + struct.pack("<2IH", len(directory), len(stream), 0)
