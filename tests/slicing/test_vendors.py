"""Where the bundles of a slicer are found, however it was installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.slicing.vendors import bundle_files, vendor_folders
from farmctl.system.disk import RealDisk

pytestmark = pytest.mark.pure

DISK = RealDisk()


@pytest.mark.parametrize(
    ("program", "bundles"),
    [
        ("usr/bin/prusa-slicer", "usr/share/PrusaSlicer/profiles"),
        ("opt/PrusaSlicer/bin/prusa-slicer", "opt/PrusaSlicer/resources/profiles"),
        ("opt/PrusaSlicer/prusa-slicer", "opt/PrusaSlicer/resources/profiles"),
        ("PrusaSlicer.app/Contents/MacOS/PrusaSlicer", "PrusaSlicer.app/Contents/Resources/profiles"),
        (
            "var/lib/flatpak/exports/bin/com.prusa3d.PrusaSlicer",
            "var/lib/flatpak/app/com.prusa3d.PrusaSlicer/current/active/files/share/PrusaSlicer/profiles",
        ),
        ("home/mia/Apps/PrusaSlicer.AppImage", "home/mia/.config/PrusaSlicer/vendor"),
    ],
)  # fmt: skip
def test_bundles_are_found_from_the_program(tmp_path: Path, program: str, bundles: str) -> None:
    folder = tmp_path / bundles
    folder.mkdir(parents=True)
    (folder / "Acme.ini").write_text("[vendor]\nname = Acme\n")
    (folder / "Acme.idx").write_text("1.0.0\n")
    places = vendor_folders(tmp_path / program, tmp_path / "home/mia")
    found = [each for place in places for each in bundle_files(place, DISK)]
    assert [each.resolve() for each in found] == [folder / "Acme.ini"]


def test_a_link_to_the_program_leads_there_too(tmp_path: Path) -> None:
    program = tmp_path / "opt/PrusaSlicer/bin/prusa-slicer"
    program.parent.mkdir(parents=True)
    program.touch()
    folder = tmp_path / "opt/PrusaSlicer/resources/profiles"
    folder.mkdir(parents=True)
    (folder / "Acme.ini").touch()
    link = tmp_path / "bin/prusa-slicer"
    link.parent.mkdir()
    link.symlink_to(program)
    assert any(bundle_files(each, DISK) for each in vendor_folders(link, tmp_path))


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert bundle_files(tmp_path / "gone", DISK) == ()
