"""The hook that `farmctl init` writes for pre-commit, run by git as pre-commit runs it."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from farmctl.farmrepo.pull_requests import PRE_COMMIT, check_files
from tests.cli.ci_runner import environment, parsed
from tests.floor.small_farm import ROOT, git, type_in

pytestmark = pytest.mark.pure

WRONG = "colour: red\n"


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    """A new farm whose hook is what the configuration says is to be called."""
    folder = tmp_path / "farm"
    assert type_in(tmp_path, "init", str(folder)).code == 0
    config = parsed(folder / PRE_COMMIT)
    for hook in config["repos"][0]["hooks"]:
        (stage,) = hook["stages"]
        assert stage in config["default_install_hook_types"]
        place = folder / ".git/hooks" / stage
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"#!/bin/sh\nexec {shlex.join(shlex.split(hook['entry']))}\n")
        place.chmod(0o755)
    return folder


def commit(folder: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        ["git", "-C", str(folder), "commit", "-q", "-m", "x", *words],
        env={
            **environment(folder.parents[0], {"GIT_CONFIG_GLOBAL": "/dev/null"}),
            **{
                f"GIT_{role}_{what}": "ada"
                for role in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


@pytest.mark.parametrize("words", [["-a"], ["farm.yaml"]])
def test_a_document_that_is_wrong_is_not_committed(farm: Path, words: list[str]) -> None:
    head = git(farm, "rev-parse", "HEAD")
    add(farm / "farm.yaml", WRONG)
    code, said = commit(farm, *words)
    assert code == 1
    assert "farm.yaml:" in said
    assert "`colour` is not known here" in said
    assert git(farm, "rev-parse", "HEAD") == head


def test_a_good_change_is_committed(farm: Path) -> None:
    add(farm / "farm.yaml", "# a word\n")
    assert commit(farm, "-a")[0] == 0
    assert git(farm, "log", "-1", "--format=%s") == "x"


def test_a_document_that_is_needed_and_gone_is_missed(farm: Path) -> None:
    git(farm, "rm", "-q", "policies/default.yaml")
    code, said = commit(farm)
    assert code == 1
    assert "default" in said


def test_it_looks_at_the_work_tree_that_the_commit_is_made_in(farm: Path) -> None:
    other = farm.with_name("other")
    git(farm, "worktree", "add", "-q", "-b", "other", str(other))
    add(other / "farm.yaml", WRONG)
    assert commit(other, "-a")[0] == 1
    add(farm / "farm.yaml", "# a word\n")
    assert commit(farm, "-a")[0] == 0


def test_what_golden_models_are_out_of_is_not_pushed(farm: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    git(farm, "remote", "add", "origin", str(bare))
    assert pushed(farm) == (0, "")
    text = "schema: golden/v1\nname: cube\nmodel: {shape: dodo}\n"
    (farm / "golden_models").mkdir()
    (farm / "golden_models/cube.yaml").write_text(text)
    git(farm, "add", "golden_models")
    git(farm, "commit", "-q", "--no-verify", "-m", "x")
    code, said = pushed(farm)
    assert code == 1
    assert "golden_models/cube.yaml:3" in said


def pushed(folder: Path) -> tuple[int, str]:
    """Push, and return the code and what farmctl said that is not good."""
    done = subprocess.run(
        ["git", "-C", str(folder), "push", "-q", "origin", "HEAD:main"],
        env=environment(folder.parents[0], {"GIT_CONFIG_GLOBAL": "/dev/null"}),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, "" if done.returncode == 0 else done.stdout + done.stderr


def test_farmctl_s_own_commits_run_no_hook(farm: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    (farm / ".git/hooks/pre-commit").write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    add(farm / "farm.yaml", "# a word\n")
    assert type_in(farm, "commit", "-m", "a word").code == 0
    assert not marker.exists()


def test_the_hook_is_offered_to_those_who_let_pre_commit_install_farmctl() -> None:
    raw = check_files("debian:12", "0.1.0")[PRE_COMMIT]
    (local,) = YAML(typ="safe").load(raw)["repos"]
    assert local["repo"] == "local"
    for hook, offered in zip(local["hooks"], parsed(ROOT / ".pre-commit-hooks.yaml"), strict=True):
        assert (hook.pop("language"), offered.pop("language")) == ("system", "python")
        assert offered.pop("description")
        assert hook == offered
