"""`slice`: proven, measured, kept; and from the cache without a slicer or a mesh library."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from farmctl.artifacts.store import ArtifactStore
from farmctl.cli.views.slices import duration, filament_words, verified_line
from farmctl.farm.slices.recipes import newest
from farmctl.gcode.canonical import canonical_digest
from farmctl.gcode.summary import FilamentUse
from farmctl.model.digest import Digest, digest_of
from farmctl.slicing.verify import Equality, Verification
from farmctl.system.disk import RealDisk
from farmctl.testing.bad_models import BAD_MODELS
from farmctl.testing.parts import box
from tests.floor.small_farm import Typed, facts_in, git, make_farm, type_in

HEAVY = ("numpy", "trimesh", "scipy", "lxml", "networkx", "duckdb")
HOW = ("--profile", "pla-0.4-draft", "--class", "generic-250")


@pytest.fixture(scope="module")
def sliced_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm in which one box has been sliced."""
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        folder = make_farm(tmp_path_factory.mktemp("sliced") / "farm")
        done = type_in(folder, "slice", str(folder / "models/box.stl"), *HOW)
        assert done.code == 0, done.err
    return folder


@pytest.fixture
def farm(sliced_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sliced_once, tmp_path / "farm"))


def slice_box(farm: Path, *more: str) -> Typed:
    return type_in(farm, "slice", str(farm / "models/box.stl"), *HOW, *more)


def body(done: Typed) -> dict[str, object]:
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


@pytest.mark.slicer
def test_every_artifact_of_a_slice_is_kept_and_where_the_gcode_is_said(farm: Path) -> None:
    found = body(slice_box(farm, "-o", "json"))
    assert found["schema"] == "farmctl.slice/v1"
    assert found["cached"] is True
    assert (found["class"], found["profile"]) == ("generic-250@1.0.0", "pla-0.4-draft@1.0.0")
    store = ArtifactStore(farm / ".farmctl/artifacts", RealDisk())
    for name in ("model", "mesh", "settings", "plate", "gcode"):
        assert store.get(Digest(str(found[name])))
    gcode = Path(str(found["path"])).read_bytes()
    assert found["gcode"] == digest_of(gcode) == canonical_digest(gcode)
    assert found["model"] == digest_of(box())


@pytest.mark.slicer
def test_the_figures_are_measured_from_the_gcode(farm: Path) -> None:
    summary = body(slice_box(farm, "-o", "json"))["summary"]
    assert isinstance(summary, dict)
    (filament,) = summary["filaments"]
    assert filament["material"] == "PLA"
    assert filament["mass_g"] == pytest.approx(filament["volume_cm3"] * 1.24, rel=0.01)
    assert filament["length_mm"] == pytest.approx(filament["volume_cm3"] * 1000 / 2.405, rel=0.01)
    assert summary["layers"] == round(summary["height_mm"] / 0.3)
    assert summary["objects"] == 1
    x0, y0, x1, y1 = summary["box_mm"]
    assert 0 <= x0 < 125 < x1 <= 250
    assert 0 <= y0 < 125 < y1 <= 250
    assert 20 < summary["time_s"] < 120


@pytest.mark.slicer
def test_the_table_says_the_same_in_words(farm: Path) -> None:
    lines = slice_box(farm).out.splitlines()
    assert lines[0] == "box.stl: pla-0.4-draft@1.0.0 on generic-250@1.0.0, from the cache"
    assert [line[:11].strip() for line in lines[1:]] == [
        "time",
        "filament",
        "layers",
        "on the bed",
        "objects",
        "g-code",
        "",
    ]
    assert Path(lines[-1].strip()).is_file()
    assert max(map(len, lines[:-2])) <= 100


_WATCHED = f"""
import atexit, sys
from farmctl.cli.main import main
heavy = {HEAVY!r}
atexit.register(lambda: print(*[m for m in heavy if m in sys.modules], file=sys.stderr))
main()
"""


