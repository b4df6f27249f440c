"""A folder that takes nothing, said by name: a disk that is full, or who may not write there."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farmctl.ci.outcome import Failed
from farmctl.errors import FarmctlError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class FolderFailed(FarmctlError):  # noqa: N818 - reads as what it says
    """A folder of `farmctl ci` takes nothing: nothing is said of the change.

    Args:
        failed: The stable code, what is wrong, and the mend.
    """

    def __init__(self, failed: Failed) -> None:
        super().__init__(f"{failed.message} ({failed.code})", failed.mend)
        self.code = failed.code


def disk_failed(error: OSError, folder: Path | str) -> Failed:
    """Return what is wrong with a folder: disk-full, folder-read-only, or disk-failed."""
    said = f"{folder}: {error.strerror or error}"
    if error.errno in _FULL:
        return Failed("disk-full", said, "make room on the disk, or take another: --cache DIR")
    if error.errno in _FORBIDDEN:
        return Failed("folder-read-only", said, "let this user write there, or name another folder")
    return Failed("disk-failed", said, "look at the folder and its disk, or name another folder")


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Raise FolderFailed where a block cannot write into a folder."""
    try:
        yield
    except OSError as error:
        raise FolderFailed(disk_failed(error, folder)) from error
