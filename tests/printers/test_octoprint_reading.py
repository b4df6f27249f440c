"""What the driver reads in what the real OctoPrint said, and in what nobody should say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Ended, Job
from farmctl.printers.octoprint.machine import machine, nozzle_um, profile_of
from farmctl.printers.octoprint.seen import Counts, Seen, counts_of, identity_of, observation
from farmctl.printers.octoprint.status import Now, now_of
from farmctl.printers.octoprint.stored import Stored, digest_of, ending_of, listed_of, stored_of
from tests.printers.octoprint_rig import SHORT
from tests.printers.recorded import body

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def now(name: str) -> Now:
    found = now_of(body("octoprint", name))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "state", "file"),
    [
        ("job-idle", DeviceState.READY, None),
        ("job-printing", DeviceState.PRINTING, "long.gcode"),
        ("job-paused", DeviceState.PAUSED, "long.gcode"),
        ("job-cancelled", DeviceState.READY, None),
        ("job-after-error", DeviceState.FAULT, None),
        ("job-offline", DeviceState.FAULT, None),
        ("job-after-restart", DeviceState.READY, None),
    ],
)
def test_a_state_is_read(name: str, state: DeviceState, file: str | None) -> None:
    seen = now(name)
    assert seen.state is state
    assert (seen.job.file if seen.job else None) == file


def test_a_file_that_stays_selected_is_no_job() -> None:
    assert now("job-cancelled").file == "long.gcode"
    assert not now("job-cancelled").prints("long.gcode")


def test_what_the_printer_said_when_it_broke_is_told() -> None:
    assert "Thermal Runaway" in now("job-after-error").message


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Starting", DeviceState.PRINTING),
        ("Finishing", DeviceState.PRINTING),
        ("Pausing", DeviceState.PRINTING),
        ("Resuming", DeviceState.PRINTING),
        ("Cancelling", DeviceState.PRINTING),
        ("Printing from SD", DeviceState.PRINTING),
        ("Error", DeviceState.FAULT),
        ("Connecting", DeviceState.UNKNOWN),
        ("Sending file to SD", DeviceState.UNKNOWN),
        ("Unknown State (99)", DeviceState.UNKNOWN),
    ],
)
def test_each_word_has_a_meaning(word: str, state: DeviceState) -> None:
    assert Now(word, "a.gcode").state is state


def stored(name: str) -> Stored:
    found = stored_of(body("octoprint", name))
    assert found is not None
    return found


def test_a_print_that_was_never_counted_has_no_end() -> None:
    assert ending_of(stored("file-never-printed"), is_cancelled=False) is None
    assert ending_of(stored("file-cut-off"), is_cancelled=True) is None


def test_counters_tell_how_a_print_ended_but_not_a_cancel_from_a_failure() -> None:
    completed = ending_of(stored("file-completed"), is_cancelled=False)
    assert completed is not None
    assert (completed.ended, completed.file) == (Ended.COMPLETED, "new.gcode")
    for name in ("file-cancelled", "file-failed"):
        for is_cancelled, ended in ((False, Ended.FAILED), (True, Ended.ABORTED)):
            ending = ending_of(stored(name), is_cancelled=is_cancelled)
            assert ending is not None
            assert ending.ended is ended


def test_when_it_ended_and_how_long_it_took_are_told() -> None:
    said = {"path": "a.gcode", "size": 4}
    last = {"date": 1795359527.9, "printTime": 41.6, "success": True}
    found = stored_of({**said, "prints": {"success": 1, "failure": 0, "last": last}})
    assert found is not None
    ending = ending_of(found, is_cancelled=False)
    assert ending is not None
    assert ending.print_s == 42
    assert ending.ended_at == datetime.fromtimestamp(1795359527.9, UTC)


def test_a_stored_file_holds_what_its_size_and_digest_say() -> None:
    found = stored("file-never-printed")
    assert found.holds(SHORT)
    assert not found.holds(SHORT + b"\n")
    assert not found.holds(bytes(len(SHORT)))
    assert Stored("a", 4).holds(b"G28\n")
    assert digest_of(b"") == "da39a3ee5e6b4b0d3255bfef95601890afd80709"


def test_the_list_of_files_is_read() -> None:
    assert [each.name for each in listed_of(body("octoprint", "files-none"))] == []
    names = {each.name for each in listed_of(body("octoprint", "files-two"))}
    assert names == {"new.gcode", "con_.gcode"}


def test_the_machine_is_what_the_profile_in_use_says() -> None:
    profile = profile_of(body("octoprint", "profiles"))
    found = machine("id-1", "OctoPrint 1.11.8", profile)
    assert (found.driver, found.identity, found.server) == ("octoprint", "id-1", "OctoPrint 1.11.8")
    assert (found.bed_mm, found.height_mm, found.nozzle_mm) == ((200.0, 200.0), 200.0, 0.4)
    assert nozzle_um(profile) == 400


@pytest.mark.parametrize(
    "volume",
    [
        {"formFactor": "circular", "origin": "center", "width": 200.0, "depth": 200.0},
        {"formFactor": "rectangular", "origin": "center", "width": 200.0, "depth": 200.0},
        {"formFactor": "rectangular", "origin": "lowerleft", "width": 200.0},
        {},
        "large",
    ],
)
def test_a_bed_that_farmctl_cannot_place_is_not_guessed(volume: object) -> None:
    assert machine("id-1", "OctoPrint 1.11.8", {"volume": volume}).bed_mm is None


NAME = PrinterName("ender-1")
IDLE = Now("Operational", "")
COUNTS = Counts(since=1795359515, starts=3, prints=41)


def look(**parts: Any) -> Any:
    usual: dict[str, Any] = {"now": IDLE, "identity": "id-1", "counts": COUNTS}
    return observation(NAME, NOW, Seen(**{**usual, **parts}), 400)


def test_a_look_tells_all_that_was_seen() -> None:
    seen = look(now=Now("Printing", "a.gcode", progress=50.04, elapsed_s=61.4))
    assert (seen.state, seen.identity, seen.boot) == (DeviceState.PRINTING, "id-1", "1795359515/3")
    assert (seen.jobs_total, seen.nozzle_um) == (41, 400)
    assert seen.job == Job("a.gcode", progress_permille=500, elapsed_s=61)


def test_an_octoprint_that_says_half_is_not_ready() -> None:
    assert look(identity=None, why="who is it?").state is DeviceState.FAULT
    assert look(counts=None, why="it counts nothing").message == "it counts nothing"
    printing = look(now=Now("Printing", "a.gcode"), counts=None, why="it counts nothing")
    assert (printing.state, printing.boot) == (DeviceState.PRINTING, None)
    assert look(now=None, why="no OctoPrint").state is DeviceState.FAULT
    assert look(is_silent=True, why="no answer").state is DeviceState.OFFLINE


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        "Operational",
        {},
        {"state": 5, "job": {}},
        {"state": "Operational"},
        {"state": "Operational", "job": None},
    ],
)
def test_what_is_no_state_is_none(said: object) -> None:
    assert now_of(said) is None


@pytest.mark.parametrize("said", [None, [], {}, {"stats": []}, {"stats": {"created": True}}])
def test_what_is_no_count_is_none(said: object) -> None:
    assert counts_of(said) is None
    assert identity_of(said) is None
    assert stored_of(said) is None
    assert listed_of(said) == ()
    assert profile_of(said) is None
    assert nozzle_um(said) is None


def test_figures_that_cannot_be_are_passed_over() -> None:
    job = {"file": {"path": "a.gcode"}}
    progress = {"completion": float("inf"), "printTime": "long"}
    odd = now_of({"state": "Printing", "job": job, "progress": progress})
    assert odd is not None
    assert odd.job == Job("a.gcode")
    far = {"date": 1e14, "printTime": 1}
    file = stored_of({"path": "a", "size": 1, "prints": {"success": 1, "last": far}})
    assert file is not None
    assert file.ended_at is None