@pytest.mark.slicer
def test_a_cache_hit_starts_no_slicer_and_imports_no_mesh_library(
    farm: Path, tmp_path: Path
) -> None:
    slicer = tmp_path / "bin/prusa-slicer"
    slicer.parent.mkdir()
    slicer.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\nexit 1\n")
    slicer.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, "-C", str(farm), "slice", f"{farm}/models/box.stl", *HOW],
        env={"PATH": f"{slicer.parent}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "from the cache" in done.stdout
    assert done.stderr.strip() == ""
    assert not (tmp_path / "started").exists()


@pytest.mark.slicer
def test_another_setting_model_or_version_is_no_hit(farm: Path) -> None:
    again = type_in(
        farm, "slice", str(farm / "models/box.stl"), "--profile", "pla-0.4-standard", *HOW[2:]
    )
    assert "generic-250@1.0.0, sliced" in again.out
    (farm / "other.stl").write_bytes(box(12, 12, 3))
    assert ", sliced" in type_in(farm, "slice", str(farm / "other.stl"), *HOW).out
    assert ", from the cache" in type_in(farm, "slice", str(farm / "other.stl"), *HOW).out


@pytest.mark.slicer
def test_an_item_of_an_order_is_sliced_as_it_is_ordered(farm: Path) -> None:
    done = type_in(farm, "slice", "ord-1/box", "-o", "json")
    found = body(done)
    assert (found["subject"], found["profile"]) == ("ord-1/box", "pla-0.4-draft@1.0.0")
    assert found["cached"] is True, "the same part, alone on the same bed"


@pytest.mark.slicer
def test_what_a_slice_was_made_from_is_recorded_once(farm: Path) -> None:
    derived = {each["data"]["digest"]: each["data"] for each in facts_in(farm, "artifact.derived")}
    found = body(slice_box(farm, "-o", "json"))
    gcode, plate, mesh = (derived[found[name]] for name in ("gcode", "plate", "mesh"))
    assert gcode["parents"] == sorted([found["plate"], found["settings"]])
    assert gcode["tool"].startswith("prusaslicer 2.")
    assert plate["parents"] == [found["mesh"]]
    assert mesh["parents"] == [found["model"]]
    assert len(facts_in(farm, "artifact.derived")) == len(derived) == 3


@pytest.mark.slicer
def test_save_writes_the_gcode_where_it_is_wanted(farm: Path, tmp_path: Path) -> None:
    done = slice_box(farm, "--save", str(tmp_path / "box.gcode"), "-o", "name")
    assert digest_of((tmp_path / "box.gcode").read_bytes()) == done.out.strip()


@pytest.mark.slicer
def test_verify_slices_anew_and_says_how_equal(farm: Path) -> None:
    done = slice_box(farm, "--verify", "2")
    assert done.code == 0
    assert done.err in {"sliced 2 times: byte-equal\n", "sliced 2 times: canonical-equal\n"}


@pytest.mark.pure
def test_layers_that_differ_are_named() -> None:
    shown = Verification(3, Equality.DIFFERENT, (0, 2))
    assert verified_line(shown) == "sliced 3 times: different in layers 0, 2"
    many = Verification(2, Equality.DIFFERENT, tuple(range(20)))
    assert verified_line(many).endswith("10, 11 and 8 more")


# What hangs is ended after ten minutes: tests/slicing/test_wrappers.py shows it with a shorter limit.
WRAPPERS = {
    "drops one key": ("slicer && sed -i '/^; fill_angle = /d' plate.gcode", "dropped a setting"),
    "changes one key": (
        "sed -i 's/^fill_angle = .*/fill_angle = 30/' settings.ini; slicer",
        "fill_angle: asked 45, used 30",
    ),
    "ignores the ini": (": > settings.ini; slicer", "did not read its settings"),
    "writes nothing": ("exit 0", "exit code 0 and wrote no g-code"),
    "fills the disk": ("head -c 1100M /dev/zero > plate.gcode", "wrote more than the 1024 MiB"),
}


def pin_wrapper(farm: Path, folder: Path, script: str) -> None:
    """Pin a slicer that works until a file says otherwise: pinning asks it for its settings."""
    real = shutil.which("prusa-slicer")
    path, broken = folder / "slicer.sh", folder / "broken"
    path.write_text(
        "#!/bin/sh\n"
        f'[ -e {broken} ] || exec {real} "$@"\n'
        'ARGS="$*"\n'
        f"slicer() {{ {real} $ARGS; }}\n"
        f"{script}\n"
    )
    path.chmod(0o755)
    done = type_in(farm, "slicer", "pin", str(path))
    assert done.code == 0, done.err
    broken.touch()


@pytest.mark.slicer
@pytest.mark.parametrize("name", WRAPPERS)
def test_a_slicer_that_fails_is_exit_5_with_the_reason(
    farm: Path, tmp_path: Path, name: str
) -> None:
    script, reason = WRAPPERS[name]
    pin_wrapper(farm, tmp_path, script)
    done = slice_box(farm)
    assert (done.code, done.out) == (5, "")
    assert reason in done.err
    assert "\nmend: " in done.err


@pytest.mark.slicer
def test_a_build_that_is_not_the_pinned_one_does_not_slice(farm: Path, tmp_path: Path) -> None:
    text = (farm / "farm.yaml").read_text()
    digest = text.split("sha256:")[1][:64]
    other = digest[::-1]
    (farm / "farm.yaml").write_text(text.replace(digest, other))
    catalogue = farm / "profiles/slicers"
    (catalogue / f"{digest}.ini").rename(catalogue / f"{other}.ini")
    git(farm, "add", "-A")
    git(farm, "commit", "-qm", "another slicer")
    done = slice_box(farm)
    assert done.code == 5
    assert other in done.err
    assert "farmctl slicer pin" in done.err


@pytest.mark.slicer
@pytest.mark.parametrize(
    ("words", "code", "texts"),
    [
        ("models/box.stl", 2, ["which profile?", "--profile NAME, one of petg-0.4-standard"]),
        ("models/box.stl --profile pla-0.4-draft", 0, []),
        ("models/bix.stl", 2, ["there is no file", "box.stl"]),
        ("ord-1/bix", 1, ["there is no item `ord-1/bix`", "did you mean ord-1/box?"]),
        ("ord-7/box", 1, ["there is no item or model", "ord-1/box"]),
        ("models/box.stl --profile pla", 1, ["there is no profile `pla`", "pla-0.4"]),
        (
            "models/box.stl --profile pla-0.4-draft@2.0.0",
            1,
            ["there is no profile version `pla-0.4-draft@2.0.0`", "pla-0.4-draft@1.0.0"],
        ),
        (
            "models/box.stl --profile pla-0.4-draft --class generic",
            1,
            ["there is no printer class", "generic-250"],
        ),
        (
            "models/box.stl --profile pla-0.4-draft --class generic-250@9.0.0",
            1,
            ["there is no class version", "generic-250@1.0.0"],
        ),
    ],
)
def test_what_is_not_clear_or_not_there_is_said(
    farm: Path, monkeypatch: pytest.MonkeyPatch, words: str, code: int, texts: list[str]
) -> None:
    monkeypatch.chdir(farm)
    done = type_in(farm, "slice", *words.split())
    assert done.code == code
    assert [text for text in texts if text not in done.err] == []


@pytest.mark.slicer
def test_a_profile_of_another_class_or_nozzle_is_refused(farm: Path) -> None:
    path = farm / "profiles/pla-0.4-draft/profile.yaml"
    text = path.read_text()
    assert "classes: [generic-250, voron-350]" in text
    path.write_text(text.replace("generic-250, voron-350", "voron-350"))
    git(farm, "commit", "-qam", "elsewhere")
    done = slice_box(farm)
    assert done.code == 4
    assert "pla-0.4-draft is not for generic-250" in done.err


@pytest.mark.slicer
@pytest.mark.parametrize(
    ("model", "said"),
    [("NaN", "not numbers"), ("open box", "open edges")],
)
def test_a_model_that_fails_is_refused(farm: Path, model: str, said: str) -> None:
    (farm / "bad.stl").write_bytes(BAD_MODELS[model].make())
    done = type_in(farm, "slice", str(farm / "bad.stl"), *HOW)
    assert done.code == 4
    assert said in done.err


@pytest.mark.slicer
def test_a_model_that_is_larger_than_the_bed_is_named_by_code(farm: Path) -> None:
    (farm / "beam.stl").write_bytes(box(20, 400, 5))
    done = type_in(farm, "slice", str(farm / "beam.stl"), *HOW)
    assert done.code == 5
    assert "P01 is off the bed by" in done.err


@pytest.mark.pure
def test_a_clone_of_a_farm_whose_ledger_is_elsewhere_does_not_slice(tmp_path: Path) -> None:
    here = make_farm(tmp_path / "farm")
    git(here, "update-ref", "refs/farmctl/ledger", "HEAD")
    claim = {"farm": "0fa3c71e", "ledger": "ffffffff", "epoch": 1, "host": "shed"}
    (here / "ledger.json").write_text(json.dumps(claim, sort_keys=True, separators=(",", ":")))
    git(here, "add", "ledger.json")
    git(here, "commit", "-qm", "claim")
    git(here, "update-ref", "refs/farmctl/ledger", "HEAD")
    done = type_in(here, "slice", str(here / "models/box.stl"), *HOW)
    assert done.code == 4
    assert "the farm's ledger is ffffffff on shed" in done.err


@pytest.mark.pure
def test_the_newest_version_is_the_highest_number() -> None:
    assert newest(["1.9.0", "1.10.0", "1.2.11"]) == "1.10.0"


@pytest.mark.pure
@pytest.mark.parametrize(
    ("time_ms", "words"),
    [(9_400, "9 s"), (1_737_000, "28 min 57 s"), (6_725_000, "1 h 52 min"), (59_600, "1 min 0 s")],
)
def test_durations_are_said_as_people_say_them(time_ms: int, words: str) -> None:
    assert duration(time_ms) == words


@pytest.mark.pure
def test_filament_without_a_density_has_no_grams() -> None:
    assert filament_words(FilamentUse(0, 1_289_220, 3_100_960, 3_845)) == (
        "1289.2 mm, 3.10 cm³, 3.85 g"
    )
    assert filament_words(FilamentUse(0, 1_289_220, 3_100_960, None)) == "1289.2 mm, 3.10 cm³"
