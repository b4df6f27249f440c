"""`farmctl ci` with the real slicer: what changed is sliced on both sides, and judged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from farmctl.geometry.golden.make import golden_stl
from farmctl.model.baseline import read_baseline
from farmctl.model.digest import digest_of, hexdigits
from tests.cli.test_profile_diff import draft, new_class_version
from tests.floor.small_farm import ROOT, Typed, commit_all, git, type_in

PLA = "pla-0.4-standard"
SIZE = {"size_mm": 20.0}
CUBE = f"""schema: golden/v1
name: cube
shows: A plain cube.
model: {{shape: calibration-cube, parameters: {{size_mm: 20}}, sha256: {hexdigits(digest_of(golden_stl("calibration-cube", SIZE)))}}}
counts_for: {{profiles: [{PLA}], classes: [generic-250]}}
expect:
  time_s: {{range: 60..1900, change: 5%}}
  layers: {{change: 0%}}
  nozzle_c: {{range: 190..230, change: 1%}}
"""
BASELINE = f"golden_models/baselines/{PLA}/1.0.0.json"


def ci(farm: Path, *words: str) -> Typed:
    return type_in(farm, "ci", "--jobs", "1", *words)


def with_golden(farm: Path, text: str = CUBE, name: str = "cube") -> Path:
    (farm / "golden_models").mkdir(exist_ok=True)
    (farm / f"golden_models/{name}.yaml").write_text(text)
    return farm


@pytest.fixture(scope="module")
def measured(
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A farm whose baseline is recorded and committed, with its slices."""
    from tests.floor.small_farm import make_farm

    farm = with_golden(make_farm(tmp_path_factory.mktemp("ci") / "farm"))
    commit_all(farm, "golden")
    done = ci(farm, "--base", "HEAD", "--update-baselines")
    assert done.code == 0, done.err + done.out
    assert f"recorded: {BASELINE}" in done.out
    commit_all(farm, "baseline")
    return farm


@pytest.fixture
def farm(measured: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(measured, tmp_path / "farm", symlinks=True))


@pytest.mark.slicer
def test_a_baseline_holds_what_was_measured_and_by_whom(measured: Path) -> None:
    found = read_baseline((measured / BASELINE).read_bytes())
    assert (found.profile, found.version) == (PLA, "1.0.0")
    assert found.slicer.digest in (measured / "farm.yaml").read_text()
    of_cube = found.of("generic-250", "cube")
    assert of_cube is not None
    assert of_cube.figures["layers"] == 100
    assert of_cube.figures["height_um"] == 20_000
    assert of_cube.figures["nozzle_max_mc"] == 215_000
    assert found.classes["generic-250"].version == "1.0.0"


@pytest.mark.slicer
def test_an_unchanged_farm_is_good_and_nothing_is_sliced(farm: Path) -> None:
    shutil.rmtree(farm / ".farmctl")
    done = ci(farm, "--base", "HEAD")
    assert (done.code, done.out) == (
        0, "nothing that golden models are measured on has changed\n"
    )  # fmt: skip
    assert not (farm / ".farmctl/ci/slices").exists()


@pytest.mark.slicer
def test_an_order_changes_nothing_that_is_measured(farm: Path) -> None:
    text = (farm / "orders/ord-1.yaml").read_text().replace("quantity: 3", "quantity: 4")
    (farm / "orders/ord-1.yaml").write_text(text)
    assert ci(farm, "--base", "HEAD").out.startswith("nothing that golden models")


def test_a_golden_model_that_is_gone_is_named(farm: Path) -> None:
    (farm / "golden_models/cube.yaml").unlink()
    done = ci(farm, "--base", "HEAD", "-o", "json")
    assert (done.code, json.loads(done.out)["changes"]) == (0, ["golden model cube is gone"])
    assert "golden model cube is gone" in ci(farm, "--base", "HEAD").out


