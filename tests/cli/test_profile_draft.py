"""`profile set`, `edit` and `try`: a draft is edited and tried out, and nothing is made with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.farm import Farm
from tests.floor.small_farm import Typed, commit_all, git, type_in

pytestmark = pytest.mark.slicer

PETG = "petg-0.4-standard"
Editor = Callable[[str], None]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Make $EDITOR a script; its file is `$1`."""

    def make(script: str) -> None:
        path = tmp_path / "editor.sh"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", str(path))

    return make


def put(farm: Path, *words: str, name: str = PETG) -> Typed:
    return type_in(farm, "profile", "set", name, *words)


def draft_of(farm: Path, name: str = PETG) -> Path:
    return farm / f"profiles/{name}/draft.ini"


def test_a_draft_begins_from_production_and_keeps_what_people_wrote(fresh: Path) -> None:
    done = put(fresh, "temperature=235", "external_perimeter_speed = 30", "fill_angle=30")
    assert done.code == 0
    path = f"profiles/{PETG}/draft.ini"
    assert done.err == f"{path} (from production 1.0.0): 3 settings changed\n"
    released = (fresh / f"profiles/{PETG}/1.0.0.ini").read_text().splitlines()
    lines = draft_of(fresh).read_text().splitlines()
    assert [line for line in lines if line not in released] == [
        "external_perimeter_speed = 30",
        "temperature = 235",
        "fill_angle = 30",
    ]
    assert lines[0] == released[0], "a remark stays"
    again = put(fresh, "temperature=235", "--unset", "fill_angle")
    assert again.err == f"{path}: 1 setting changed\n"
    assert "fill_angle" not in draft_of(fresh).read_text()


def test_what_a_draft_cannot_say_is_named_and_nothing_is_written(fresh: Path) -> None:
    wishes = [
        "layer_hight=0.2",
        "fill_pattern=wibble",
        "temperature=9999",
        "perimeters=2.7",
        "start_gcode=G28",
        "post_process=touch x",
        "print_host=10.0.0.1",
        "seam_position=aligned",
    ]
    done = put(fresh, *wishes)
    assert (done.code, done.out) == (3, "")
    for said in (
        "has no setting `layer_hight`",
        "did you mean `layer_height`?",
        "`fill_pattern = wibble` is refused: Invalid value",
        "`temperature = 9999` is refused: Value out of range",
        "`perimeters = 2.7` would be read as 2",
        "belongs to the class: profiles/classes/generic-250, profiles/classes/voron-350",
        "`post_process` makes the slicer start a program",
        "`print_host` is an address or secret",
    ):
        assert said in done.err
    assert "seam_position" not in done.err
    assert git(fresh, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["temperature"], 2, "`temperature` is not KEY=VALUE"),
        (["=3"], 2, "`=3` is not KEY=VALUE"),
        ([], 2, "nothing to set"),
        (["temperature=1", "temperature=2"], 2, "`temperature` is said twice"),
        (["--unset", "temperatur"], 2, "did you mean `temperature`?"),
    ],
)
def test_words_that_mean_no_setting_are_usage_errors(
    fresh: Path, words: list[str], code: int, said: str
) -> None:
    done = put(fresh, *words)
    assert done.code == code
    assert said in done.err
    assert not draft_of(fresh).exists()


def test_an_unknown_profile_and_a_broken_one_are_told_apart(fresh: Path) -> None:
    done = put(fresh, "temperature=235", name="petg")
    assert done.code == 1
    assert "there is no profile `petg`" in done.err
    document = fresh / f"profiles/{PETG}/profile.yaml"
    document.write_text(document.read_text().replace("quality: standard", "quality: grand"))
    done = put(fresh, "temperature=235")
    assert done.code == 3
    assert f"profiles/{PETG}/profile.yaml:6:10" in done.err


