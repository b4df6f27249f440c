"""The disk, as the ledger and the artifact store need it: durable or not at all.

Everything that must survive a power cut goes through a `Disk`, so that a simulated one can lose
what was not synced.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Protocol, Self

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.system.durable import make_folder, open_durably, sync, write_all

_LOCK_POLL_S = 0.005
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC


class Stat(Struct, frozen=True):
    """What tells whether a file may have changed: size in bytes, mtime in ns, inode."""

    size: int
    mtime_ns: int
    inode: int


class Busy(FarmctlError):  # noqa: N818 - reads as what it says
    """Another process holds the lock."""


class Disk(Protocol):
    """Files, with the difference between written and durable made visible."""

    def read(self, path: Path) -> bytes:
        """Return the whole file. Raises FileNotFoundError."""
        ...

    def read_from(self, path: Path, offset: int) -> bytes:
        """Return the file from byte `offset` on. Raises FileNotFoundError."""
        ...

    def stat(self, path: Path) -> Stat | None:
        """Return the file's identity, or None when there is none."""
        ...

    def has(self, path: Path) -> bool:
        """Tell whether there is a file."""
        ...

    def list(self, folder: Path) -> list[str]:
        """Return the sorted names in a folder; a missing folder is empty."""
        ...

    def append(self, path: Path, data: bytes) -> None:
        """Append and sync: the bytes and the folder entry are durable when it returns."""
        ...

    def opened(self, path: Path) -> OpenFile:
        """Return a file for many writes; one that was not there is, durably and empty."""
        ...

    def truncate(self, path: Path, size: int) -> None:
        """Cut the file to `size` bytes and sync."""
        ...

    def replace(self, path: Path, data: bytes, *, durable: bool = True) -> None:
        """Put a whole file in place: readers see the old or the new bytes, never a part."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file; a missing one is fine."""
        ...

    def sync(self, path: Path) -> None:
        """Make durable what anybody wrote to a file so far, or the entries of a folder."""
        ...

    def move(self, source: Path, target: Path) -> None:
        """Give a file or folder another name, durably. Raises FileNotFoundError."""
        ...

    def lock(self, path: Path, *, wait_s: float) -> Lock:
        """Take an exclusive lock between processes. Raises Busy after `wait_s`."""
        ...


class OpenFile(Protocol):
    """A file that is written to again and again; it is closed when nobody has it any more."""

    def append(self, data: bytes) -> None:
        """Append and sync."""
        ...

    def write_at(self, offset: int, data: bytes) -> None:
        """Overwrite bytes in place and sync."""
        ...

    def is_there(self) -> bool:
        """Tell whether the file still has a name."""
        ...


class Lock(Protocol):
    """An exclusive lock that is held until it is released, or for the length of a `with`."""

    def release(self) -> None:
        """Let go."""
        ...

    def __enter__(self) -> Self:
        """Hold it for a block."""
        ...

    def __exit__(self, *raised: object) -> None:
        """Let go at the end of the block."""
        ...


class RealDisk:
    """The machine's own file system."""

    def read(self, path: Path) -> bytes:
        """Return the whole file."""
        return self.read_from(path, 0)

    def read_from(self, path: Path, offset: int) -> bytes:
        """Return the file from byte `offset` on."""
        with FileIO(path) as file:
            file.seek(offset)
            return file.readall()

    def stat(self, path: Path) -> Stat | None:
        """Return the file's identity, or None."""
        try:
            found = os.stat(path)  # noqa: PTH116 - each append asks: Path.stat takes double
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Stat(found.st_size, found.st_mtime_ns, found.st_ino)

    def has(self, path: Path) -> bool:
        """Tell whether there is a file."""
        return os.access(path, os.F_OK)

    def list(self, folder: Path) -> list[str]:
        """Return the sorted names in a folder."""
        try:
            return sorted(entry.name for entry in folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def append(self, path: Path, data: bytes) -> None:
        """Append and sync."""
        self.opened(path).append(data)

    def opened(self, path: Path) -> OpenFile:
        """Return a file for many writes."""
        return open_durably(path)

    def truncate(self, path: Path, size: int) -> None:
        """Cut the file to `size` bytes and sync."""
        fd = os.open(path, os.O_WRONLY)
        try:
            os.ftruncate(fd, size)
            os.fsync(fd)
        finally:
            os.close(fd)

    def replace(self, path: Path, data: bytes, *, durable: bool = True) -> None:
        """Put a whole file in place atomically."""
        make_folder(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
        try:
            fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            try:
                write_all(fd, data)
                if durable:
                    os.fsync(fd)
            finally:
                os.close(fd)
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        if durable:
            sync(path.parent)

    def remove(self, path: Path) -> None:
        """Remove a file; a missing one is fine."""
        path.unlink(missing_ok=True)

    def sync(self, path: Path) -> None:
        """Make durable what anybody wrote to a file so far, or the entries of a folder."""
        sync(path)

    def move(self, source: Path, target: Path) -> None:
        """Give a file or folder another name, durably."""
        make_folder(target.parent)
        source.replace(target)
        for folder in sorted({source.parent, target.parent}):
            sync(folder)

    def lock(self, path: Path, *, wait_s: float) -> Lock:
        """Take an exclusive `flock`. Raises Busy after `wait_s`."""
        try:
            fd = os.open(path, _LOCK_FLAGS, 0o644)
        except FileNotFoundError:
            make_folder(path.parent)
            fd = os.open(path, _LOCK_FLAGS, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _gets_lock(fd, wait_s):
                os.close(fd)
                raise Busy(f"{path.name} is held by another farmctl") from None
        return _Flock(fd)


class _Flock:
    __slots__ = ("_fd",)

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.release()


@contextmanager
def locked(disk: Disk, path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the lock at `path` for the length of a block. Raises Busy after `wait_s`."""
    lock = disk.lock(path, wait_s=wait_s)
    try:
        yield
    finally:
        lock.release()


def _gets_lock(fd: int, wait_s: float) -> bool:
    """Wait until the lock is ours, and tell whether it is."""
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        time.sleep(_LOCK_POLL_S)
        with suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False