@pytest.mark.slicer
def test_a_draft_shows_its_settings_and_what_they_do(farm: Path, tmp_path: Path) -> None:
    draft(farm, "temperature = 225", "external_perimeter_speed = 20", name=PLA)
    reports = tmp_path / "reports"
    done = ci(farm, "--base", "HEAD", "--report", str(reports))
    assert done.code == 1, done.err
    assert f"{PLA}@draft is new here" in done.out
    rows = [line.split() for line in done.out.splitlines()]
    assert ["Temperatures", "temperature", "210", "°C", "225", "°C"] in [row[:6] for row in rows]
    assert "external_perimeter_speed" in done.out
    assert "golden-change: hottest nozzle changes by +4.7 % (215 °C → 225 °C)" in done.out
    assert "nothing: no order or printer uses what changed" in done.out
    assert max(map(len, done.out.splitlines())) <= 100
    assert sorted(each.name for each in reports.iterdir()) == [
        "junit.xml", "report.html", "report.json", "report.md",
    ]  # fmt: skip
    body = json.loads((reports / "report.json").read_text())
    (one,) = body["results"]
    assert one["figures"]["nozzle_max_mc"]["change_permille"] == 47
    assert one["figures"]["time_ms"]["change_permille"] > 5
    assert one["held_against"] == "baseline 1.0.0"
    assert ET.parse(reports / "junit.xml").getroot().find("testsuite/testcase/failure") is not None
    page = (reports / "report.html").read_text()
    assert "time of each layer" in page
    assert 'aria-label="the layer at' in page
    assert (
        "| hottest nozzle | 215 °C | 225 °C | +4.7 % | 215 °C |"
        in (reports / "report.md").read_text()
    )


@pytest.mark.slicer
def test_what_is_meant_is_recorded_and_then_good(farm: Path) -> None:
    draft(farm, "temperature = 225", name=PLA)
    assert ci(farm, "--base", "HEAD").code == 1
    done = ci(farm, "--base", "HEAD", "--update-baselines")
    assert done.code == 0, done.out
    assert f"recorded: golden_models/baselines/{PLA}/draft.json" in done.out
    again = ci(farm, "--base", "HEAD")
    assert (again.code, "recorded" in again.out) == (0, False)
    assert git(farm, "status", "--porcelain", "golden_models") != ""
    assert git(farm, "log", "--format=%s").split("\n")[0] == "baseline", "a person commits it"


@pytest.mark.slicer
def test_a_range_is_no_baseline_and_stays_broken(farm: Path) -> None:
    draft(farm, "temperature = 240", name=PLA)
    done = ci(farm, "--base", "HEAD", "--update-baselines")
    assert done.code == 1
    assert "golden-range: hottest nozzle is 240 °C, not 190..230 °C" in done.out


@pytest.mark.slicer
def test_another_class_is_held_against_the_baseline_and_names_who_it_touches(farm: Path) -> None:
    new_class_version(farm, "1.1.0", "machine_max_acceleration_extruding = 300", name="generic-250")
    text = (farm / "farm.yaml").read_text()
    (farm / "farm.yaml").write_text(text.replace("generic-250@1.0.0", "generic-250@1.1.0"))
    order = (farm / "orders/ord-1.yaml").read_text().replace("quality: draft", "quality: standard")
    (farm / "orders/ord-1.yaml").write_text(order)
    commit_all(farm, "class")
    done = ci(farm, "--base", "HEAD~1")
    assert done.code == 1, done.out
    assert "class generic-250 1.0.0 → 1.1.0" in done.out
    assert "open orders: ord-1 (1)" in done.out
    assert "printers: one, two (2)" in done.out
    committed = ci(farm, "--base", "HEAD~1", "--rev", "HEAD", "-o", "json")
    body = json.loads(committed.out)
    assert body["head"] == git(farm, "rev-parse", "HEAD")
    assert body["results"][0]["before"]["class"] == "generic-250@1.0.0"
    assert body["results"][0]["after"]["class"] == "generic-250@1.1.0"


