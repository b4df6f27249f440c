from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from farmctl.errors import SlicerFailed
from farmctl.slicing.pin import SlicerPin, pin_program, platform
from farmctl.slicing.seat import Seat
from farmctl.system.disk import RealDisk
from farmctl.system.processes import Finished, Limits

pytestmark = pytest.mark.pure


class Loader:
    """Processes where `ldd` names the given libraries."""

    def __init__(self, *libraries: Path) -> None:
        self.libraries = libraries
        self.started = 0

    def run(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], limits: Limits
    ) -> Finished:
        assert argv[0] == "ldd"
        self.started += 1
        lines = [f"\t{path.name} => {path} (0x00007f544abe4d80)" for path in self.libraries]
        return Finished(0, "\n".join(["\tlinux-vdso.so.1 (0x00007ffd)", *lines]), "")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "slicer"
    path.write_bytes(b"machine code")
    (tmp_path / "libc.so").write_bytes(b"library")
    return path


@pytest.fixture
def loader(program: Path) -> Loader:
    return Loader(program.parent / "libc.so")


def pin(program: Path, loader: Loader, version: str = "1.0") -> SlicerPin:
    seat = Seat(program, program.parent / "memory", RealDisk(), loader)
    return pin_program("prusaslicer", seat, lambda: version)


def test_a_second_pin_starts_nothing(program: Path, loader: Loader) -> None:
    first = pin(program, loader)
    assert loader.started == 1
    assert pin(program, loader, "never asked") == first
    assert loader.started == 1
    assert (first.program, first.version, first.platform) == ("prusaslicer", "1.0", platform())


def test_another_program_and_another_library_are_other_slicers(
    program: Path, loader: Loader
) -> None:
    digests = {pin(program, loader).digest}
    program.write_bytes(b"machine code, mended")
    digests.add(pin(program, loader).digest)
    (program.parent / "libc.so").write_bytes(b"library, mended")
    digests.add(pin(program, loader).digest)
    assert len(digests) == 3


def test_a_change_that_keeps_size_and_time_is_seen_by_the_inode(
    program: Path, loader: Loader
) -> None:
    before = pin(program, loader)
    stat = program.stat()
    other = program.with_name("other")
    other.write_bytes(b"MACHINE CODE")
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(program)
    assert pin(program, loader).digest != before.digest


def test_where_the_same_files_lie_does_not_matter(
    program: Path, loader: Loader, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere" / "slicer"
    moved.parent.mkdir()
    moved.write_bytes(program.read_bytes())
    assert pin(moved, loader).digest == pin(program, loader).digest


def test_a_damaged_memory_is_made_again(program: Path, loader: Loader) -> None:
    first = pin(program, loader)
    for remembered in (program.parent / "memory").iterdir():
        remembered.write_bytes(b"{")
    assert pin(program, loader) == first


def test_a_missing_program_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SlicerFailed) as caught:
        pin(tmp_path / "none", Loader())
    assert caught.value.code == "slicer-missing"
    assert "apt install prusa-slicer" in caught.value.mend
