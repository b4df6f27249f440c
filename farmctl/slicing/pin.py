"""Which slicer this is: a digest of the program and of every library it loads.

Version texts do not tell builds apart (Debian's says `2.5.0+UNKNOWN`), and a library that changed
may change the g-code.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from farmctl.errors import SlicerFailed
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.digest import Digest, digest_of
from farmctl.slicing.seat import Seat
from farmctl.system.processes import Limits

_LIBRARY = re.compile(r"(?:=>\s+)?(/\S+)\s+\(0x[0-9a-f]+\)")
_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


class SlicerPin(Struct, frozen=True):
    """A slicer program, named by its bytes.

    Args:
        program: Its name in the registry.
        version: What it calls itself; for people, never compared.
        platform: `linux-x86_64`.
        digest: Of the program and the libraries it loads.
    """

    program: str
    version: str
    platform: str
    digest: Digest


class _File(Struct, frozen=True):
    path: str
    size: int
    mtime_ns: int
    inode: int


class _Remembered(Struct, frozen=True):
    version: str
    digest: Digest
    files: tuple[_File, ...]


def platform() -> str:
    """Return the platform that a slicer's digest is for, `linux-x86_64`."""
    return f"{sys.platform}-{os.uname().machine}"


def pin_program(program: str, seat: Seat, ask_version: Callable[[], str]) -> SlicerPin:
    """Return the pin of a program; nothing is started while its files are as remembered.

    Raises SlicerFailed when there is no such file.
    """
    known = _remembered(seat)
    if known is None:
        known = _Remembered(ask_version(), *_digest(seat))
        seat.disk.replace(_memory(seat), json.dumps(encode(known)).encode(), durable=False)
    return SlicerPin(program, known.version, platform(), known.digest)


def _digest(seat: Seat) -> tuple[Digest, tuple[_File, ...]]:
    paths = [seat.program, *_libraries(seat)]
    lines = sorted(f"{path.name} {digest_of(seat.disk.read(path))}\n" for path in paths)
    return digest_of("".join(lines).encode()), tuple(_file(seat, path) for path in paths)


def _libraries(seat: Seat) -> list[Path]:
    """Return what the loader would load; nothing for a script or a self-contained program."""
    try:
        listed = seat.processes.run(
            ["ldd", str(seat.program)], cwd=Path("/"), env=_ENV, limits=Limits(wall_s=30.0)
        )
    except FileNotFoundError:
        return []
    return [Path(found) for found in sorted(set(_LIBRARY.findall(listed.stdout)))]


def _remembered(seat: Seat) -> _Remembered | None:
    if not seat.disk.has(seat.program):
        raise SlicerFailed(
            f"there is no slicer at {seat.program}",
            "install it (Debian: apt install prusa-slicer), or farmctl slicer pin PATH",
            "slicer-missing",
        )
    try:
        known = decode(_Remembered, json.loads(seat.disk.read(_memory(seat))))
    except (FileNotFoundError, ValueError, Undecodable):
        return None
    unchanged = all(each == _file(seat, Path(each.path)) for each in known.files)
    return known if unchanged else None


def _memory(seat: Seat) -> Path:
    return seat.memory / f"{digest_of(str(seat.program).encode())[-16:]}.json"


def _file(seat: Seat, path: Path) -> _File:
    found = seat.disk.stat(path)
    if found is None:
        return _File(str(path), 0, 0, 0)
    return _File(str(path), found.size, found.mtime_ns, found.inode)
