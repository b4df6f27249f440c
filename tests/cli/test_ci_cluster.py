"""`farmctl ci --backend dask`: workers of a cluster say the same, and unfit ones nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.model.baseline import read_baseline
from tests.ci.cluster import ROOT, Cluster, cluster
from tests.cli.test_ci import BASELINE, CUBE, PLA, measured, with_golden
from tests.cli.test_profile_diff import draft
from tests.floor.small_farm import Typed, git, type_in

__all__ = ["measured"]

REPORTS = ("junit.xml", "report.html", "report.json", "report.md")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), "one", "two") as made:
        yield made


@pytest.fixture
def farm(measured: Path, tmp_path: Path) -> Path:
    """A farm with a draft and a second golden model, and nothing sliced yet."""
    farm = Path(shutil.copytree(measured, tmp_path / "farm", symlinks=True))
    draft(farm, "temperature = 225", "fill_density = 20%", name=PLA)
    with_golden(
        farm, CUBE.replace("name: cube", "name: other").replace("..1900", "..1901"), "other"
    )
    shutil.rmtree(farm / ".farmctl/ci")
    return farm


def on_cluster(farm: Path, address: str, *words: str) -> Typed:
    where = ("--backend", "dask", "--scheduler", address)
    return type_in(farm, "ci", "--base", "HEAD", *where, *words)


def reports(farm: Path) -> dict[str, bytes]:
    return {name: (farm / ".farmctl/ci/report" / name).read_bytes() for name in REPORTS}


@pytest.mark.slicer
def test_the_same_is_said_by_two_workers_as_by_this_machine(
    farm: Path, two: Cluster, tmp_path: Path
) -> None:
    here = Path(shutil.copytree(farm, tmp_path / "here", symlinks=True))
    alone = type_in(here, "ci", "--base", "HEAD", "--jobs", "2")
    spread = on_cluster(farm, two.address)
    assert (spread.code, spread.out) == (alone.code, alone.out)
    assert reports(farm) == reports(here)
    assert b'aria-label="the layer at' in reports(farm)["report.html"], "its g-code came back"
    made = {path.name for name in ("one", "two") for path in slices(two.cache_of(name))}
    assert made == {path.name for path in slices(here / ".farmctl/ci", "")}
    assert len(made) > 1


def slices(cache: Path, inner: str = "farmctl/ci") -> list[Path]:
    return sorted((cache / inner / "slices").glob("*.json"))


@pytest.mark.slicer
def test_the_same_is_said_by_the_threads_of_one_worker(farm: Path, tmp_path: Path) -> None:
    here = Path(shutil.copytree(farm, tmp_path / "here", symlinks=True))
    alone = type_in(here, "ci", "--base", "HEAD", "--jobs", "1")
    with cluster(tmp_path / "cluster") as made:
        made.worker("one", "--nthreads", "4")
        spread = on_cluster(farm, made.address)
    assert (spread.code, spread.out, spread.err) == (
        alone.code, alone.out, alone.err.replace(str(here), str(farm))
    )  # fmt: skip
    assert reports(farm) == reports(here)


@pytest.mark.slicer
def test_what_came_back_is_kept_and_asks_no_cluster_again(
    farm: Path, two: Cluster, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    first = on_cluster(farm, two.address, "--cache", str(shared))
    before = reports(farm)
    again = on_cluster(farm, "127.0.0.1:1", "--cache", str(shared))
    assert (again.code, again.out) == (first.code, first.out)
    assert reports(farm) == before
    assert not (farm / ".farmctl/ci/slices").exists()


def other_slicer(folder: Path) -> str:
    """A PATH with another build of the same slicer, and no other."""
    real = shutil.which("prusa-slicer")
    folder.mkdir()
    (folder / "prusa-slicer").write_text(f'#!/bin/sh\nexec {real} "$@"\n')
    (folder / "prusa-slicer").chmod(0o755)
    return str(folder)


@pytest.mark.slicer
def test_a_worker_with_another_slicer_is_left_out_by_name(farm: Path, tmp_path: Path) -> None:
    with cluster(tmp_path / "cluster", "good") as made:
        made.worker("other", "--no-nanny", PATH=other_slicer(tmp_path / "bin"))
        done = on_cluster(farm, made.address, "--update-baselines", "-o", "json")
        assert "is left out: it has prusaslicer 2.5.0" in done.err
        pinned = read_baseline((farm / BASELINE).read_bytes()).slicer.digest
        assert f"pinned is {pinned[:19]}… (worker-other-slicer)" in done.err
        assert "mend: install the pinned build there" in done.err
        assert [each["after"]["failure"] for each in json.loads(done.out)["results"]] == [None] * 3
        assert slices(made.cache_of("other")) == []
        assert len(slices(made.cache_of("good"))) > 1


@pytest.mark.slicer
def test_where_no_worker_has_the_pinned_slicer_nothing_is_recorded(
    farm: Path, tmp_path: Path
) -> None:
    with cluster(tmp_path / "cluster") as made:
        made.worker("other", "--no-nanny", PATH=other_slicer(tmp_path / "bin"))
        done = on_cluster(farm, made.address, "--update-baselines")
    assert done.code == 5
    assert done.out == ""
    assert "no worker of the cluster may slice: tcp://127.0.0.1:" in done.err
    assert "(worker-other-slicer)" in done.err
    assert "Traceback" not in done.err
    assert git(farm, "status", "--porcelain", BASELINE) == ""
    assert not (farm / ".farmctl/ci/report").exists()


@pytest.mark.slicer
def test_a_cache_here_that_takes_nothing_is_named(farm: Path, two: Cluster, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/slices").write_text("a file where a folder should be")
    done = on_cluster(farm, two.address, "--cache", str(tmp_path / "cache"), "--update-baselines")
    assert done.code == 1
    assert f"error: {tmp_path}/cache: " in done.err
    assert "(disk-failed)" in done.err
    assert "Warning" not in done.err
    assert git(farm, "status", "--porcelain", BASELINE) == ""


@pytest.mark.slicer
def test_a_scheduler_that_is_not_there_is_named(farm: Path) -> None:
    done = on_cluster(farm, "127.0.0.1:1")
    assert done.code == 5
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in done.err
    assert "(cluster-no-scheduler)" in done.err
    assert "Traceback" not in done.err


@pytest.mark.slicer
def test_a_worker_whose_cache_takes_nothing_fails_its_slices_by_name(
    farm: Path, tmp_path: Path
) -> None:
    with cluster(tmp_path / "cluster", "one") as made:
        cache = made.cache_of("one") / "farmctl"
        cache.mkdir(parents=True)
        (cache / "ci").mkdir()
        (cache / "ci/artifacts").write_text("a file where a folder should be")
        done = on_cluster(farm, made.address, "-o", "json")
    assert done.code == 1
    failures = [each["after"]["failure"] for each in json.loads(done.out)["results"]]
    assert {each["code"] for each in failures} == {"disk-failed"}
    assert all("of worker tcp://127.0.0.1:" in each["message"] for each in failures)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scheduler", "tcp://h:1"], "--scheduler is for --backend dask"),
        (["--backend", "dask"], "--backend dask needs the address of a scheduler"),
        (["--backend", "dask", "--scheduler", "h"], "`h` is no address of a scheduler"),
        (["--backend", "dask", "--scheduler", "h:port"], "is no address"),
        (["--backend", "dask", "--scheduler", "h:99999"], "is no address"),
        (["--backend", "dask", "--scheduler", "http://h:1"], "is no address"),
        (["--backend", "dask", "--scheduler", "tcp://h:1/x"], "is no address"),
        (["--backend", "dask", "--scheduler", ""], "is no address"),
        (
            ["--backend", "dask", "--scheduler", "h:1", "--jobs", "2"],
            "--jobs counts slices on this",
        ),
        (["--backend", "ray"], "'ray' is not one of 'loky', 'dask'"),
    ],
)
def test_words_that_do_not_go_together(fresh: Path, words: list[str], said: str) -> None:
    done = type_in(fresh, "ci", *words)
    assert done.code == 2
    assert said in done.err


@pytest.mark.slicer
def test_without_dask_it_says_how_to_install_it(farm: Path) -> None:
    code = (
        "import sys\nsys.modules['distributed'] = None\nfrom farmctl.cli.main import main\n"
        f"main(['-C', {str(farm)!r}, 'ci', '--base', 'HEAD', '--backend', 'dask', "
        "'--scheduler', '127.0.0.1:1'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5
    assert "(cluster-no-dask)" in done.stderr
    assert "mend: pip install 'farmctl[dask]'" in done.stderr
    assert "Traceback" not in done.stderr
