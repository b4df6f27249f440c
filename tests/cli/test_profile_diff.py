"""`profile effective` and `profile diff`: what settings come to, and what is really different."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from farmctl.model.digest import digest_of, hexdigits
from tests.floor.small_farm import commit_all, git, type_in

pytestmark = pytest.mark.slicer

PETG = "petg-0.4-standard"


def draft(farm: Path, *lines: str, name: str = PETG) -> Path:
    """A draft: the released version with lines after it, each instead of the one it had."""
    keys = {line.partition(" =")[0] for line in lines}
    released = (farm / f"profiles/{name}/1.0.0.ini").read_text().splitlines()
    kept = [line for line in released if line.partition(" =")[0] not in keys]
    path = farm / f"profiles/{name}/draft.ini"
    path.write_text("".join(f"{line}\n" for line in (*kept, *lines)))
    return path


def new_class_version(farm: Path, version: str, *lines: str, name: str = "voron-350") -> None:
    """Release another version of a class: the first one with lines instead of those it had."""
    folder = farm / f"profiles/classes/{name}"
    keys = {line.partition(" =")[0] for line in lines}
    first = (folder / "1.0.0.ini").read_text().splitlines()
    kept = [line for line in first if line.partition(" =")[0] not in keys]
    text = "".join(f"{line}\n" for line in (*kept, *lines))
    (folder / f"{version}.ini").write_text(text)
    document = (folder / "class.yaml").read_text()
    sha256 = hexdigits(digest_of(text.encode()))
    entry = f'  {version}: {{sha256: "{sha256}", state: released}}\n'
    (folder / "class.yaml").write_text(document.rstrip("\n") + "\n" + entry)


def test_effective_settings_are_complete_and_name_their_sources(fresh: Path) -> None:
    done = type_in(fresh, "profile", "effective", PETG, "--class", "voron-350")
    assert done.code == 0, done.err
    lines = dict(line.partition(" =")[::2] for line in done.out.splitlines())
    assert len(lines) > 250
    assert lines["temperature"] == " 240"
    assert lines["max_print_height"] == " 330"
    found = json.loads(
        type_in(fresh, "profile", "effective", PETG, "--class", "voron-350", "-o", "json").out
    )
    assert (found["profile"], found["class"]) == (f"{PETG}@1.0.0", "voron-350@1.0.0")
    by_key = {each["key"]: each for each in found["items"]}
    assert by_key["temperature"] == {
        "key": "temperature",
        "value": "240",
        "unit": "°C",
        "source": f"profile {PETG}@1.0.0",
        "group": "Temperatures",
    }
    assert by_key["max_print_height"]["source"] == "class voron-350@1.0.0"
    assert by_key["thin_walls"]["source"] == "the slicer's defaults"
    assert by_key["post_process"]["source"] == "farmctl"
    assert found["digest"] == digest_of(done.out.encode())
    wide = type_in(fresh, "profile", "effective", PETG, "--class", "voron-350", "-o", "wide").out
    assert "temperature  " in wide
    assert f"profile {PETG}@1.0.0" in wide


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([PETG], 2, "is for 2 classes: generic-250, voron-350"),
        (["petg-0.4-standart", "--class", "voron-350"], 1, f"did you mean {PETG}"),
        ([f"{PETG}@9.9.9", "--class", "voron-350"], 1, "no profile version"),
        ([f"{PETG}@", "--class", "voron-350"], 2, "names no version"),
        ([f"{PETG}@canary", "--class", "voron-350"], 4, "has nothing in canary"),
        ([f"{PETG}@draft", "--class", "voron-350"], 4, "has no draft"),
        ([PETG, "--class", "voron-35"], 1, "did you mean voron-350"),
        ([PETG, "--class", "voron-350@7.0.0"], 1, "no class version"),
        ([PETG, "--class", "voron-350", "--rev", "nonsense"], 1, "nonsense"),
        ([f"HEAD:{PETG}@draft", "--class", "voron-350"], 4, "has no draft"),
        ([f":{PETG}", "--class", "voron-350"], 2, "is not REV:NAME"),
    ],
)
def test_what_cannot_be_meant_is_said(fresh: Path, words: list[str], code: int, said: str) -> None:
    done = type_in(fresh, "profile", "effective", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "mend: " in done.err


def test_a_class_that_the_profile_is_not_for_is_named(fresh: Path) -> None:
    document = fresh / f"profiles/{PETG}/profile.yaml"
    document.write_text(document.read_text().replace("[generic-250, voron-350]", "[generic-250]"))
    done = type_in(fresh, "profile", "effective", PETG, "--class", "voron-350")
    assert done.code == 2
    assert f"{PETG} is not for voron-350" in done.err
    alone = type_in(fresh, "profile", "effective", PETG, "-o", "json")
    assert json.loads(alone.out)["class"] == "generic-250@1.0.0"


def test_a_draft_is_compared_with_production_and_what_is_the_same_on_all_is_said_once(
    fresh: Path,
) -> None:
    draft(fresh, "temperature = 235", "external_perimeter_speed = 30.0", "fill_angle = 45.0")
    done = type_in(fresh, "profile", "diff", PETG)
    assert done.code == 0, done.err
    assert f"{PETG}: production 1.0.0 → draft" in done.err
    assert done.out.splitlines() == [
        "Temperatures   temperature               240 → 235 °C",
        "Walls          external_perimeter_speed   35 → 30.0 mm/s   same on generic-250, voron-350",
    ]
    found = json.loads(type_in(fresh, "profile", "diff", PETG, "-o", "json").out)
    assert found["schema"] == "farmctl.profile-diff/v1"
    (item,) = found["items"]
    assert item["classes"] == ["generic-250", "voron-350"]
    assert item["changes"][0] == {
        "group": "Temperatures",
        "key": "temperature",
        "unit": "°C",
        "before": "240",
        "after": "235",
        "source_before": "profile",
        "source_after": "profile",
        "classes": ["generic-250", "voron-350"],
    }
    assert type_in(fresh, "profile", "diff", PETG, "-o", "name").out.split() == [
        "external_perimeter_speed",
        "temperature",
    ]


def test_what_is_left_out_of_a_draft_comes_from_the_class_or_the_slicer(fresh: Path) -> None:
    path = draft(fresh, "retract_length = 0.6")
    path.write_text(path.read_text().replace("temperature = 240\n", "", 1))
    done = type_in(fresh, "profile", "diff", PETG)
    assert "240 → 200 °C (the slicer's defaults)" in done.out
    assert "retract_length" in done.out
    assert "0.8 → 0.6 mm (the profile's)   only on generic-250" in done.out


def test_custom_gcode_is_compared_line_by_line(fresh: Path) -> None:
    raw = r'end_filament_gcode = "; bye\nM107\nG4 S1\n"'
    draft(fresh, raw)
    git(fresh, "add", "-A")
    commit_all(fresh, "draft")
    draft(fresh, raw.replace("M107", "M106 S80"))
    done = type_in(fresh, "profile", "diff", f"HEAD:{PETG}@draft", f"{PETG}@draft")
    assert done.out.splitlines() == [
        "Custom g-code  end_filament_gcode   same on generic-250, voron-350",
        "  @@ -1,3 +1,3 @@",
        "   ; bye",
        "  -M107",
        "  +M106 S80",
        "   G4 S1",
    ]
    done = type_in(fresh, "profile", "diff", PETG, f"{PETG}@draft", "--rev", "HEAD", "-o", "json")
    (change,) = json.loads(done.out)["items"][0]["changes"]
    assert change["lines"] == ["@@ -0,0 +1,3 @@", "+; bye", "+M107", "+G4 S1"]


def test_two_profiles_versions_and_channels_are_compared(fresh: Path) -> None:
    path = fresh / f"profiles/{PETG}/profile.yaml"
    new = draft(fresh, "temperature = 230").rename(path.parent / "1.1.0.ini")
    entry = f'  1.1.0: {{sha256: "{hexdigits(digest_of(new.read_bytes()))}", state: released}}\n'
    text = path.read_text().replace(
        "channels: {", f"{entry}channels: {{canary: {{version: 1.1.0}}, "
    )
    path.write_text(text)
    for words in ([f"{PETG}@canary"], [PETG, f"{PETG}@1.1.0"], [f"{PETG}@1.1.0"]):
        done = type_in(fresh, "profile", "diff", *words, "--class", "voron-350")
        assert done.out == "Temperatures   temperature  240 → 230 °C\n", done.err
    done = type_in(fresh, "profile", "diff", PETG, "pla-0.4-standard", "-o", "wide")
    assert f"{PETG} production 1.0.0 → pla-0.4-standard production 1.0.0" in done.err
    assert "PETG → PLA" in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_nothing_changes_and_nothing_to_compare_are_said(fresh: Path) -> None:
    draft(fresh)
    assert type_in(fresh, "profile", "diff", PETG).out == "nothing changes\n"
    for words, code, said in (
        (["pla-0.4-draft"], 4, "has no draft"),
        ([], 2, "which profile?"),
        ([PETG, "--slicer", "default", "nonesuch"], 1, "there is no slicer `nonesuch`"),
        ([PETG, PETG, "--slicer", "default", "default"], 2, "--slicer compares slicers only"),
        ([PETG, "--class", "voron-350", "--class", "x"], 1, "there is no printer class `x`"),
    ):
        done = type_in(fresh, "profile", "diff", *words)
        assert done.code == code, (words, done.err)
        assert said in done.err


def test_a_draft_that_means_nothing_is_named_and_not_half_compared(fresh: Path) -> None:
    path = draft(fresh)
    path.write_text("temperature = 240\nrubbish\n")
    done = type_in(fresh, "profile", "diff", PETG)
    assert (done.code, done.out) == (3, "")
    assert f"profiles/{PETG}/draft.ini:2:1: `rubbish` is no setting" in done.err
    path.write_bytes(b"temperature = \xff\n")
    assert type_in(fresh, "profile", "diff", PETG).code == 3


def test_a_difference_that_cannot_be_printed_is_shown_with_its_findings(fresh: Path) -> None:
    draft(fresh, "temperature = 290", "wall_of_the_future = 1")
    done = type_in(fresh, "profile", "diff", PETG)
    assert done.code == 3
    assert "240 → 290 °C" in done.out
    assert "has no setting `wall_of_the_future`" in done.err
    assert "`temperature` is 290 °C, the nozzle of generic-250 stands 260" in done.err


def test_another_version_of_a_class_shows_what_it_changes_under_each_profile(fresh: Path) -> None:
    changed = ("retract_length = 0.5", "machine_max_acceleration_x = 9000", "gcode_flavor = marlin")
    new_class_version(fresh, "1.1.0", *changed)
    said_twice = ["--class", "voron-350@1.0.0", "--class", "voron-350@1.1.0"]
    done = type_in(fresh, "profile", "diff", PETG, *said_twice)
    assert done.out.splitlines() == [
        "Retraction     retract_length                  0.6 → 0.5 mm",
        "Machine limits gcode_flavor                marlin2 → marlin",
        "               machine_max_acceleration_x     5000 → 9000 mm/s²",
    ]
    assert f"{PETG}@1.0.0: voron-350@1.0.0 → voron-350@1.1.0" in done.err
    beside = type_in(
        fresh, "profile", "diff", PETG, "--class", "voron-350@1.0.0", "voron-350@1.1.0"
    )
    assert beside.out == done.out
    every = type_in(fresh, "profile", "diff", *said_twice, "-o", "json")
    items = json.loads(every.out)["items"]
    assert [each["profile"] for each in items] == [
        "petg-0.4-standard@1.0.0",
        "pla-0.4-draft@1.0.0",
        "pla-0.4-standard@1.0.0",
    ]
    assert {len(each["changes"]) for each in items} == {3}


UPGRADED = r"""#!/bin/sh
real={real}
"$real" "$@"; code=$?
[ -f saved.ini ] && sed -i \
  -e 's/^fuzzy_skin_thickness = 0.3$/fuzzy_skin_thickness = 0.2/' \
  -e 's/^temperature = 200$/temperature = 205/' \
  -e '/^elefant_foot_compensation = /d' -e '/^thin_walls = /d' \
  -e '$ a wall_of_the_future = 1' saved.ini