@pytest.mark.slicer
def test_the_same_is_said_with_several_jobs(farm: Path) -> None:
    draft(farm, "temperature = 225", name=PLA)
    other = CUBE.replace("name: cube", "name: other").replace("..1900", "..1901")
    with_golden(farm, other, "other")
    one = ci(farm, "--base", "HEAD", "-o", "json")
    shutil.rmtree(farm / ".farmctl/ci")
    two = type_in(farm, "ci", "--jobs", "2", "--base", "HEAD", "-o", "json")
    assert json.loads(one.out) == json.loads(two.out)
    assert len(json.loads(two.out)["results"]) == 3


@pytest.mark.slicer
def test_a_mesh_that_moved_is_a_diagnostic_and_the_others_go_on(farm: Path) -> None:
    other = CUBE.replace("name: cube", "name: other").replace("size_mm: 20}", "size_mm: 12}")
    with_golden(farm, other, "other")
    draft(farm, "fill_density = 20%", name=PLA)
    done = ci(farm, "--base", "HEAD")
    assert done.code == 1
    column = other.splitlines()[3].index("sha256: ") + len("sha256: ") + 1
    assert f"golden_models/other.yaml:4:{column}: error: other is another shape" in done.out
    assert "(golden-mesh-moved)" in done.out
    assert "farmctl golden pin other" in done.out
    names = {
        line.split()[1] for line in done.out.splitlines() if f"{PLA}@draft on generic-250 " in line
    }
    assert "cube" in names


BROKEN = {
    "crashes": ("kill -SEGV $$", "slicer-crashed"),
    "says no": ("exit 1", "slicer-failed"),
    "writes nothing": ("exit 0", "slicer-no-output"),
    "fills the disk": ("head -c 600M /dev/zero > plate.gcode; exit 1", "slicer-disk-full"),
}


