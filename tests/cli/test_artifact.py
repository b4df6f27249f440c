"""`artifact`: what is kept, and from upload to g-code and back with the tool of each step."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from farmctl.testing.parts import box
from tests.floor.small_farm import Typed, make_farm, type_in

pytestmark = pytest.mark.slicer


@pytest.fixture(scope="module")
def farm_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm in which two parts have been sliced with the same settings."""
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        folder = make_farm(tmp_path_factory.mktemp("kept") / "farm")
        (folder / "other.stl").write_bytes(box(12, 12, 3))
        for model in ("models/box.stl", "other.stl"):
            done = type_in(folder, "slice", str(folder / model), "--profile", "pla-0.4-draft")
            assert done.code == 0, done.err
    return folder


@pytest.fixture
def farm(farm_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(farm_once, tmp_path / "farm"))


def sliced(farm: Path) -> dict[str, str]:
    box_stl = str(farm / "models/box.stl")
    done = type_in(farm, "slice", box_stl, "--profile", "pla-0.4-draft", "-o", "json")
    return dict(json.loads(done.out))


def steps(done: Typed, direction: str) -> list[tuple[int, str, str, str]]:
    assert done.code == 0, done.err
    items = json.loads(done.out)["items"]
    return [
        (each["depth"], each["kind"], each["id"], each["tool"])
        for each in items
        if each["direction"] == direction
    ]


def test_gcode_leads_back_to_the_upload_with_the_tool_of_each_step(farm: Path) -> None:
    made = sliced(farm)
    done = type_in(farm, "artifact", "lineage", made["gcode"], "-o", "json")
    found = steps(done, "from")
    assert sorted((depth, kind, digest) for depth, kind, digest, _ in found) == sorted(
        [
            (1, "settings", made["settings"]),
            (1, "plate", made["plate"]),
            (2, "clean-mesh", made["mesh"]),
            (3, "model-stl", made["model"]),
        ]
    )
    tools = {kind: tool for _, kind, _, tool in found}
    assert tools["plate"].startswith("prusaslicer 2.")
    assert tools["clean-mesh"].startswith("farmctl plate v1 ")
    assert tools["model-stl"] == "farmctl clean-mesh 1"
    assert steps(done, "into") == []


def test_an_upload_leads_on_to_the_gcode(farm: Path) -> None:
    made = sliced(farm)
    done = type_in(farm, "artifact", "lineage", made["model"], "-o", "json")
    assert [(depth, kind, digest) for depth, kind, digest, _ in steps(done, "into")] == [
        (1, "clean-mesh", made["mesh"]),
        (2, "plate", made["plate"]),
        (3, "gcode", made["gcode"]),
    ]
    assert steps(done, "from") == []


def test_settings_lead_to_every_slice_that_was_made_with_them(farm: Path) -> None:
    done = type_in(farm, "artifact", "lineage", sliced(farm)["settings"], "-o", "json")
    assert [(depth, kind) for depth, kind, _, _ in steps(done, "into")] == [(1, "gcode")] * 2


def test_lineage_is_drawn_both_ways(farm: Path) -> None:
    made = sliced(farm)
    mesh = made["mesh"].removeprefix("sha256:")[:12]
    done = type_in(farm, "artifact", "lineage", mesh)
    short = {name: made[name].removeprefix("sha256:")[:12] for name in ("model", "plate", "gcode")}
    lines = done.out.splitlines()
    assert lines[0] == f"clean-mesh {mesh}"
    assert lines[1:4] == [
        "was made from",
        f"  model-stl {short['model']}  by farmctl clean-mesh 1",
        "was made into",
    ]
    assert lines[4].startswith(f"  plate {short['plate']}  by farmctl plate v1 ")
    assert lines[5].startswith(f"    gcode {short['gcode']}  by prusaslicer 2.")


def test_everything_that_is_kept_is_listed(farm: Path) -> None:
    done = type_in(farm, "artifact", "list")
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[0] == ["SHA256", "KIND", "SIZE", "SINCE", "MADE", "BY"]
    assert sorted(row[1] for row in rows[1:]) == sorted(
        ["model-stl", "clean-mesh", "plate", "gcode"] * 2 + ["settings"]
    )
    assert max(map(len, done.out.splitlines())) <= 100
    found = json.loads(type_in(farm, "artifact", "list", "--kind", "gcode", "-o", "json").out)
    assert found["schema"] == "farmctl.artifacts/v1"
    assert {each["kind"] for each in found["items"]} == {"gcode"}
    assert sliced(farm)["gcode"] in [each["id"] for each in found["items"]]


def test_one_artifact_is_shown_with_its_file(farm: Path) -> None:
    made = sliced(farm)
    done = type_in(farm, "artifact", "show", made["gcode"].removeprefix("sha256:")[:9])
    lines = done.out.splitlines()
    assert lines[0] == f"gcode {made['gcode']}"
    assert lines[2].strip() == made["path"]
    path = type_in(farm, "artifact", "show", made["gcode"], "-o", "name").out.strip()
    assert path == made["path"]
    whole = json.loads(type_in(farm, "artifact", "show", made["gcode"], "-o", "json").out)
    assert whole["made_from"] == sorted([made["plate"], made["settings"]])


def test_a_damaged_or_missing_file_is_said(farm: Path) -> None:
    made = sliced(farm)
    Path(made["path"]).write_text("G28\n")
    done = type_in(farm, "artifact", "show", made["gcode"])
    assert "is damaged: its bytes are not those of" in done.out
    Path(made["path"]).unlink()
    done = type_in(farm, "artifact", "show", made["gcode"], "-o", "name")
    assert done.code == 1
    assert "is not in" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("show abcdefabcdef", 1, "there is no artifact `abcdefabcdef`"),
        ("lineage a", 1, "`a`"),
        ("list --kind gcod", 2, "did you mean `gcode`?"),
    ],
)
def test_what_is_not_there_is_said(farm: Path, words: str, code: int, said: str) -> None:
    done = type_in(farm, "artifact", *words.split())
    assert done.code == code
    assert said in done.err


def test_a_farm_that_never_ran_keeps_nothing(tmp_path: Path) -> None:
    farm = make_farm(tmp_path / "farm")
    done = type_in(farm, "artifact", "list")
    assert (done.code, done.out, done.err) == (0, "", "nothing is kept yet\n")
