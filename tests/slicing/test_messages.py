from __future__ import annotations

import signal

import pytest

from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.prusaslicer.endings import failure_of, no_output
from farmctl.slicing.prusaslicer.messages import warnings
from farmctl.system.processes import Finished

pytestmark = pytest.mark.pure

PROGRESS = """[2026-11-21 11:17:35.603403] [0x00007f53a6e69d80] [trace]   Initializing StaticPrintConfigs
10 => Processing triangulated mesh
70 => Infilling layers
30 => Preparing infill
"""
EMPTY_LAYER = """print warning: Empty layer between 2.15 and 6.35.

Object name: P01

Make sure the object is printable. This is usually caused by a faulty model.
"""
RESERVED = """print warning: In the custom G-code were found reserved keywords:
Start G-code: "TYPE:Perimeter"
"""
LIMITS = SliceLimits(wall_s=9, cpu_s=7, file_b=1024**2)


def ended(returncode: int, stderr: str = "", stdout: str = PROGRESS) -> Finished:
    return Finished(returncode, stdout, stderr)


def code_of(returncode: int, stderr: str = "", largest_b: int = 0, stdout: str = PROGRESS) -> str:
    failure = failure_of(ended(returncode, stderr, stdout), LIMITS, largest_b)
    assert failure is not None
    assert failure.mend
    return failure.code


def test_progress_alone_warns_of_nothing() -> None:
    assert warnings(PROGRESS + "Slicing result exported to plate.gcode\n", "") == ()


def test_known_warnings_become_codes_in_their_order() -> None:
    said = warnings(PROGRESS + RESERVED + EMPTY_LAYER + "90 => Exporting\n", "")
    assert [each.code for each in said] == ["reserved-words-in-gcode", "empty-layers"]
    assert "between 2.15 and 6.35" in said[1].text
    assert "TYPE:Perimeter" in said[0].text
    assert "TYPE" not in said[1].text


def test_a_warning_of_one_object_is_a_warning_too() -> None:
    said = warnings(
        "print_object warning: The model has overlapping or self-intersecting facets.", ""
    )
    assert [each.code for each in said] == ["mesh-repaired"]


def test_an_unknown_text_is_kept_as_it_is() -> None:
    (said,) = warnings(PROGRESS + "print warning: The moon is full\n", "")
    assert (said.code, said.text) == ("slicer-warning-other", "The moon is full")


def test_what_a_slicer_that_succeeded_writes_on_stderr_is_a_warning() -> None:
    (said,) = warnings(PROGRESS, "something odd\n")
    assert (said.code, said.text) == ("slicer-warning-other", "something odd")


@pytest.mark.parametrize(
    ("stderr", "code"),
    [
        ("No such file: plate.3mf", "slicer-files"),
        ("P01.3mf: Loading of a model file failed.", "model-unloadable"),
        ("Unknown file format. Input file must have .stl, .obj …", "model-unloadable"),
        ("No layers were detected. You might want to repair your STL file(s)", "no-layers"),
        ("The print is empty. The model is not printable with current settings.", "print-empty"),
        ("error: Objects could not fit on the bed", "parts-do-not-fit"),
        ("G-code export to X failed.\nCannot open the file for writing.", "slicer-files"),
        (
            "Failed loading configuration file: Invalid value provided for parameter a: b",
            "slicer-refused-config",
        ),
        (
            "Error: The composite configation is not valid: Value out of range: temperature",
            "slicer-refused-config",
        ),
        ("Layer height can't be greater than nozzle diameter", "slicer-refused-config"),
        (
            "Excessive extrusion_width=3 mm to be printable with a nozzle diameter 0.4 mm",
            "slicer-refused-config",
        ),
        ("<unspecified file>(222): duplicate key name", "slicer-refused-config"),
        ("'=' character not found in line", "slicer-refused-config"),
        (
            "failed due to invalid custom G-code sections:\n\nstart_gcode\nNot a variable name",
            "custom-gcode-refused",
        ),
        ("Unknown option --dont-arrange", "slicer-too-different"),
        ("An error occured while setting up locale", "slicer-locale"),
        ("Some objects are too close; your extruder will collide with them.", "parts-too-close"),
        ("Some objects are too tall and cannot be printed", "parts-too-tall"),
        ("There is an object with no extrusions in the first layer.", "first-layer-empty"),
        ("terminate called … what():  std::bad_alloc", "slicer-memory"),
        ("write: No space left on device", "slicer-disk-full"),
        ("the dog ate it", "slicer-failed"),
    ],
)
def test_what_the_slicer_says_is_a_stable_code(stderr: str, code: str) -> None:
    assert code_of(1, stderr) == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGSEGV, "slicer-crashed"),
        (signal.SIGABRT, "slicer-crashed"),
        (signal.SIGXCPU, "slicer-timeout"),
        (signal.SIGXFSZ, "slicer-disk-full"),
        (signal.SIGKILL, "slicer-memory"),
    ],
)
def test_a_signal_is_named_also_through_a_shell(number: signal.Signals, code: str) -> None:
    assert code_of(-number) == code
    assert code_of(128 + number) == code


def test_an_abort_that_says_why_is_what_it_says() -> None:
    words = "terminate called after throwing\n what():  Objects could not fit on the bed"
    assert code_of(-signal.SIGABRT, words) == "parts-do-not-fit"


def test_a_file_as_large_as_it_may_be_is_the_reason_whatever_the_program_says() -> None:
    assert code_of(1, "could not write", LIMITS.file_b) == "slicer-disk-full"
    assert code_of(0, "", LIMITS.file_b) == "slicer-disk-full"


def test_an_end_by_the_clock_says_how_long_it_was_allowed() -> None:
    failure = failure_of(Finished(-9, "", "", timed_out=True), LIMITS, 0)
    assert failure is not None
    assert failure.code == "slicer-timeout"
    assert "9 s" in failure.message


def test_a_good_end_is_no_failure() -> None:
    assert failure_of(ended(0), LIMITS, 100) is None


def test_nothing_written_with_exit_code_0_is_a_failure_with_the_reason_if_one_was_said() -> None:
    assert no_output(ended(0)).code == "slicer-no-output"
    said = PROGRESS + "Nothing to print for o.gcode . Either the print is empty or …\n"
    assert no_output(ended(0, stdout=said)).code == "print-empty"


def test_a_failure_shows_the_slicers_own_words_on_one_line_cut_short() -> None:
    failure = failure_of(ended(1, "Layer height can't\nbe " + "very " * 200), LIMITS, 0)
    assert failure is not None
    assert "Layer height can't be very" in failure.message
    assert failure.message.endswith("…")
    assert len(failure.message) < 500