@pytest.mark.slicer
@pytest.mark.parametrize("name", BROKEN)
def test_a_slicer_that_fails_on_one_model_leaves_the_others(
    farm: Path, tmp_path: Path, name: str
) -> None:
    script, code = BROKEN[name]
    real = shutil.which("prusa-slicer")
    wrapper = tmp_path / "slicer.sh"
    # A plate of the tall one alone has its height in the 3MF.
    wrapper.write_text(
        "#!/bin/sh\n"
        f'if [ -e plate.3mf ] && unzip -p plate.3mf 3D/3dmodel.model | grep -q "30\\.0*\\"\\|\\"30\\""; then {script}; fi\n'
        f'exec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    raw = golden_stl("calibration-cube", {"size_mm": 30.0})
    tall = CUBE.replace("name: cube", "name: tall").replace("size_mm: 20}", "size_mm: 30}")
    old = hexdigits(digest_of(golden_stl("calibration-cube", SIZE)))
    with_golden(farm, tall.replace(old, hexdigits(digest_of(raw))), "tall")
    assert type_in(farm, "slicer", "pin", str(wrapper)).code == 0
    done = ci(farm, "--base", "HEAD~1", "-o", "json")
    assert done.code == 1
    found = {each["model"]: each for each in json.loads(done.out)["results"]}
    assert found["tall"]["status"] == "failed"
    assert found["tall"]["after"]["failure"]["code"] == code
    assert found["cube"]["after"]["failure"] is None


@pytest.mark.slicer
def test_the_baseline_of_another_version_of_the_slicer_is_named(farm: Path) -> None:
    place = farm / BASELINE
    place.write_text(place.read_text().replace('"version": "2.5.0', '"version": "2.4.2'))
    draft(farm, "fill_density = 20%", name=PLA)
    done = ci(farm, "--base", "HEAD")
    assert done.code == 1
    assert "baseline-other-slicer" in done.out
    assert "farmctl ci --update-baselines" in done.out


@pytest.mark.slicer
def test_another_build_of_the_same_version_is_compared_by_figures(farm: Path) -> None:
    place = farm / BASELINE
    digest = read_baseline(place.read_bytes()).slicer.digest
    place.write_text(place.read_text().replace(digest, f"sha256:{'e' * 64}"))
    draft(farm, "seam_position = rear", name=PLA)
    done = ci(farm, "--base", "HEAD")
    assert done.code == 0, done.out
    assert "compared by figures, not bytes" in done.out


@pytest.mark.slicer
def test_a_slicer_that_is_not_here_is_named(farm: Path) -> None:
    digest = read_baseline((farm / BASELINE).read_bytes()).slicer.digest.removeprefix("sha256:")
    other, catalogues = digest[::-1], farm / "profiles/slicers"
    (farm / "farm.yaml").write_text((farm / "farm.yaml").read_text().replace(digest, other))
    (catalogues / f"{digest}.ini").rename(catalogues / f"{other}.ini")
    done = ci(farm, "--base", "HEAD")
    assert done.code == 1
    assert "slicer 2.5.0" in done.out
    assert "slicer-not-pinned: the pinned prusaslicer" in done.out
    assert "farmctl slicer pin" in done.out


@pytest.mark.slicer
def test_documents_that_are_wrong_slice_nothing(farm: Path) -> None:
    with_golden(farm, CUBE.replace("60..1900", "60-1900"))
    done = ci(farm, "--base", "HEAD")
    assert done.code == 3
    assert "golden_models/cube.yaml:7:19: error: `60-1900` is not a range" in done.out
    assert "nothing sliced" in done.err


@pytest.mark.slicer
def test_a_profile_that_would_start_a_program_starts_none(farm: Path, tmp_path: Path) -> None:
    draft(farm, f"post_process = /bin/touch {tmp_path}/pwned", name=PLA)
    done = ci(farm, "--base", "HEAD")
    assert done.code in {1, 3}
    assert "post_process" in done.out
    assert not (tmp_path / "pwned").exists()


@pytest.mark.slicer
def test_figures_that_a_change_brings_along_are_not_believed(farm: Path, tmp_path: Path) -> None:
    draft(farm, "temperature = 240", name=PLA)
    assert ci(farm, "--base", "HEAD").code == 1
    for each in (farm / ".farmctl/ci/figures").iterdir():
        each.write_text(each.read_text().replace("240000", "210000"))
    git(farm, "add", "-f", "-A")
    git(farm, "commit", "-qm", "brought along")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", f"file://{farm}", str(clone))
    for words in (["--base", "HEAD~1"], ["--base", "HEAD~1", "--rev", "HEAD"]):
        done = ci(clone, *words)
        assert done.code == 3
        assert "is in git: figures, and the slicer" in done.err
        assert "git rm -r --cached .farmctl" in done.err
    elsewhere = type_in(clone, "--state", str(tmp_path / "state"), "ci", "--base", "HEAD~1")
    assert "golden-range: hottest nozzle is 240 °C" in elsewhere.out


Change = Callable[[Path], None]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--base", "nowhere"], 1, "`nowhere` names no commit here (base-unknown)"),
        (["--base", "HEAD~7"], 1, "base-unknown"),
        (["--rev", "nowhere"], 1, "`nowhere` names no commit here"),
        (["--rev", "HEAD", "--update-baselines"], 2, "baselines are files of the work tree"),
        (["--jobs", "-1"], 2, "jobs"),
    ],
)
def test_words_that_name_nothing(fresh: Path, words: list[str], code: int, said: str) -> None:
    done = type_in(fresh, "ci", *words)
    assert done.code == code
    assert said in done.err


