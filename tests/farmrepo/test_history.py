"""A released version is what it was when it was released, whatever its lock says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from farmctl.farm.check import everything_wrong
from farmctl.farm.parts import Farm
from farmctl.model.diagnostics import Diagnostic, Severity

PATH = "profiles/petg/profile.yaml"
DOCUMENT = """schema: profile/v1
name: petg
program: prusaslicer
material: PETG
nozzle_mm: 0.4
quality: standard
classes: [cube]
versions:
"""
CLASS = """schema: class/v1
name: cube
program: prusaslicer
bed_mm: [200, 200]
height_mm: 200
nozzles_mm: [0.4]
capabilities: []
max_c: {nozzle: 260, bed: 100}
versions:
"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write(clone: Any, document: str = PATH, head: str = DOCUMENT, **versions: str) -> None:
    """Write a profile's versions, each `v1_8_2="settings"`, with the digests that fit."""
    lines = []
    for name, text in versions.items():
        version = name.removeprefix("v").replace("_", ".")
        clone.write(f"{document.rpartition('/')[0]}/{version}.ini", text)
        lines.append(f'  {version}: {{sha256: "{digest(text)}", state: released}}\n')
    clone.write(document, head + "".join(lines))


def release(clone: Any, **versions: str) -> str:
    write(clone, **versions)
    return str(clone.commit())


@pytest.fixture
def farm(clone: Any) -> Any:
    clone.write("profiles/classes/cube/class.yaml", "")
    write(clone, "profiles/classes/cube/class.yaml", CLASS, v1_0_0="bed_temperature = 60\n")
    return clone


def found(clone: Any, opened: Any, rev: str | None = None) -> list[Diagnostic]:
    farm = Farm(Path(clone.top), Path(clone.top) / ".farmctl")
    said = everything_wrong(farm, opened(clone), rev)
    return [each for each in said if each.code in ("release-rewritten", "history-shallow")]