def test_a_draft_that_is_a_link_is_not_followed(fresh: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("temperature = 1\n")
    draft_of(fresh).symlink_to(precious)
    assert put(fresh, "temperature=235").code == 4
    assert type_in(fresh, "profile", "diff", PETG).code == 4
    assert type_in(fresh, "profile", "edit", PETG).code == 4
    assert precious.read_text() == "temperature = 1\n"
    assert "a symbolic link is not followed" in type_in(fresh, "validate").out


def test_advice_is_given_on_what_was_set(fresh: Path) -> None:
    done = put(fresh, "layer_height=0.34", "infill_speed=60")
    assert done.code == 0
    assert "`layer_height` is 0.34 mm, more than 0.8 of the nozzle" in done.err
    done = put(fresh, "temperature=270", "layer_height=0.2")
    assert done.code == 3, "it cannot be printed on one of its classes"
    assert "stands 260" in done.err
    assert "temperature = 270" in draft_of(fresh).read_text()
    checked = type_in(fresh, "validate")
    assert checked.code == 3
    assert f"profiles/{PETG}/draft.ini:" in checked.out


def test_a_draft_is_allowed_in_the_farm_and_nothing_is_made_with_it(fresh: Path) -> None:
    assert put(fresh, "temperature=235").code == 0
    commit_all(fresh, "draft")
    assert type_in(fresh, "validate").code == 0
    desired = Farm(fresh, fresh / ".farmctl").desired()
    assert set(desired.profiles[PETG].settings) == {"1.0.0"}
    pinned = f"{PETG}@draft"
    done = type_in(fresh, "slice", str(fresh / "models/box.stl"), "--profile", pinned)
    assert done.code == 1
    assert f"there is no profile version `{pinned}`" in done.err
    document = fresh / f"profiles/{PETG}/profile.yaml"
    released = document.read_text()
    document.write_text(released.replace("version: 1.0.0", "version: draft"))
    assert type_in(fresh, "validate").code == 3, "no channel points to a draft"


def test_editing_opens_the_draft_and_judges_it_afterwards(fresh: Path, editor: Editor) -> None:
    editor("sed -i 's/^temperature = .*/temperature = 200/' \"$1\"")
    done = type_in(fresh, "profile", "edit", PETG)
    assert done.code == 0
    assert f"profiles/{PETG}/draft.ini (from production 1.0.0): 1 setting changed" in done.err
    assert "warning: `temperature` is 200 °C: PETG is printed" in done.err


def test_only_what_is_news_is_told_of_a_draft(fresh: Path) -> None:
    """A remark that holds for the version in production, too, is counted."""
    assert "`temperature` is 200 °C" in put(fresh, "temperature=200").err
    (fresh / f"profiles/{PETG}/1.0.0.ini").write_text(draft_of(fresh).read_text())
    again = put(fresh, "fill_angle=30")
    lines = (
        f"profiles/{PETG}/draft.ini: 1 setting changed",
        "1 more is as before: farmctl validate",
    )
    assert (again.code, again.err.splitlines()) == (0, [*lines])
    shown = type_in(fresh, "profile", "diff", PETG)
    assert shown.err.endswith(f"{lines[1]}\n")
    wrong = put(fresh, "layer_height=0.9")
    assert (wrong.code, "more than the nozzle of 0.4 mm" in wrong.err) == (3, True), wrong.err


def test_a_file_that_does_not_parse_is_kept_and_named(fresh: Path, editor: Editor) -> None:
    editor('echo "so what" >> "$1"')
    done = type_in(fresh, "profile", "edit", PETG)
    assert done.code == 3
    assert "`so what` is no setting" in done.err
    assert draft_of(fresh).read_text().endswith("so what\n")
    editor(r'printf "temperature = \377\n" > "$1"')
    done = type_in(fresh, "profile", "edit", PETG)
    assert done.code == 3
    assert "bytes that are not UTF-8" in done.err
    assert put(fresh, "temperature=235").code == 4, "what cannot be read is not written over"


def test_an_editor_that_changes_nothing_or_fails_leaves_no_draft(
    fresh: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("exit 0")
    done = type_in(fresh, "profile", "edit", PETG)
    assert (done.code, done.err) == (0, "nothing changed: no draft was begun\n")
    editor("exit 3")
    done = type_in(fresh, "profile", "edit", PETG)
    assert done.code == 1
    assert "ended with exit code 3" in done.err
    for command in ("no-such-editor", "'unclosed"):
        monkeypatch.setenv("EDITOR", command)
        done = type_in(fresh, "profile", "edit", PETG)
        assert done.code == 2
        assert f"there is no editor `{command}`" in done.err
    assert git(fresh, "status", "--porcelain") == ""


def test_a_draft_is_tried_beside_production_and_nothing_is_recorded(
    fresh: Path, tmp_path: Path
) -> None:
    assert put(fresh, "layer_height=0.1", "infill_speed=40").code == 0
    words = ["profile", "try", PETG, "--class", "generic-250"]
    done = type_in(fresh, *words, "--save", str(tmp_path / "cube.gcode"))
    assert done.code == 0, done.err
    headings, *rows = (line.split() for line in done.out.splitlines())
    assert headings == ["DRAFT", "PRODUCTION", "1.0.0", "CHANGE"]
    assert [row[0] for row in rows] == ["time", "filament", "layers", "peak"]
    assert rows[2][1:] == ["199", "100", "+99.0", "%"]
    assert b"temperature = 240" in (tmp_path / "cube.gcode").read_bytes()
    box = str(fresh / "models/box.stl")
    shown = type_in(fresh, "profile", "try", PETG, box, "--class", "generic-250", "-o", "json")
    found = json.loads(shown.out)
    assert (found["part"], found["class"]) == ("box.stl", "generic-250@1.0.0")
    assert (found["draft"]["layers"], found["production"]["layers"]) == (9, 5)
    assert found["draft"]["time_s"] > found["production"]["time_s"]
    state = {each.name for each in (fresh / ".farmctl").iterdir()}
    assert state <= {"slicer"}, "no ledger, no artifact, no slice"


def test_what_cannot_be_tried_is_said(fresh: Path, tmp_path: Path) -> None:
    done = type_in(fresh, "profile", "try", PETG, "--class", "voron-350")
    assert (done.code, done.out) == (4, "")
    assert "has no draft" in done.err
    assert put(fresh, "temperature=235").code == 0
    (tmp_path / "bad.stl").write_bytes(b"solid nothing\nendsolid\n")
    for words, code, said in (
        ([PETG], 2, "is for 2 classes"),
        ([PETG, "nope.stl", "--class", "voron-350"], 2, "there is no file nope.stl"),
        ([PETG, str(tmp_path / "bad.stl"), "--class", "voron-350"], 4, "cannot be printed"),
    ):
        done = type_in(fresh, "profile", "try", *words)
        assert done.code == code, done.err
        assert said in done.err


def test_a_draft_that_says_what_it_may_not_is_not_tried(fresh: Path) -> None:
    draft_of(fresh).write_text("temperature = 240\nwall_of_the_future = 1\n")
    done = type_in(fresh, "profile", "try", PETG, "--class", "generic-250")
    assert done.code == 3
    assert "has no setting `wall_of_the_future`" in done.err


def test_what_the_class_says_of_its_machines_counts(fresh: Path) -> None:
    assert put(fresh, "end_filament_gcode=PARK_IT").code == 0
    document = fresh / "profiles/classes/voron-350/class.yaml"
    text = document.read_text()
    shown = type_in(fresh, "validate").out
    for name in ("generic-250", "voron-350"):
        assert f"calls PARK_IT, which {name} does not declare" in shown
    document.write_text(text + "macros: [Park_It]\nmax_flow_mm3_s: 5\n")
    checked = type_in(fresh, "validate")
    assert checked.code == 0, "advice stops nothing"
    assert "which voron-350 does not" not in checked.out
    assert "which generic-250 does not" in checked.out
    assert "asks for 5.7 mm³/s, the hotend of voron-350 melts 5" in checked.out
    document.write_text(text + 'macros: ["PARK IT"]\n')
    assert type_in(fresh, "validate").code == 3


def test_a_farm_with_a_missing_class_version_is_still_checked_to_its_end(fresh: Path) -> None:
    assert put(fresh, "layer_height=0.34").code == 0
    farm = fresh / "farm.yaml"
    farm.write_text(farm.read_text().replace("generic-250@1.0.0", "generic-250@7.0.0"))
    done = type_in(fresh, "validate")
    assert done.code == 3
    assert "farm.yaml:" in done.out
