"""What a print's state rests on, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from farmctl.control.in_words import evidence_in_words
from farmctl.model.events.runs import RunQueued
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.recorded import RunRecord
from farmctl.model.states import RunPhase

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUEUED = RunQueued(
    RunId("run-1"), PlateId("plate-1"), PrinterName("one"), "sha256:a", "sha256:b", "dec-1", NOW
)


@pytest.mark.parametrize(
    ("phase", "answer", "said"),
    [
        (RunPhase.STAGED, None, "sha256 e7c0"),
        (RunPhase.STARTING, None, "its start may be sent; no answer is recorded"),
        (RunPhase.STARTING, "accepted", "the printer took its start; nobody saw it print yet"),
        (RunPhase.STARTING, "rejected", "sha256 e7c0"),
        (RunPhase.PRINTING, "accepted", "sha256 e7c0"),
    ],
)
def test_of_a_start_it_is_said_how_far_it_came(
    phase: RunPhase, answer: str | None, said: str
) -> None:
    run = RunRecord(QUEUED, phase, NOW, start_answer=answer, evidence="sha256 e7c0")
    assert evidence_in_words(run) == said
