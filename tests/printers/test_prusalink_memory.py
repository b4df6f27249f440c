"""What the driver remembers of a PrusaLink, which itself forgets each job as it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from farmctl.model.observation import Ended
from farmctl.printers.prusalink.memory import LONGEST_GAP_S, Memory
from farmctl.printers.prusalink.status import LiveJob, Shown

pytestmark = pytest.mark.pure

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Watcher:
    """Somebody who looks every four seconds."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.at_s = 0.0

    def sees(
        self,
        word: str,
        job: int | None = None,
        file: str = "a.gcode",
        *,
        after_s: float = 4.0,
        serial: str = "s",
    ) -> Memory:
        self.at_s += after_s
        live = LiveJob(str(job), file, elapsed_s=60) if job is not None else None
        at = BEGAN + timedelta(seconds=self.at_s)
        self.memory = self.memory.after(Shown(serial, word, live), at, self.at_s)
        return self.memory


@pytest.fixture
def watcher() -> Watcher:
    watcher = Watcher()
    watcher.sees("IDLE")
    return watcher


@pytest.mark.parametrize(
    ("word", "ended", "reason"),
    [
        ("FINISHED", Ended.COMPLETED, None),
        ("STOPPED", Ended.ABORTED, None),
        ("ERROR", Ended.FAILED, "printer_error"),
        ("IDLE", Ended.FAILED, "interrupted"),
        ("BUSY", Ended.FAILED, "interrupted"),
    ],
)
def test_how_a_job_ended_is_what_shows_when_it_no_longer_does(
    watcher: Watcher, word: str, ended: Ended, reason: str | None
) -> None:
    watcher.sees("PRINTING", 7)
    ending = watcher.sees(word).endings["a.gcode"]
    assert (ending.ended, ending.reason, ending.job_id) == (ended, reason, "7")
    assert (ending.evidence, ending.print_s) == (f"job 7: {word}", 60)
    assert watcher.sees("IDLE").endings["a.gcode"] == ending
    assert watcher.memory.head == "7"


def test_while_it_goes_on_nothing_has_ended(watcher: Watcher) -> None:
    for word in ("PRINTING", "PAUSED", "ATTENTION", "PRINTING"):
        assert watcher.sees(word, 7).endings == {}
    assert watcher.memory.head == "7"


def test_what_ended_unseen_has_no_evidence_and_the_gap_shows(watcher: Watcher) -> None:
    since = watcher.sees("PRINTING", 7).since
    after = watcher.sees("IDLE", after_s=LONGEST_GAP_S + 1)
    assert after.endings == {}
    assert after.since != since


def test_an_end_that_shows_after_a_gap_may_be_another_jobs(watcher: Watcher) -> None:
    watcher.sees("PRINTING", 7)
    assert watcher.sees("FINISHED", after_s=60).endings == {}


def test_a_job_that_goes_on_leaves_no_room_for_another(watcher: Watcher) -> None:
    since = watcher.sees("PRINTING", 7).since
    after = watcher.sees("PRINTING", 7, after_s=3600)
    assert after.since == since
    assert watcher.sees("FINISHED").endings["a.gcode"].ended is Ended.COMPLETED


def test_a_look_that_showed_nothing_is_a_gap(watcher: Watcher) -> None:
    since = watcher.sees("IDLE").since
    watcher.memory = watcher.memory.in_silence
    assert watcher.sees("IDLE").since != since


@pytest.mark.parametrize("word", ["STOPPED", "FINISHED", "ERROR"])
def test_a_job_that_came_and_went_between_two_looks_leaves_another_head(
    word: str, watcher: Watcher
) -> None:
    watcher.sees("PRINTING", 7)
    watcher.sees("FINISHED")
    watcher.sees("IDLE")
    head = watcher.sees(word).head
    assert head is not None
    assert head.startswith("7+")
    assert watcher.sees(word).head == head, "one job, as long as its end shows"
    watcher.sees("IDLE")
    again = watcher.sees(word).head
    assert again not in (head, None), "and another one is another"
    assert len(again or "") == len(head), "however many there are"
    assert set(watcher.memory.endings) == {"a.gcode"}


def test_another_machine_is_another_memory(watcher: Watcher) -> None:
    watcher.sees("PRINTING", 7)
    other = watcher.sees("FINISHED", serial="other")
    assert (other.endings, other.head, other.job) == ({}, None, None)


def test_a_file_that_no_longer_shows_is_the_one_that_did(watcher: Watcher) -> None:
    watcher.sees("PRINTING", 7)
    job = watcher.sees("PRINTING", 7, file="").job
    assert job is not None
    assert job.file == "a.gcode"
    assert set(watcher.sees("FINISHED").endings) == {"a.gcode"}


def test_not_every_print_of_a_year_is_kept(watcher: Watcher) -> None:
    for job in range(150):
        watcher.sees("PRINTING", job, file=f"{job}.gcode")
        watcher.sees("FINISHED")
    assert len(watcher.memory.endings) == 100
    assert list(watcher.memory.endings)[-1] == "149.gcode"