def test_versions_that_stay_what_they_were_are_fine(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n")
    release(farm, v1_0_0="a = 1\n", v1_1_0="a = 2\n")
    assert found(farm, opened) == []


def test_settings_and_lock_changed_together_are_found_with_both_commits(
    farm: Any, opened: Any
) -> None:
    released = release(farm, v1_0_0="a = 1\n")
    release(farm, v1_0_0="a = 1\n", v1_1_0="a = 2\n")
    changed = release(farm, v1_0_0="a = 3\n", v1_1_0="a = 2\n")
    for rev in (None, "HEAD"):
        (each,) = found(farm, opened, rev)
        assert each.where == f"{PATH}:9:19"
        assert each.severity is Severity.ERROR
        assert f"commit {released[:12]} released petg@1.0.0" in each.message
        assert f"commit {changed[:12]} says something else" in each.message
        assert f"git checkout {released[:12]} -- profiles/petg/1.0.0.ini {PATH}" in each.mend


def test_a_change_that_is_not_committed_yet_is_found(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n")
    write(farm, v1_0_0="a = 3\n")
    (each,) = found(farm, opened)
    assert "the files say something else" in each.message
    assert found(farm, opened, "HEAD") == []


def test_a_class_is_held_to_its_releases_too(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n")
    path = "profiles/classes/cube/class.yaml"
    write(farm, path, CLASS, v1_0_0="bed_temperature = 90\n")
    (each,) = found(farm, opened)
    assert each.file == path
    assert "released cube@1.0.0" in each.message


def test_a_version_that_was_dropped_does_not_come_back_as_another(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n", v1_1_0="a = 2\n")
    release(farm, v1_0_0="a = 1\n")
    assert found(farm, opened) == []
    release(farm, v1_0_0="a = 1\n", v1_1_0="a = 9\n")
    assert len(found(farm, opened)) == 1


def test_a_profile_that_was_removed_does_not_come_back_as_another(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n")
    farm.git("rm", "-rq", "profiles/petg")
    farm.git("commit", "-qm", "gone")
    release(farm, v1_0_0="a = 9\n")
    assert len(found(farm, opened)) == 1


def test_a_change_that_was_taken_back_is_over(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n")
    release(farm, v1_0_0="a = 3\n")
    release(farm, v1_0_0="a = 1\n")
    assert found(farm, opened) == []


def test_a_change_on_a_branch_is_found_before_and_after_it_is_merged(
    farm: Any, opened: Any
) -> None:
    release(farm, v1_0_0="a = 1\n")
    farm.git("switch", "-qc", "side")
    release(farm, v1_0_0="a = 3\n")
    assert len(found(farm, opened)) == 1
    farm.git("switch", "-q", "main")
    farm.write("README.md", "x\n")
    farm.commit()
    assert found(farm, opened) == []
    farm.git("merge", "-q", "--no-ff", "-m", "merged", "side")
    assert len(found(farm, opened)) == 1


def test_a_branch_that_pretends_to_be_older_changes_nothing(
    farm: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A side branch with old dates, merged the other way round, is no earlier release."""
    root = farm.commit("class alone")
    release(farm, v1_0_0="a = 1\n")
    farm.git("switch", "-qc", "side", root)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_DATE", "2020-01-01T00:00:00Z")
    release(farm, v1_0_0="a = 3\n")
    farm.git("merge", "-q", "-s", "ours", "-m", "mine", "main")
    farm.git("switch", "-q", "main")
    farm.git("merge", "-q", "--ff-only", "side")
    assert "a = 3" in farm.read("profiles/petg/1.0.0.ini")
    assert len(found(farm, opened)) == 1


def test_a_merge_that_changes_a_release_by_itself_is_found(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n")
    farm.git("switch", "-qc", "side")
    farm.write("README.md", "x\n")
    farm.commit()
    farm.git("switch", "-q", "main")
    farm.git("merge", "-q", "--no-ff", "--no-commit", "side")
    release(farm, v1_0_0="a = 3\n")
    assert len(found(farm, opened)) == 1


def test_the_same_version_released_on_two_branches_is_found(farm: Any, opened: Any) -> None:
    release(farm, v1_0_0="a = 1\n")
    farm.git("switch", "-qc", "side")
    release(farm, v1_0_0="a = 1\n", v1_1_0="a = 2\n")
    farm.git("switch", "-q", "main")
    release(farm, v1_0_0="a = 1\n", v1_1_0="a = 3\n")
    farm.git("merge", "-q", "-s", "ours", "-m", "both", "side")
    (each,) = found(farm, opened)
    assert "petg@1.1.0" in each.message


def test_a_document_that_could_not_be_read_then_says_nothing(farm: Any, opened: Any) -> None:
    farm.write(PATH, "schema: [\n")
    farm.commit()
    release(farm, v1_0_0="a = 1\n")
    assert found(farm, opened) == []


def test_a_shallow_clone_says_what_it_does_not_know(
    farm: Any, opened: Any, new_clone: Any, tmp_path: Path
) -> None:
    release(farm, v1_0_0="a = 1\n")
    last = release(farm, v1_0_0="a = 3\n")
    shallow = type(farm)(tmp_path / "shallow")
    farm.git("clone", "-q", "--depth=1", f"file://{farm.top}", str(shallow.top))
    (each,) = found(shallow, opened)
    assert (each.code, each.severity) == ("history-shallow", Severity.NOTE)
    assert last[:12] in each.message
    assert "git fetch --unshallow" in each.mend
    shallow.git("fetch", "-q", "--unshallow")
    assert [each.code for each in found(shallow, opened)] == ["release-rewritten"]


def test_before_the_first_commit_there_is_nothing_to_compare(farm: Any, opened: Any) -> None:
    write(farm, v1_0_0="a = 1\n")
    assert found(farm, opened) == []


@pytest.mark.parametrize(
    "versions",
    [
        """versions: {1.0.0: {sha256: "%s", state: released}}\n""",
        """versions:\n  "1.0.0": {state: released, sha256: '%s'}\n""",
        """versions:\n  1.0.0:\n    sha256: "%s"\n    state: released\n    notes: cooler\n""",
        """versions:\n  # the first\n  1.0.0: {sha256: "%s", state: released}\n""",
        """versions:\n    1.0.0:\n        state: released\n        sha256: "%s"\n""",
    ],
)
def test_a_release_is_found_however_its_document_was_written(
    farm: Any, opened: Any, versions: str
) -> None:
    farm.write("profiles/petg/1.0.0.ini", "a = 1\n")
    farm.write(PATH, DOCUMENT.removesuffix("versions:\n") + versions % digest("a = 1\n"))
    farm.commit()
    release(farm, v1_0_0="a = 3\n")
    assert len(found(farm, opened)) == 1


def test_what_only_looks_like_a_release_is_none(farm: Any, opened: Any) -> None:
    """A note that names another digest for a version to come is no record of it."""
    note = f'1.1.0: {{sha256: "{digest("a = 9")}", state: released}}'
    text = f"""{DOCUMENT}  1.0.0:
    sha256: "{digest("a = 1")}"
    state: released
    notes: >-
      {note}
"""
    farm.write("profiles/petg/1.0.0.ini", "a = 1")
    farm.write(PATH, text)
    farm.commit()
    release(farm, v1_0_0="a = 1", v1_1_0="a = 2")
    release(farm, v1_0_0="a = 1", v1_1_0="a = 9")
    assert len(found(farm, opened)) == 1
