from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.lint import IN_CLASS, IN_PROFILE, Source, lint, notes, time_words
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure


def check(debian: Catalogue, text: str, *, in_class: bool = False) -> list[Diagnostic]:
    source = Source(
        "x.ini", ini.parse(text.encode(), "x.ini"), IN_CLASS if in_class else IN_PROFILE
    )
    return list(lint(source, debian))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("post_process = /bin/sh -c x", "setting-starts-program"),
        ("print_host = 10.0.0.1", "setting-private"),
        ("printhost_apikey = abc", "setting-private"),
        ("printhost_something_new = abc", "setting-private"),
        ("serial_port = /dev/ttyUSB0", "setting-private"),
        ("output_filename_format = ../../x.gcode", "setting-leaves-folder"),
        ("output_filename_format = C:\\\\x.gcode", "setting-leaves-folder"),
        ("output_filename_format = x.gcode", "setting-bookkeeping"),
        ("inherits = something", "setting-bookkeeping"),
        ("layer_hight = 0.2", "setting-unknown"),
        ("temperature =", "setting-empty"),
        ("nozzle_diameter =", "setting-empty"),
        ("bed_shape = 0x0,1x0,1x1", "setting-not-here"),
        ("start_gcode = G28", "setting-not-here"),
    ],
)
def test_what_a_profile_may_not_say_is_named_with_its_line(
    debian: Catalogue, line: str, code: str
) -> None:
    (found,) = check(debian, f"layer_height = 0.2\n{line}\n")
    assert (found.file, found.line, found.code) == ("x.ini", 2, code)
    assert found.mend


def test_a_misspelt_setting_is_answered_with_the_right_one(debian: Catalogue) -> None:
    (found,) = check(debian, "layer_hight = 0.2\n")
    assert found.mend == "did you mean `layer_height`?"


def test_the_value_of_a_secret_is_never_shown(debian: Catalogue) -> None:
    (found,) = check(debian, "printhost_apikey = hunter2\n")
    assert "hunter2" not in f"{found.message}{found.mend}"


@pytest.mark.parametrize(
    "text",
    [
        "start_gcode = G28\n",
        "post_process =\n",
        "start_filament_gcode =\n",
        "thumbnails =\n",
        "filament_retract_length = nil\n",
    ],
)
def test_what_is_fine_in_a_class_is_silent(debian: Catalogue, text: str) -> None:
    assert check(debian, text, in_class=True) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("; made {timestamp}", ("timestamp",)),
        (
            "; [year]-[month]-[day] {hour}:{minute}:{second}",
            ("day", "hour", "minute", "month", "second", "year"),
        ),
        ("{if layer_z > 1 and hour > 3}M117 late{endif}", ("hour",)),
        ("M117 good day {layer_z}", ()),
        ('M117 {"second"}', ()),
        ("G1 X[first_layer_temperature] ; year", ()),
    ],
)
def test_only_placeholders_tell_the_time(value: str, words: tuple[str, ...]) -> None:
    assert time_words(value) == words


def test_the_time_of_slicing_is_refused_in_every_custom_gcode(debian: Catalogue) -> None:
    (found,) = check(debian, "end_filament_gcode = ; {timestamp}\n")
    assert found.code == "setting-tells-time"
    assert "timestamp" in found.message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("perimeter_generator", "arachne"),
        ("fill_pattern", "lightning"),
        ("seam_position", "random"),
        ("fuzzy_skin", "all"),
        ("fuzzy_skin", "external"),
    ],
)
def test_what_slices_to_other_bytes_each_time_is_a_note_and_no_more(key: str, value: str) -> None:
    (note,) = notes({key: value}, "x.ini")
    assert note.severity is Severity.NOTE
    assert note.code == "not-byte-repeatable"
    assert notes({key: "other"}, "x.ini") == ()


def test_what_is_wrong_with_the_file_itself_is_shown_beside(debian: Catalogue) -> None:
    found = check(debian, "rubbish\nlayer_hight = 0.2\n")
    assert [each.code for each in found] == ["ini-rubbish", "setting-unknown"]


def test_the_reference_classes_and_profiles_are_clean_and_repeatable(
    debian: Catalogue, profiles: Path
) -> None:
    files = [*profiles.glob("*-*/*.ini"), *profiles.glob("classes/*/*.ini")]
    assert len(files) >= 5
    for path in files:
        allowed = IN_CLASS if path.parts[-3] == "classes" else IN_PROFILE
        found = ini.parse(path.read_bytes(), str(path))
        assert lint(Source(str(path), found, allowed), debian) == ()
        assert notes(found.values, str(path)) == ()
