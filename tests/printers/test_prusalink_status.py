"""What PrusaLink shows, read as farmctl sees printers; and what is no answer of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.model.observation import DeviceState
from farmctl.printers.prusalink.machine import firmware, machine, printer_type, server
from farmctl.printers.prusalink.status import (
    LiveJob,
    Shown,
    job_id_in,
    live_job,
    names_in,
    shown,
    size_in,
    word_in,
)
from tests.printers.recorded import body

pytestmark = pytest.mark.pure

INFO = body("prusalink", "info")


def recorded(status: str, job: str | None = None) -> Shown:
    said = body("prusalink", status)
    job_id = job_id_in(said)
    live = live_job(body("prusalink", job), job_id) if job and job_id else None
    return shown(INFO, said, live)


@pytest.mark.parametrize(
    ("status", "job", "state"),
    [
        ("status-idle", None, DeviceState.READY),
        ("status-printing", "job-printing", DeviceState.PRINTING),
        ("status-paused", "job-paused", DeviceState.PAUSED),
        # It takes no start yet.
        ("status-finished", "job-finished", DeviceState.UNKNOWN),
        ("status-stopped", "job-stopped", DeviceState.UNKNOWN),
        ("status-reset", None, DeviceState.UNKNOWN),
        ("status-error", "job-error", DeviceState.FAULT),
    ],
)
def test_a_state_is_read_from_what_prusalink_said(
    status: str, job: str | None, state: DeviceState
) -> None:
    seen = recorded(status, job)
    assert (seen.state, seen.job is not None) == (state, job in ("job-printing", "job-paused"))


def test_a_job_is_read_with_its_file_and_the_machine_with_its_nozzle() -> None:
    seen = recorded("status-printing", "job-printing")
    assert seen.job is not None
    assert (seen.job.job_id, seen.job.file) == ("1", "long.gcode")
    assert (seen.serial, seen.nozzle_um) == ("CZPX1819X004XK00001", 400)


def test_an_error_says_what_it_is() -> None:
    assert recorded("status-error").message
    assert recorded("status-idle").message == ""


@pytest.mark.parametrize(
    ("word", "job", "state"),
    [
        ("BUSY", None, DeviceState.UNKNOWN),
        ("READY", None, DeviceState.READY),
        ("ATTENTION", None, DeviceState.FAULT),
        ("ATTENTION", LiveJob("1", "a.gcode"), DeviceState.PAUSED),
        ("PRINTING", None, DeviceState.UNKNOWN),
        ("SOMETHING NEW", LiveJob("1", "a.gcode"), DeviceState.UNKNOWN),
        ("SOMETHING NEW", None, DeviceState.UNKNOWN),
    ],
)
def test_a_state_that_says_less_is_no_reason_to_start(
    word: str, job: LiveJob | None, state: DeviceState
) -> None:
    assert Shown("serial", word, job).state is state


def test_a_machine_whose_number_is_not_known_is_not_ready() -> None:
    assert Shown(None, "IDLE").state is DeviceState.UNKNOWN


def test_the_job_of_another_number_is_not_taken_for_the_one_that_is_shown() -> None:
    said = body("prusalink", "job-printing")
    assert live_job(said, "2") == LiveJob("2", "")
    assert live_job(None, "2") == LiveJob("2", "")


WORDS = [
    *("id", "job", "file", "name", "printer", "state", "storage", "path", "free_space", "serial"),
    *("nozzle_diameter", "progress", "time_printing", "children", "size", "status_printer", "ok"),
    *("message", "text", "firmware", "original"),
]
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(WORDS), inner),
    max_leaves=8,
)


@given(info=NONSENSE, status=NONSENSE, job=NONSENSE)
def test_nonsense_is_read_as_far_as_it_goes(info: object, status: object, job: object) -> None:
    number = job_id_in(status)
    seen = shown(info, status, live_job(job, number or "1"))
    assert seen.state in DeviceState
    assert word_in(status) is None or isinstance(word_in(status), str)
    assert size_in(job) is None or isinstance(size_in(job), int)
    assert all(isinstance(name, str) for name in names_in(status))
    assert machine(seen, "serial", info).server == server(info)
    assert all(each is None or each for each in (firmware(info), printer_type(info)))
