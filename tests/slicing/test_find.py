from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.slicing.find import Found, find
from farmctl.system.disk import RealDisk

pytestmark = pytest.mark.pure


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_slicers_are_found_on_the_path_and_as_app_images_best_first(tmp_path: Path) -> None:
    image = touch(tmp_path / "home/Apps/PrusaSlicer-2.9.1+linux-x64.AppImage")
    touch(tmp_path / "home/Apps/Cura.AppImage")
    flatpak = touch(tmp_path / "home/.local/share/flatpak/exports/bin/com.prusa3d.PrusaSlicer")
    on_path = touch(tmp_path / "bin/prusa-slicer")
    found = find(f"{tmp_path}/none:{tmp_path}/bin:relative", tmp_path / "home", RealDisk())
    ours = [each for each in found if each.path.is_relative_to(tmp_path)]
    assert ours == [Found(on_path, "PATH"), Found(image, "AppImage"), Found(flatpak, "flatpak")]


def test_a_folder_that_is_twice_on_the_path_is_one_find(tmp_path: Path) -> None:
    touch(tmp_path / "bin/prusa-slicer")
    found = find(f"{tmp_path}/bin:{tmp_path}/bin", tmp_path, RealDisk())
    assert [each.path for each in found].count(tmp_path / "bin/prusa-slicer") == 1
