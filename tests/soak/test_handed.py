"""Whom a person had to help, and where nothing else was left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from farmctl.model.envelope import Actor, Event
from farmctl.model.events import data_of, subject_of, type_of
from farmctl.model.events.run_life import RunFailed, RunResolved, RunStarted
from farmctl.model.events.runs import RunQueued
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.soak.handed import handed_over
from farmctl.soak.outcome import Handed, Struck
from farmctl.soak.steps import Step

pytestmark = pytest.mark.pure
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def event(seq: int, payload: object) -> Event:
    return Event(
        source="farmctl://one",
        seq=seq,
        id=f"one/{seq}",
        time=NOW,
        recorded=NOW,
        type=type_of(payload).full_name,
        subject=subject_of(payload),
        actor=Actor("controller", "farmctl", "run"),
        correlation=None,
        causation=None,
        epoch=1,
        data=data_of(payload),
        prev="",
        hash="",
    )


def queued(run: str, printer: str) -> RunQueued:
    return RunQueued(RunId(run), PlateId("plate-1"), PrinterName(printer), "a", "a", "dec-1", NOW)


def journal(end: object) -> list[Event]:
    return [event(5, queued("run-1", "one")), event(9, end)]


def struck(fault: str, kind: str = "moonraker", seq: int = 7) -> Struck:
    return Struck(1.0, seq, "one", kind, fault, Step.PRINT)


RESOLVED = RunResolved(RunId("run-1"), "completed", "unknown")
LOST = RunFailed(RunId("run-1"), "lost", "nothing to see")


def test_a_word_and_a_print_without_evidence_are_counted_apart() -> None:
    assert handed_over(journal(RESOLVED), ()) == Handed(resolved=1, resolved_in_vain=1)
    assert handed_over(journal(LOST), ()) == Handed(lost=1, lost_in_vain=1)


def test_an_end_that_was_found_is_nobodys_work() -> None:
    assert handed_over(journal(RunFailed(RunId("run-1"), "thermal", "history")), ()) == Handed()


def test_a_run_that_was_resolved_as_lost_is_one() -> None:
    both = [*journal(RESOLVED), event(10, LOST)]
    assert handed_over(both, ()) == Handed(resolved=1, resolved_in_vain=1)


@pytest.mark.parametrize(
    ("strike", "is_needless"),
    [
        (struck("power cycle without history"), False),
        (struck("power cycle without history", seq=4), True),
        (struck("power cycle without history", seq=10), True),
        (struck("power cycle"), True),
        (struck("power cycle", kind="prusalink"), False),
        (struck("reply lost"), True),
        (struck("reply lost", kind="bambu"), False),
    ],
)
def test_what_took_the_evidence_along_while_the_run_was_open_makes_it_necessary(
    strike: Struck, is_needless: bool
) -> None:
    assert handed_over(journal(LOST), [strike]).lost_in_vain == int(is_needless)


def test_a_print_that_was_seen_leaves_evidence_on_every_kind() -> None:
    seen = event(6, RunStarted(RunId("run-1"), None, "shows it"))
    queued_, end = journal(LOST)
    assert handed_over([queued_, seen, end], [struck("reply lost", kind="bambu")]).lost_in_vain == 1