[ -f plate.gcode ] && sed -i \
  's/^; prusaslicer_config = begin.*/&\n; wall_of_the_future = 1/' plate.gcode
exit $code
"""


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    """Another build of the slicer, with other settings."""
    real = shutil.which("prusa-slicer")
    assert real, "these tests need PrusaSlicer (Debian: apt install prusa-slicer)"
    path = tmp_path / "prusa-slicer-next"
    path.write_text(UPGRADED.replace("{real}", shlex.quote(real)))
    path.chmod(0o755)
    return path


CHANGED_BY_UPGRADE = """\
Walls          elefant_foot_compensation  0.1 → unknown to the slicer, and the profile says it
               fuzzy_skin_thickness       0.3 → 0.2 mm (the slicer's defaults)
               thin_walls                   1 → unknown to the slicer
               wall_of_the_future         new → 1 (the slicer's defaults)\
   same on generic-250, voron-350"""


def test_another_slicer_shows_exactly_what_changes_under_each_profile(
    fresh: Path, upgraded: Path
) -> None:
    done = type_in(fresh, "profile", "diff", "--slicer", "default", str(upgraded), "-o", "wide")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    starts = [number for number, line in enumerate(lines) if "@1.0.0: prusaslicer" in line]
    assert len(starts) == 3
    for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        assert lines[begin + 1 : end] == CHANGED_BY_UPGRADE.splitlines()
    done = type_in(fresh, "profile", "diff", PETG, "--slicer", "default", str(upgraded))
    assert max(map(len, done.out.splitlines())) <= 100


def test_the_slicer_before_is_found_by_its_digest_and_in_the_revision_before(
    fresh: Path, upgraded: Path
) -> None:
    path = fresh / f"profiles/{PETG}/1.0.0.ini"
    before = [each.stem for each in (fresh / "profiles/slicers").iterdir()]
    pinned = type_in(fresh, "slicer", "pin", str(upgraded))
    assert pinned.code == 3, "the profiles say what it does not know: nothing may be pinned so"
    assert path.is_file()
    for name in (PETG, "pla-0.4-draft", "pla-0.4-standard"):
        folder = fresh / f"profiles/{name}"
        raw = (folder / "1.0.0.ini").read_bytes().replace(b"elefant_foot_compensation = 0.1\n", b"")
        (folder / "1.0.0.ini").write_bytes(raw)
        text = (folder / "profile.yaml").read_text()
        old = text.split('sha256: "')[1].split('"')[0]
        (folder / "profile.yaml").write_text(text.replace(old, hexdigits(digest_of(raw))))
    commit_all(fresh, "no elephants")
    pinned = type_in(fresh, "slicer", "pin", str(upgraded))
    assert pinned.code == 0, pinned.err
    (digest,) = before
    shown = [
        type_in(fresh, "profile", "diff", PETG, "--slicer", word, "default", "-o", "json")
        for word in (digest[:12], f"sha256:{digest}", "HEAD~1:default")
    ]
    changes = [json.loads(each.out)["items"][0]["changes"] for each in shown]
    assert changes[0] == changes[1] == changes[2]
    assert [(each["key"], each["before"], each["after"]) for each in changes[0]] == [
        ("elefant_foot_compensation", "0", None),
        ("fuzzy_skin_thickness", "0.3", "0.2"),
        ("thin_walls", "1", None),
        ("wall_of_the_future", None, "1"),
    ]