@pytest.mark.pure
def test_without_words_a_branch_is_held_against_where_it_began(fresh: Path) -> None:
    begun = git(fresh, "rev-parse", "HEAD")
    git(fresh, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(fresh, "switch", "-qc", "work")
    for number in range(2):
        (fresh / f"note-{number}.txt").write_text("x")
        commit_all(fresh, "note")
    assert json.loads(ci(fresh, "-o", "json").out)["base"] == begun
    git(fresh, "switch", "-q", "--detach")
    assert json.loads(ci(fresh, "-o", "json").out)["base"] == begun


@pytest.mark.pure
def test_on_the_main_branch_it_is_the_commit_before_or_the_last_one(fresh: Path) -> None:
    first = git(fresh, "rev-parse", "HEAD")
    (fresh / "note.txt").write_text("x")
    commit_all(fresh, "note")
    assert json.loads(ci(fresh, "-o", "json").out)["base"] == first
    farm = (fresh / "farm.yaml").read_text()
    (fresh / "farm.yaml").write_text(f"{farm}# changed\n")
    assert json.loads(ci(fresh, "-o", "json").out)["base"] == git(fresh, "rev-parse", "HEAD")


@pytest.mark.pure
def test_a_detached_first_commit_has_nothing_before_it(fresh: Path) -> None:
    git(fresh, "switch", "-q", "--detach")
    done = ci(fresh)
    assert done.code == 1
    assert "detached HEAD" in done.err
    assert "--base REV" in done.err


@pytest.mark.pure
def test_a_shallow_clone_says_what_is_missing(fresh: Path, tmp_path: Path) -> None:
    (fresh / "note.txt").write_text("x")
    commit_all(fresh, "note")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{fresh}", str(clone))
    for words in (["--base", "HEAD~1"], []):
        done = ci(clone, *words)
        assert done.code == 1
        assert "base-not-in-clone" in done.err
        assert "fetch-depth: 0" in done.err


@pytest.mark.pure
def test_histories_without_a_common_commit(fresh: Path) -> None:
    git(fresh, "checkout", "-q", "--orphan", "other")
    git(fresh, "commit", "-qm", "another beginning")
    done = ci(fresh, "--base", "main")
    assert done.code == 1
    assert "base-unrelated" in done.err


TAKES_NOTHING = {"cache": "--cache", "report": "--report"}


@pytest.mark.slicer
@pytest.mark.parametrize("what", TAKES_NOTHING)
def test_a_folder_that_cannot_be_written_is_named(farm: Path, tmp_path: Path, what: str) -> None:
    draft(farm, "temperature = 225", name=PLA)
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", Path("/proc/farmctl")):
        done = ci(farm, "--base", "HEAD", TAKES_NOTHING[what], str(place), "--update-baselines")
        assert done.code == 1
        assert f"error: {place}: " in done.err
        assert "mend: " in done.err
        assert "Traceback" not in done.err
    if what == "cache":
        assert git(farm, "status", "--porcelain", "golden_models") == "", "nothing is recorded"


@pytest.mark.slicer
def test_a_full_disk_is_named_and_nothing_is_recorded(farm: Path, tmp_path: Path) -> None:
    raw = golden_stl("stringing-towers", {})
    old = hexdigits(digest_of(golden_stl("calibration-cube", SIZE)))
    towers = CUBE.replace("calibration-cube, parameters: {size_mm: 20}", "stringing-towers")
    towers = towers.replace(old, hexdigits(digest_of(raw))).replace("name: cube", "name: towers")
    with_golden(farm, towers, "towers")
    words = ["-C", str(farm), "ci", "--base", "HEAD", "--update-baselines"]
    # No file may be longer than 16 KiB: this mesh does not fit, what is small does.
    script = f'ulimit -f 16; exec "$0" -m farmctl {" ".join(words)} --cache {tmp_path}/cache'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert f"error: {tmp_path}/cache: File too large (disk-full)" in done.stderr
    assert "--cache DIR" in done.stderr
    assert git(farm, "status", "--porcelain", "golden_models/baselines") == ""


@pytest.mark.slicer
def test_two_runs_at_once_share_a_cache(farm: Path, tmp_path: Path) -> None:
    draft(farm, "temperature = 225", "fill_density = 20%", name=PLA)
    shared = tmp_path / "shared"
    words = [sys.executable, "-m", "farmctl", "-C", str(farm), "ci", "--base", "HEAD"]
    runs = [
        subprocess.Popen(
            [*words, "--cache", str(shared), "--report", str(tmp_path / name)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    (one, _), (two, _) = [each.communicate() for each in runs]
    assert [each.returncode for each in runs] == [1, 1]
    assert one == two
    assert (tmp_path / "one/report.json").read_bytes() == (
        tmp_path / "two/report.json"
    ).read_bytes()
    alone = ci(farm, "--base", "HEAD")
    assert alone.out == one
