"""How a print ended: by what Klipper shows of our file, else by Moonraker's history."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from farmctl.model.observation import Ended
from farmctl.printers.moonraker.history import Past, ending_of, past
from farmctl.printers.moonraker.status import Live
from tests.printers.recorded import body

pytestmark = pytest.mark.pure

FILE = "farmctl-1.gcode"
ELSEWHERE = "theirs.gcode"


def klipper(print_: str, file: str = FILE, firmware: str = "ready", message: str = "") -> Live:
    return Live(
        firmware=firmware,
        message=message,
        print=print_,
        file=file,
        is_moving=False,
        progress=1.0,
        elapsed_s=20.0,
        print_s=12.4,
        filament_mm=3.5,
    )


def job(status: str, file: str = FILE) -> Past:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    return Past("00000A", file, status, 11.0, 2.5, started_at=at, ended_at=at)


@pytest.mark.parametrize(
    ("now", "newest", "ended", "reason"),
    [
        (klipper("complete"), job("completed"), Ended.COMPLETED, None),
        (klipper("cancelled"), job("cancelled"), Ended.ABORTED, None),
        (
            klipper("error", message="Move out of range"),
            job("error"),
            Ended.FAILED,
            "printer_error",
        ),
        # The history is a moment behind, or missed the file's name or the whole job.
        (klipper("complete"), job("in_progress"), Ended.COMPLETED, None),
        (klipper("complete"), None, Ended.COMPLETED, None),
        # Moonraker restarted in mid-print: its history is wrong for good.
        (klipper("complete"), job("interrupted"), Ended.COMPLETED, None),
        (klipper("cancelled"), job("server_exit"), Ended.ABORTED, None),
        # Klipper shows another print, or none since its start.
        (klipper("standby", ""), job("completed"), Ended.COMPLETED, None),
        (klipper("printing", ELSEWHERE), job("cancelled"), Ended.ABORTED, None),
        (klipper("standby", ""), job("klippy_disconnect"), Ended.FAILED, "interrupted"),
        (klipper("standby", ""), job("interrupted"), Ended.FAILED, "interrupted"),
        (klipper("standby", ""), job("server_exit"), Ended.FAILED, "interrupted"),
        # Klipper shut down, or is gone.
        (
            klipper("paused", firmware="shutdown"),
            job("klippy_shutdown"),
            Ended.FAILED,
            "printer_error",
        ),
        (
            klipper("error", firmware="shutdown", message="MCU 'mcu' shutdown: ADC out of range"),
            job("klippy_shutdown"),
            Ended.FAILED,
            "thermal",
        ),
        (
            klipper("error", message="Heater extruder not heating at expected rate"),
            job("error"),
            Ended.FAILED,
            "thermal",
        ),
        (None, job("klippy_disconnect"), Ended.FAILED, "interrupted"),
        (None, job("completed"), Ended.COMPLETED, None),
    ],
)
def test_an_end_is_told(now: Live | None, newest: Past | None, ended: Ended, reason: str) -> None:
    ending = ending_of(FILE, now, newest)
    assert ending is not None
    assert (ending.ended, ending.reason, ending.file) == (ended, reason, FILE)


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        (klipper("printing"), job("in_progress")),
        (klipper("paused"), job("in_progress")),
        # Whatever the history says, Klipper prints on.
        (klipper("printing"), job("interrupted")),
        (klipper("paused"), job("server_exit")),
        (klipper("printing"), job("completed")),
        # Moonraker is back, and has not found Klipper yet: it may print on.
        (None, job("interrupted")),
        (None, job("server_exit")),
        (None, None),
        (klipper("complete", ELSEWHERE), None),
        (klipper("standby", ""), job("in_progress")),
        (klipper("standby", ""), job("some_new_word")),
        # It shut down, and the history has not heard of it yet.
        (klipper("printing", firmware="shutdown"), job("in_progress")),
        (klipper("complete", firmware="startup"), job("interrupted")),
    ],
)
def test_what_does_not_show_an_end_is_none(now: Live | None, newest: Past | None) -> None:
    assert ending_of(FILE, now, newest) is None


def test_a_file_still_in_motion_has_not_ended() -> None:
    moving = Live("ready", "", "complete", FILE, True, 1.0, 20.0, 12.4, 3.5)
    assert ending_of(FILE, moving, job("completed")) is None


def test_figures_are_those_of_the_history_where_it_agrees() -> None:
    ending = ending_of(FILE, klipper("complete"), job("completed"))
    assert ending is not None
    assert (ending.print_s, ending.filament_um, ending.job_id) == (11, 2500, "00000A")
    alone = ending_of(FILE, klipper("complete"), None)
    assert alone is not None
    assert (alone.print_s, alone.filament_um, alone.job_id) == (12, 3500, None)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("history-completed", "completed"),
        ("history-cancelled", "cancelled"),
        ("history-error", "error"),
        ("history-in-progress", "in_progress"),
        ("history-klippy-shutdown", "klippy_shutdown"),
        ("history-klippy-disconnect", "klippy_disconnect"),
        ("history-interrupted-but-printing", "interrupted"),
        ("history-interrupted-and-cancelled", "interrupted"),
        ("history-server-exit-but-printing", "server_exit"),
    ],
)
def test_recorded_jobs_are_read(name: str, status: str) -> None:
    jobs = body("moonraker", name)["result"]["jobs"]
    for each in jobs:
        each.update(print_duration=1.5, filament_used=2.5, start_time=1795262000.0, end_time=None)
    (read,) = past(jobs)
    assert (read.status, read.print_s, read.ended_at) == (status, 1.5, None)
    assert read.started_at is not None
    assert read.started_at.tzinfo is UTC


def test_no_history_is_no_job() -> None:
    assert past(body("moonraker", "history-empty")["result"]["jobs"]) == ()
