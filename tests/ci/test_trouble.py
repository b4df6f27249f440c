"""A folder that takes nothing is named with what helps, whatever the system calls it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from farmctl.ci.keeping import in_use
from farmctl.ci.trouble import FolderFailed, disk_failed, kept_in
from farmctl.ci.workplace import Workplace
from farmctl.errors import Exit
from farmctl.system.disk import RealDisk
from farmctl.testing.disk import SimulatedDisk

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EFBIG, "disk-full"),
        (errno.EACCES, "folder-read-only"),
        (errno.EPERM, "folder-read-only"),
        (errno.EROFS, "folder-read-only"),
        (errno.EIO, "disk-failed"),
        (errno.ENOLCK, "disk-failed"),
        (errno.ENOTDIR, "disk-failed"),
    ],
)
def test_every_kind_has_a_name_and_a_mend(number: int, code: str) -> None:
    failed = disk_failed(OSError(number, os.strerror(number)), "/cache")
    assert (failed.code, failed.message) == (code, f"/cache: {os.strerror(number)}")
    assert failed.mend
    with (
        pytest.raises(FolderFailed, match=rf"/cache: .* \({code}\)") as raised,
        kept_in(Path("/cache")),
    ):
        raise OSError(number, os.strerror(number))
    assert (raised.value.code, raised.value.exit) == (code, Exit.FAILED)


def test_a_disk_that_is_full_keeps_no_mesh() -> None:
    disk = SimulatedDisk()
    disk.room_b = 100
    workplace = Workplace(Path("/cache"), disk)
    with pytest.raises(FolderFailed, match="No space left on device"), kept_in(workplace.folder):
        workplace.store.put(b"m" * 101)
    assert not workplace.disk.list(Path("/cache/slices"))


def test_a_file_where_the_folder_should_be_is_seen_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    workplace = Workplace(tmp_path / "cache", RealDisk())
    with pytest.raises(FolderFailed, match="disk-failed"), in_use(workplace):
        raise AssertionError("it is not begun")
