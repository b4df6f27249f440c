"""The jobs that `farmctl init` writes for forges: what they may, and what they do."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from farmctl import __version__
from farmctl.farmrepo.pull_requests import CHECKS, GITHUB, GITLAB, check_files
from tests.cli.ci_runner import Ended, Runner, parsed
from tests.cli.test_ci import CUBE, PLA
from tests.cli.test_profile_diff import draft
from tests.cli.test_profile_hostile import planted
from tests.floor.small_farm import commit_all, git, type_in


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm as `farmctl init --sample` makes it, with one small golden model."""
    folder = tmp_path_factory.mktemp("pull") / "farm"
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        assert type_in(folder.parent, "init", str(folder), "--sample").code == 0
        shutil.rmtree(folder / "golden_models")
        (folder / "golden_models").mkdir()
        (folder / "golden_models/cube.yaml").write_text(CUBE)
        commit_all(folder, "one golden model")
    return folder


@pytest.fixture
def origin(made: Path, tmp_path: Path) -> Path:
    """The same for one test, on a branch that begins at main."""
    folder = Path(shutil.copytree(made, tmp_path / "origin", symlinks=True))
    git(folder, "switch", "-q", "-c", "change")
    return folder


@pytest.fixture
def runner(origin: Path, tmp_path: Path) -> Runner:
    (tmp_path / "runner").mkdir()
    return Runner(tmp_path / "runner", origin)


Job = Callable[[Runner], Ended]
JOBS: dict[str, Job] = {
    "github": lambda runner: runner.github("main", "change"),
    "gitlab": lambda runner: runner.gitlab("main", "change"),
}
each_forge = pytest.mark.parametrize("job", JOBS.values(), ids=JOBS.keys())


@pytest.fixture
def workflow(tmp_path: Path) -> Any:
    return parsed(_written(tmp_path, GITHUB))


def _written(folder: Path, path: str) -> Path:
    place = folder / Path(path).name
    place.write_bytes(check_files("debian:12", "0.1.0")[path])
    return place


@pytest.mark.pure
@pytest.mark.parametrize("path", CHECKS)
def test_no_file_asks_for_a_secret_or_runs_with_the_base_s_rights(path: str) -> None:
    text = check_files("debian:12", "0.1.0")[path].decode()
    for word in ("secrets", "pull_request_target", "TOKEN", "token", "workflow_run", "inherit"):
        assert word not in text
    assert "@" not in re.sub(r"actions/[a-z-]+@[0-9a-f]{40}", "", text), "a mark is left"


@pytest.mark.pure
def test_the_workflow_may_read_and_nothing_else(workflow: Any) -> None:
    assert workflow["on"] == {"pull_request": None}
    assert workflow["permissions"] == {"contents": "read"}
    assert list(workflow["jobs"]) == ["farmctl"]
    assert "permissions" not in workflow["jobs"]["farmctl"]


@pytest.mark.pure
def test_actions_are_pinned_and_the_checkout_keeps_no_credentials(workflow: Any) -> None:
    steps = workflow["jobs"]["farmctl"]["steps"]
    used = [each["uses"] for each in steps if "uses" in each]
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each) for each in used)
    (checkout,) = [each["with"] for each in steps if "checkout" in each.get("uses", "")]
    assert checkout["persist-credentials"] is False
    assert checkout["fetch-depth"] == 0


@pytest.mark.pure
def test_nothing_of_an_event_is_spliced_into_a_shell(workflow: Any) -> None:
    steps = workflow["jobs"]["farmctl"]["steps"]
    assert [each["run"] for each in steps if "${{" in each.get("run", "")] == []


@pytest.mark.pure
def test_all_is_installed_before_the_pull_request_is_there(workflow: Any) -> None:
    steps = workflow["jobs"]["farmctl"]["steps"]
    (at,) = [number for number, each in enumerate(steps) if "checkout" in each.get("uses", "")]
    for number, each in enumerate(steps):
        assert ("install" in each.get("run", "")) == (number < at)
    assert workflow["jobs"]["farmctl"]["env"]["FARMCTL"] == "farmctl==0.1.0"


@pytest.mark.pure
def test_gitlab_runs_for_merge_requests_alone_with_all_history(tmp_path: Path) -> None:
    found = parsed(_written(tmp_path, GITLAB))
    assert list(found) == ["farmctl"]
    job = found["farmctl"]
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["reports"] == {"junit": "farmctl-report/junit.xml"}
    lines = job["before_script"]
    installed = [number for number, each in enumerate(lines) if "install" in each]
    assert lines.index("cd /") < min(installed)
    assert max(installed) < lines.index('cd "$CI_PROJECT_DIR"')


@pytest.mark.pure
def test_the_image_and_the_version_are_those_of_the_machine_that_made_the_farm(made: Path) -> None:
    job = parsed(made / GITHUB)["jobs"]["farmctl"]
    assert job["env"]["FARMCTL"] == f"farmctl=={__version__}"
    assert re.fullmatch(r"(debian|ubuntu):[\d.]+", job["container"])
    assert parsed(made / GITLAB)["farmctl"]["image"] == job["container"]


