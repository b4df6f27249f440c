"""Writing so that it is still there after a power cut: files, and the folders that name them."""

from __future__ import annotations

import os
from pathlib import Path

_DURABLY = os.O_WRONLY | os.O_DSYNC  # each write is a sync too


class DurableFile:
    """An open file; whatever is written to it is durable. It is closed when nobody has it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __del__(self) -> None:
        """Close it."""
        os.close(self._fd)

    def append(self, data: bytes) -> None:
        """Append, wherever the end is by now."""
        written = os.pwritev(self._fd, [data], 0, os.RWF_APPEND)
        while written < len(data):
            written += os.pwritev(self._fd, [data[written:]], 0, os.RWF_APPEND)

    def write_at(self, offset: int, data: bytes) -> None:
        """Overwrite bytes in place."""
        os.pwrite(self._fd, data, offset)

    def is_there(self) -> bool:
        """Tell whether the file still has a name."""
        return os.fstat(self._fd).st_nlink > 0


def open_durably(path: Path) -> DurableFile:
    """Open a file for writing; one that was not there is, durably and empty."""
    try:
        return DurableFile(os.open(path, _DURABLY))
    except FileNotFoundError:
        make_folder(path.parent)
        file = DurableFile(os.open(path, _DURABLY | os.O_CREAT, 0o644))
        sync(path.parent)
        return file


def write_all(fd: int, data: bytes) -> None:
    """Write bytes, however many calls it takes."""
    written = os.write(fd, data)
    while written < len(data):
        written += os.write(fd, data[written:])


def make_folder(folder: Path) -> None:
    """Make a folder that is still there, as its parents are, after a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


def sync(path: Path) -> None:
    """Make durable what anybody wrote to a file so far, or the entries of a folder."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
