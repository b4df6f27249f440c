"""A zip file from a stranger: looked at before anything is unpacked, and unpacked within limits.

Nothing is ever written to disk. Sizes are counted while the bytes stream, because what a zip says
about itself may be a lie (CVE-2019-9674; D. Fifield, "A better zip bomb", WOOT 2019).
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from farmctl.geometry.findings import unreadable

MAX_ENTRIES = 64
MAX_INFLATED_B = 512 * 1024 * 1024
MAX_RATIO = 200
_SMALL_B = 256 * 1024
_MAX_DIRECTORY_B = 1024 * 1024
_CHUNK_B = 64 * 1024
_LOCAL_HEADER_B = 30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error)


class Archive:
    """The files in a zip that passed the checks of `open_archive`."""

    def __init__(self, raw: bytes, entries: Sequence[zipfile.ZipInfo]) -> None:
        self._raw = raw
        self._entries = {entry.filename: entry for entry in entries}
        self._inflated_b = 0
        self.names = tuple(self._entries)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file. Raises Unreadable past a limit or at damage."""
        entry = self._entries[name]
        allowed = max(_SMALL_B, MAX_RATIO * entry.compress_size)
        inflated = 0
        for chunk in _inflate(self._raw, entry):
            inflated += len(chunk)
            self._inflated_b += len(chunk)
            if inflated > allowed or self._inflated_b > MAX_INFLATED_B:
                raise unreadable(
                    "archive-bomb",
                    f"`{name}` unpacks to more than {MAX_RATIO} times its size"
                    f" or the archive to more than {MAX_INFLATED_B // 1024**2} MB",
                )
            yield chunk

    def read(self, name: str) -> bytes:
        """Return one whole file. Raises Unreadable past a limit or at damage."""
        return b"".join(self.chunks(name))


def open_archive(raw: bytes) -> Archive:
    """Return the zip in these bytes. Raises Unreadable when it is damaged or not to be trusted."""
    _refuse_long_directory(raw)
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except _BROKEN as error:
        raise unreadable("archive-damaged", f"the archive cannot be opened: {error}") from error
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise unreadable(
            "archive-crowded", f"the archive holds {len(entries)} files, {MAX_ENTRIES} are allowed"
        )
    for entry in entries:
        _refuse_entry(entry)
    _refuse_repeated([entry.filename for entry in entries])
    _refuse_overlap(entries, archive.start_dir)
    return Archive(raw, entries)


def _inflate(raw: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the unpacked bytes of an entry, a chunk at a time, however much is in them."""
    checksum = unpacked_b = 0
    try:
        for chunk in _unpack(_packed(raw, entry), entry.compress_type):
            checksum = zlib.crc32(chunk, checksum)
            unpacked_b += len(chunk)
            yield chunk
    except (zlib.error, struct.error) as error:
        raise unreadable("archive-damaged", f"`{entry.filename}` is damaged: {error}") from error
    if (checksum, unpacked_b) != (entry.CRC, entry.file_size):
        raise unreadable("archive-damaged", f"`{entry.filename}` is damaged: its checksum is off")


def _packed(raw: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """Return the bytes behind an entry's local header (APPNOTE.TXT 4.3.7)."""
    names_b = sum(struct.unpack_from("<2H", raw, entry.header_offset + 26))
    start = entry.header_offset + _LOCAL_HEADER_B + names_b
    return memoryview(raw)[start : start + entry.compress_size]


def _unpack(packed: memoryview, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _CHUNK_B]) for at in range(0, len(packed), _CHUNK_B))
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(packed), _CHUNK_B):
        waiting: bytes | memoryview = packed[at : at + _CHUNK_B]
        while waiting:
            yield unpacker.decompress(waiting, _CHUNK_B)
            waiting = unpacker.unconsumed_tail
    yield unpacker.flush()


def _refuse_long_directory(raw: bytes) -> None:
    """Refuse before `zipfile` makes an object for each of a million names."""
    end = raw.rfind(b"PK\5\6", max(0, len(raw) - 65_557))
    if end < 0 or end + 22 > len(raw):
        raise unreadable("archive-damaged", "the archive has no end: its table of files is missing")
    (directory_b,) = struct.unpack_from("<I", raw, end + 12)
    if directory_b > _MAX_DIRECTORY_B:
        raise unreadable("archive-crowded", f"the archive's table of files has {directory_b} bytes")


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise unreadable("archive-path", f"the archive names a file outside itself: {name!r}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise unreadable("archive-path", f"the archive holds a link: {name!r}")
    if entry.flag_bits & 1:
        raise unreadable("archive-damaged", f"{name!r} is encrypted")
    if entry.compress_type not in _METHODS:
        raise unreadable("archive-damaged", f"{name!r} is packed in a way 3MF does not know")


def _refuse_repeated(names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise unreadable("archive-damaged", f"the archive holds {repeated[0]!r} more than once")


def _refuse_overlap(entries: list[zipfile.ZipInfo], directory_at: int) -> None:
    """Refuse files that share bytes: how a small zip says that it holds petabytes."""
    in_order = sorted(entries, key=lambda entry: entry.header_offset)
    starts = [*(entry.header_offset for entry in in_order[1:]), directory_at]
    for entry, next_start in zip(in_order, starts, strict=True):
        if entry.header_offset + _LOCAL_HEADER_B + entry.compress_size > next_start:
            raise unreadable("archive-bomb", f"{entry.filename!r} overlaps another file in the zip")
