"""What golden models say of a version stands in its promotion and its rollback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.promoting import NAME, NEW, PIN, follow, release
from tests.cli.test_ci import CUBE, with_golden
from tests.cli.test_ci import PLA as STANDARD
from tests.farmrepo.forge_server import PROJECT, TOKEN, forge_on_loopback
from tests.floor.small_farm import Typed, commit_all, git, make_farm, type_in

pytestmark = pytest.mark.slicer

BRANCH = f"farmctl/promote-{NAME}-{NEW}"
BACK = f"farmctl/rollback-{NAME}-1.0.0"
OF_CUBE = CUBE.replace(STANDARD, NAME).replace("change: 1%", "change: 9%")
SLICES = ".farmctl/ci/slices"


@pytest.fixture(scope="module")
def unmeasured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm with a golden model and a second version; nothing was ever measured."""
    folder = make_farm(tmp_path_factory.mktemp("golden") / "farm")
    with_golden(folder, OF_CUBE)
    commit_all(folder, "golden")
    release(folder, changes="temperature = 205\nexternal_perimeter_speed = 25\n")
    return folder


@pytest.fixture(scope="module")
def recorded(unmeasured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with the baselines of both versions, and no slice here."""
    folder = _copy(unmeasured, tmp_path_factory.mktemp("recorded"))
    done = type_in(folder, "ci", "--base", "HEAD~1", "--update-baselines")
    assert f"recorded: golden_models/baselines/{NAME}/{NEW}.json" in done.out, done.out + done.err
    commit_all(folder, "baselines")
    shutil.rmtree(folder / ".farmctl")
    return folder


def _copy(folder: Path, into: Path) -> Path:
    return Path(shutil.copytree(folder, into / "farm", symlinks=True))


@pytest.fixture
def farm(unmeasured: Path, tmp_path: Path) -> Path:
    return _copy(unmeasured, tmp_path)


@pytest.fixture
def known(recorded: Path, tmp_path: Path) -> Path:
    return _copy(recorded, tmp_path)


def promote(farm: Path, *more: str) -> Typed:
    return type_in(farm, "profile", "promote", PIN, *more)


def rollback(farm: Path, *more: str) -> Typed:
    return type_in(farm, "profile", "rollback", NAME, *more)


def message(farm: Path, branch: str = BRANCH) -> str:
    return git(farm, "log", "-1", "--format=%B", branch)


def golden_line(text: str) -> str:
    (found,) = [row for row in text.splitlines() if row.lower().startswith("golden models: ")]
    return found.partition(": ")[2]


def test_a_promotion_measures_what_nobody_measured_and_says_it(farm: Path) -> None:
    done = promote(farm)
    assert done.code == 0, done.err
    said = golden_line(message(farm))
    assert said.startswith("1 measured, 0 out of bounds; time +")
    assert ", biggest change: cube on generic-250: " in said
    assert golden_line(done.err) == said
    slices = sorted(each.name for each in (farm / SLICES).iterdir())
    assert len(slices) == 2
    git(farm, "branch", "-D", BRANCH)
    assert golden_line(promote(farm).err) == said
    assert sorted(each.name for each in (farm / SLICES).iterdir()) == slices


def test_what_is_recorded_of_both_is_not_sliced(known: Path) -> None:
    done = promote(known)
    assert done.code == 0, done.err
    assert golden_line(done.err).startswith("1 measured, 0 out of bounds; time +")
    assert not (known / ".farmctl/ci").exists()


def test_what_is_recorded_and_what_is_measured_say_the_same(
    farm: Path, recorded: Path, tmp_path: Path
) -> None:
    known = _copy(recorded, tmp_path / "known")
    assert golden_line(promote(farm).err) == golden_line(promote(known).err)


def test_what_is_out_of_bounds_is_named_and_a_person_decides(farm: Path) -> None:
    release(farm, "1.2.0", "temperature = 240\n")
    done = type_in(farm, "profile", "promote", f"{NAME}@1.2.0")
    assert done.code == 0, done.err
    text = message(farm, f"farmctl/promote-{NAME}-1.2.0")
    assert golden_line(text).startswith("1 measured, 1 out of bounds; ")
    named = "  cube on generic-250: golden-range: hottest nozzle is 240 °C, not 190..230 °C"
    assert named in text
    assert named in done.err


def test_a_canary_says_it_too(known: Path) -> None:
    done = promote(known, "--channel", "canary", "--plates", "1", "-o", "json")
    assert done.code == 0, done.err
    found = json.loads(done.out)["golden"]
    assert (found["version"], found["against"]) == (NEW, "1.0.0")
    assert (found["good"], found["models"], found["measured"]) == (True, 1, 1)
    assert found["said"] == golden_line(message(known))


def test_a_farm_without_golden_models_says_nothing_of_them(farm: Path) -> None:
    git(farm, "rm", "-q", "-r", "golden_models")
    commit_all(farm, "none")
    done = promote(farm, "-o", "json")
    assert json.loads(done.out)["golden"] is None
    assert "olden models" not in message(farm)


def test_one_that_counts_for_other_profiles_is_none(farm: Path) -> None:
    with_golden(farm, CUBE)
    commit_all(farm, "another's")
    assert json.loads(promote(farm, "-o", "json").out)["golden"] is None


def test_a_slicer_that_is_not_here_keeps_nobody_from_promoting(farm: Path) -> None:
    document = (farm / "farm.yaml").read_text()
    digest = document.partition("sha256:")[2][:64]
    other, catalogues = digest[::-1], farm / "profiles/slicers"
    (farm / "farm.yaml").write_text(document.replace(digest, other))
    (catalogues / f"{digest}.ini").rename(catalogues / f"{other}.ini")
    commit_all(farm, "another slicer")
    done = promote(farm)
    assert done.code == 0, done.err
    assert golden_line(done.err) == "0 of 1 measured, 1 not sliced, 0 out of bounds"
    assert "  cube on generic-250: slicer-not-pinned: " in message(farm)


def test_a_platform_without_a_pinned_slicer_is_said(farm: Path) -> None:
    text = (farm / "farm.yaml").read_text()
    (farm / "farm.yaml").write_text(text.replace("linux-x86_64", "plan9-vax"))
    commit_all(farm, "another platform")
    done = promote(farm)
    assert done.code == 0, done.err
    assert golden_line(done.err).startswith("not looked at: no prusaslicer is pinned for linux-")
    assert not json.loads(type_in(farm, "profile", "show", NAME, "-o", "json").out)["items"][0][
        "qualified"
    ]


def test_a_mesh_that_moved_is_said(farm: Path) -> None:
    with_golden(farm, OF_CUBE.replace("size_mm: 20}", "size_mm: 12}"))
    commit_all(farm, "another size")
    done = promote(farm)
    assert done.code == 0, done.err
    assert "golden-not-sliceable: cube is another shape than the pinned one" in message(farm)


def test_a_rollback_slices_nothing_and_says_what_is_not_known(farm: Path) -> None:
    assert promote(farm, "--direct").code == 0
    shutil.rmtree(farm / ".farmctl")
    done = rollback(farm)
    assert done.code == 0, done.err
    assert golden_line(done.err) == "1.0.0 is not measured"
    assert golden_line(message(farm, BACK)) == "1.0.0 is not measured"
    assert not (farm / ".farmctl/ci").exists()


def test_a_rollback_says_what_is_recorded(known: Path) -> None:
    assert promote(known, "--direct").code == 0
    done = rollback(known)
    assert done.code == 0, done.err
    said = golden_line(message(known, BACK))
    assert said.startswith("1 measured, 0 out of bounds; time -")
    assert golden_line(done.err) == said
    assert not (known / ".farmctl/ci").exists()


def test_a_rollback_says_what_was_sliced_here_before(farm: Path) -> None:
    assert promote(farm, "--direct").code == 0
    slices = sorted(each.name for each in (farm / SLICES).iterdir())
    said = golden_line(rollback(farm).err)
    assert said.startswith("1 measured, 0 out of bounds; time -")
    assert sorted(each.name for each in (farm / SLICES).iterdir()) == slices


def test_golden_models_that_cannot_be_read_keep_nobody_from_a_rollback(known: Path) -> None:
    assert promote(known, "--direct").code == 0
    place = known / f"golden_models/baselines/{NAME}/1.0.0.json"
    place.write_text(place.read_text()[:100])
    (known / "golden_models/broken.yaml").write_text("schema: golden/v1\nname: [\n")
    commit_all(known, "damaged")
    done = rollback(known)
    assert done.code == 0, done.err
    assert golden_line(done.err) == "1.0.0 is not measured"


def test_a_pull_request_carries_it(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with forge_on_loopback("github") as forge:
        token = "{env: FARM_FORGE_TOKEN}"
        monkeypatch.setenv("FARM_FORGE_TOKEN", TOKEN)
        words = f"{{kind: github, url: '{forge.url}', project: {PROJECT}, token: {token}}}"
        follow(known, words)
        done = promote(known)
        assert done.code == 0, done.err
        (posted,) = forge.posted
    assert f"Golden models: {golden_line(done.err)}" in str(posted)


def shown(farm: Path) -> tuple[bool, str]:
    (row,) = json.loads(type_in(farm, "profile", "show", NAME, "-o", "json").out)["items"]
    return row["qualified"], row["qualified_why"]


def test_a_version_is_qualified_where_its_golden_models_are_recorded_and_hold(
    printed: Path,
) -> None:
    assert shown(printed) == (True, "3 of 1 good parts")
    with_golden(printed, OF_CUBE)
    commit_all(printed, "golden")
    assert shown(printed) == (False, "3 of 1 good parts, golden models not recorded")
    assert type_in(printed, "ci", "--base", "HEAD~1", "--update-baselines").code == 0
    assert shown(printed) == (True, "3 of 1 good parts")
    with_golden(printed, OF_CUBE.replace("190..230", "190..200"))
    assert shown(printed) == (False, "3 of 1 good parts, golden models out of bounds")
    assert "golden models out of" in type_in(printed, "profile", "show", NAME).out
    with_golden(printed, CUBE)
    assert shown(printed) == (True, "3 of 1 good parts")