@each_forge
@pytest.mark.slicer
def test_a_good_change_passes_with_its_report(origin: Path, runner: Runner, job: Job) -> None:
    draft(origin, "seam_position = rear", name=PLA)
    commit_all(origin, "another seam")
    ended = job(runner)
    assert ended.code == 0, ended.said
    assert "good: 1 changed" in ended.said
    assert f"pipx install farmctl=={__version__} in /\n" in ended.installed
    assert all(line.endswith(" in /") for line in ended.installed.splitlines())


@each_forge
@pytest.mark.slicer
def test_a_figure_out_of_its_bounds_fails_the_job(origin: Path, runner: Runner, job: Job) -> None:
    draft(origin, "temperature = 240", name=PLA)
    commit_all(origin, "hotter")
    ended = job(runner)
    assert ended.code == 1, ended.said
    assert "golden-range: hottest nozzle is 240 °C, not 190..230 °C" in ended.said


@pytest.mark.slicer
def test_the_summary_and_the_merge_request_s_tests_say_what_is_wrong(
    origin: Path, runner: Runner
) -> None:
    draft(origin, "temperature = 240", name=PLA)
    commit_all(origin, "hotter")
    assert runner.github("main", "change").summary.startswith("## ❌ farmctl ci: not good")
    shutil.rmtree(runner.root / "work")
    (origin / "farmctl-report").symlink_to("/nowhere")
    commit_all(origin, "a report of its own")
    assert runner.gitlab("main", "change").code == 1
    found = ET.parse(runner.root / "work/farmctl-report/junit.xml")
    assert found.getroot().find("testsuite/testcase/failure") is not None


@each_forge
def test_a_document_that_is_wrong_fails_the_job_and_slices_nothing(
    origin: Path, runner: Runner, job: Job
) -> None:
    text = (origin / "farm.yaml").read_text()
    (origin / "farm.yaml").write_text(f"{text}colour: red\n")
    commit_all(origin, "a word that is none")
    ended = job(runner)
    assert ended.code == 3, ended.said
    assert "farm.yaml:" in ended.said
    assert not (runner.state / "ci").exists()
    assert ended.summary == ""


@each_forge
@pytest.mark.slicer
def test_what_main_got_meanwhile_is_not_the_branch_s(
    origin: Path, runner: Runner, job: Job
) -> None:
    draft(origin, "seam_position = rear", name=PLA)
    commit_all(origin, "another seam")
    git(origin, "switch", "-q", "main")
    draft(origin, "temperature = 240", name="pla-0.4-draft")
    commit_all(origin, "hotter, by somebody else")
    git(origin, "switch", "-q", "change")
    assert job(runner).code == 0


MODULES = ("joblib", "pip", "venv", "pipx", "farmctl", "numpy", "encodings", "runpy", "typer")


@each_forge
@pytest.mark.slicer
def test_nothing_that_a_pull_request_brings_is_run_or_believed(
    origin: Path, runner: Runner, job: Job, tmp_path: Path
) -> None:
    pwned = tmp_path / "PWNED"
    harm = f"open({str(pwned)!r}, 'w').write('x')\n"
    for name in MODULES:
        (origin / name).mkdir()
        (origin / name / "__init__.py").write_text(harm)
        (origin / name / "__main__.py").write_text(harm)
    for name in ("setup.py", "sitecustomize.py", "usercustomize.py", "conftest.py"):
        (origin / name).write_text(harm)
    for name in ("apt-get", "git", "farmctl.sh", "prusa-slicer", "Makefile", ".envrc", ".bashrc"):
        (origin / name).write_text(f"#!/bin/sh\ntouch {pwned}\n")
        (origin / name).chmod(0o755)
    (origin / "requirements.txt").write_text("--index-url https://example.org\nfarmctl\n")
    (origin / "pyproject.toml").write_text("[build-system]\nrequires = ['evil']\n")
    draft(origin, "temperature = 240", name=PLA)
    assert type_in(origin, "ci", "--base", "main").code == 1
    for cached in (origin / ".farmctl/ci/figures").iterdir():
        cached.write_text(cached.read_text().replace("240000", "210000"))
    place = origin / ".farmctl/slicer/place.json"
    place.write_text(json.dumps({"path": str(runner.root / "work/prusa-slicer")}))
    git(origin, "add", "-A", "-f")
    git(origin, "commit", "-qm", "all of it")
    ended = job(runner)
    assert ended.code == 1, ended.said
    assert "golden-range" in ended.said, "it was sliced here"
    assert not pwned.exists()


@each_forge
def test_a_farm_made_to_do_harm_fails_and_does_none(tmp_path: Path, job: Job) -> None:
    (tmp_path / "hostile").mkdir()
    farm, pwned = planted(tmp_path / "hostile")
    for place in ("hooks/reference-transaction", "info/attributes"):
        (farm / ".git" / place).unlink()  # a clone has neither, and git would run them here
    git(farm, "config", "core.fsmonitor", "false")
    for name, raw in check_files("debian:12", "0.1.0").items():
        (farm / name).parent.mkdir(parents=True, exist_ok=True)
        (farm / name).write_bytes(raw)
    git(farm, "switch", "-q", "-c", "change")
    commit_all(farm, "with the jobs")
    (tmp_path / "runner").mkdir()
    assert not pwned.exists()
    ended = job(Runner(tmp_path / "runner", farm))
    assert ended.code == 3, ended.said
    assert "post_process" in ended.said
    assert not pwned.exists()
