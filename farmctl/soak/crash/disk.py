"""A controller's disk, behind the gate."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.model import deeds
from farmctl.soak.crash.gate import Gate, Mode
from farmctl.system.disk import Disk, Lock, OpenFile, Stat

_ANSWERS = ("_accepted", "_rejected", "_unknown")
_REPLACED = {"state": deeds.SAVE_STATE, "verified.json": deeds.SAVE_TRUST}


class Unlisted(FarmctlError):  # noqa: N818 - reads as what it says
    """Something was done to the world that the list of deeds does not know."""


class GatedDisk:
    """A disk whose every change passes the gate; it may be read freely.

    Args:
        disk: What it really is.
        gate: What passes.
    """

    def __init__(self, disk: Disk, gate: Gate) -> None:
        self._disk = disk
        self._gate = gate

    def read(self, path: Path) -> bytes:
        """Return the whole file."""
        return self._disk.read(path)

    def read_from(self, path: Path, offset: int) -> bytes:
        """Return the file from byte `offset` on."""
        return self._disk.read_from(path, offset)

    def stat(self, path: Path) -> Stat | None:
        """Return the file's identity."""
        return self._disk.stat(path)

    def has(self, path: Path) -> bool:
        """Tell whether there is a file."""
        return self._disk.has(path)

    def list(self, folder: Path) -> list[str]:
        """Return the sorted names in a folder."""
        return self._disk.list(folder)

    def lock(self, path: Path, *, wait_s: float) -> Lock:
        """Take a lock: it goes with its holder, so nothing is left of it."""
        return self._disk.lock(path, wait_s=wait_s)

    def append(self, path: Path, data: bytes) -> None:
        """Append and sync."""
        self.opened(path).append(data)

    def opened(self, path: Path) -> OpenFile:
        """Return a file for many writes."""
        if self._disk.has(path):
            return GatedFile(self._disk.opened(path), path, self._gate)
        mode = self._gate.arrive(_only(path, "journal", deeds.BEGIN_SEGMENT), path.name)
        file = GatedFile(self._disk.opened(path), path, self._gate)
        self._gate.leave(mode)
        return file

    def truncate(self, path: Path, size: int) -> None:
        """Cut the file to `size` bytes and sync."""
        deed = _only(path, "journal", deeds.CUT_TORN_LINE)
        self._pass(deed, path, lambda: self._disk.truncate(path, size))

    def replace(self, path: Path, data: bytes, *, durable: bool = True) -> None:
        """Put a whole file in place."""
        deed = _REPLACED.get(path.parent.name) or _REPLACED.get(path.name)
        if deed is None:
            raise Unlisted(f"{path} was replaced")
        self._pass(deed, path, lambda: self._disk.replace(path, data, durable=durable))

    def remove(self, path: Path) -> None:
        """Remove a file."""
        is_state = path.parent.name == "state"
        deed = deeds.DROP_STATE if is_state else _only(path, "journal", deeds.CUT_TORN_LINE)
        self._pass(deed, path, lambda: self._disk.remove(path))

    def sync(self, path: Path) -> None:
        """Make durable what anybody wrote."""
        self._pass(deeds.MAKE_DURABLE, path, lambda: self._disk.sync(path))

    def move(self, source: Path, target: Path) -> None:
        """Refuse: a controller moves nothing."""
        raise Unlisted(f"{source} was moved to {target}")

    def _pass(self, deed: str, path: Path, change: Callable[[], None]) -> None:
        mode = self._gate.arrive(deed, path.name)
        change()
        self._gate.leave(mode)


class GatedFile(Struct):
    """An open file whose every write passes the gate."""

    file: OpenFile
    path: Path
    gate: Gate

    def append(self, data: bytes) -> None:
        """Append and sync."""
        mode = self.gate.arrive(_only(self.path, "journal", _deed_of_lines(data)), self.path.name)
        self.file.append(data)
        self.gate.leave(mode)

    def write_at(self, offset: int, data: bytes) -> None:
        """Overwrite bytes in place and sync."""
        mode = self.gate.arrive(_only(self.path, ".farmctl", deeds.MOVE_HEAD), self.path.name)
        if mode is Mode.DISK_FULL:  # a file system that never overwrites in place
            raise OSError(errno.ENOSPC, "No space left on device")
        self.file.write_at(offset, data)
        self.gate.leave(mode)

    def is_there(self) -> bool:
        """Tell whether the file still has a name."""
        return self.file.is_there()


def _only(path: Path, folder: str, deed: str) -> str:
    if path.parent.name != folder:
        raise Unlisted(f"{path} was written: to {deed} is done in {folder}/ alone")
    return deed


def _deed_of_lines(data: bytes) -> str:
    """Return what is recorded: lines of the journal, the last one says of what kind."""
    kind = json.loads(data.splitlines()[-1])["type"].removesuffix(".v1")
    if kind.endswith("_intended"):
        return deeds.RECORD_INTENT
    return deeds.RECORD_ANSWER if kind.endswith(_ANSWERS) else deeds.RECORD_FACTS
