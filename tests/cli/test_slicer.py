"""`slicer pin` and `slicer list`: one build by its bytes, and nothing else slices."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from farmctl.slicing import catalogue
from tests.floor.small_farm import git, make_farm, type_in

pytestmark = pytest.mark.slicer

DEBIAN = Path("/usr/bin/prusa-slicer")


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    return make_farm(tmp_path / "farm")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    assert type_in(tmp_path, "init", str(tmp_path / "new")).code == 0
    return tmp_path / "new"


def copy_of(path: Path) -> Path:
    """Another build: the same program behind a script, so that its bytes differ."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {shutil.which("prusa-slicer")} "$@"\n')
    path.chmod(0o755)
    return path


def pinned(farm: Path) -> list[dict[str, str]]:
    found = json.loads(type_in(farm, "slicer", "list", "-o", "json").out)
    assert found["schema"] == "farmctl.slicers/v1"
    return [each for each in found["items"] if each["name"]]


def test_pin_names_the_build_and_keeps_its_catalogue(empty: Path) -> None:
    done = type_in(empty, "slicer", "pin")
    assert done.code == 0, done.err
    assert done.err.startswith("pinned prusaslicer 2.5.0")
    assert git(empty, "log", "-1", "--format=%s").startswith("slicers: 2.5.0")
    assert git(empty, "status", "--porcelain") == ""
    (each,) = pinned(empty)
    assert each["name"] == "default"
    raw = (empty / f"profiles/slicers/{each['digest'].removeprefix('sha256:')}.ini").read_bytes()
    known = catalogue.read(raw, "catalogue")
    assert len(known.defaults) > 200
    assert known.knows("layer_height")
    assert each["digest"] in (empty / "farm.yaml").read_text()
    assert type_in(empty, "validate").code == 0


def test_a_sample_has_the_slicer_of_this_machine_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    assert type_in(tmp_path, "init", str(folder), "--sample").code == 0
    (each,) = pinned(folder)
    assert each["path"] == str(DEBIAN)
    (catalogue_file,) = (folder / "profiles/slicers").iterdir()
    assert catalogue_file.stem == each["digest"].removeprefix("sha256:")


def test_pinning_the_same_build_again_commits_nothing(farm: Path) -> None:
    before = git(farm, "rev-parse", "HEAD")
    done = type_in(farm, "slicer", "pin")
    assert done.code == 0
    assert "is pinned already" in done.err
    assert git(farm, "rev-parse", "HEAD") == before


def test_another_build_replaces_the_pin_and_slices(farm: Path, tmp_path: Path) -> None:
    (before,) = pinned(farm)
    other = copy_of(tmp_path / "Apps/slicer.sh")
    done = type_in(farm, "slicer", "pin", str(other))
    assert done.code == 0, done.err
    (after,) = pinned(farm)
    assert after["digest"] != before["digest"]
    assert after["path"] == str(other)
    done = type_in(
        farm, "slice", str(farm / "models/box.stl"), "--profile", "pla-0.4-draft", "-o", "json"
    )
    assert done.code == 0, done.err
    assert json.loads(done.out)["slicer"] == after["digest"]


def test_the_pinned_build_slices_also_when_another_is_found_first(
    farm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = copy_of(tmp_path / "bin/prusa-slicer")
    monkeypatch.setenv("PATH", f"{first.parent}:/usr/bin:/bin")
    (each,) = pinned(farm)
    assert each["path"] == str(DEBIAN)
    done = type_in(farm, "slice", str(farm / "models/box.stl"), "--profile", "pla-0.4-draft")
    assert done.code == 0, done.err


def test_something_that_is_no_slicer_is_not_pinned_and_in_nobodys_way(
    farm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bin/prusa-slicer"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\necho hello\n")
    path.chmod(0o755)
    done = type_in(farm, "slicer", "pin", str(path))
    assert done.code == 5
    assert "does not say that it is PrusaSlicer" in done.err
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
    done = type_in(farm, "slice", str(farm / "models/box.stl"), "--profile", "pla-0.4-draft")
    assert done.code == 0, done.err
    assert "does not say that it is PrusaSlicer" in type_in(farm, "slicer", "list").out


def test_a_path_where_nothing_is_is_said(farm: Path) -> None:
    done = type_in(farm, "slicer", "pin", str(farm / "gone"))
    assert done.code == 5
    assert "there is no slicer at" in done.err
    assert git(farm, "status", "--porcelain") == ""


def test_without_any_slicer_the_mend_is_to_install_one(
    empty: Path, farm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(str(shutil.which("git")))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    done = type_in(empty, "slicer", "pin")
    assert done.code == 5
    assert "sudo apt-get install prusa-slicer" in done.err
    done = type_in(farm, "slice", str(farm / "models/box.stl"), "--profile", "pla-0.4-draft")
    assert done.code == 5
    assert "no prusaslicer is installed here" in done.err
    assert "none is pinned" in type_in(empty, "slicer", "list").err


def test_list_shows_what_is_here_and_what_is_pinned(farm: Path) -> None:
    lines = type_in(farm, "slicer", "list").out.splitlines()
    assert lines[0].split() == ["PINNED", "AS", "PROGRAM", "VERSION", "DIGEST", "WHERE"]
    (row,) = (line for line in lines if line.startswith("default"))
    assert row.split()[1] == "prusaslicer"
    assert row.split()[-1] == str(DEBIAN)
    assert str(DEBIAN) in type_in(farm, "slicer", "list", "-o", "name").out.split()


def test_a_build_pinned_elsewhere_is_listed_without_a_place(farm: Path) -> None:
    text = (farm / "farm.yaml").read_text().replace("linux-x86_64:", "macos-arm64:")
    (farm / "farm.yaml").write_text(text)
    rows = [line.split(None, 2) for line in type_in(farm, "slicer", "list").out.splitlines()]
    assert "not pinned for linux-x86_64" in " ".join(
        " ".join(row) for row in rows if row[0] == "default"
    )
    type_in(farm, "commit", "-m", "elsewhere")
    assert type_in(farm, "slicer", "pin").code == 0
    text = (farm / "farm.yaml").read_text()
    assert "macos-arm64" in text
    assert "linux-x86_64" in text
