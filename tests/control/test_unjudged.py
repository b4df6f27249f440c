"""Parts of a print that nobody judged are somebody's to judge, wherever they lie."""

from __future__ import annotations

import pytest

from farmctl.control.decide.attention import needs_of_parts
from farmctl.control.verdicts import Word, judge
from farmctl.errors import Refused
from farmctl.model.events import printers
from farmctl.model.events.run_life import RunFailed
from farmctl.model.ids import PrinterName, RunId
from farmctl.model.states import RunPhase, Verdict
from farmctl.testing.histories import every_event
from tests.planning.made import Story

pytestmark = pytest.mark.pure

ONE, TWO = "ord-1/bracket#1", "ord-1/bracket#2"


@pytest.fixture
def lost() -> Story:
    story = Story().open_order().printer("voron-1").plan().plate(1, ONE, TWO).sliced(1)
    return story.print_it(1, "voron-1", RunFailed(RunId("run-1"), "lost", "no record of it"))


def test_on_its_bed_the_printer_asks_for_them(lost: Story) -> None:
    assert list(needs_of_parts(lost.state)) == []


def test_off_its_bed_they_are_asked_for_by_their_print(lost: Story) -> None:
    lost.tell(printers.BedCleared(PrinterName("voron-1"), "person", None))
    (need,) = needs_of_parts(lost.state)
    assert (need.kind, need.about) == ("parts-unjudged", "run-1")
    assert need.evidence == "2 parts, no evidence: no record of it"


def test_while_a_printer_shows_the_file_there_is_nothing_to_judge(lost: Story) -> None:
    name, file = PrinterName("voron-1"), lost.state.runs[RunId("run-1")].file
    assert file is not None
    lost.tell(printers.BedCleared(name, "person", None))
    lost.tell(printers.PrinterSeen(name, "printing", job_file=file))
    assert list(needs_of_parts(lost.state)) == []
    lost.tell(printers.PrinterSeen(name, "ready"))
    assert [each.about for each in needs_of_parts(lost.state)] == ["run-1"]


@pytest.mark.parametrize("verdict", ["success", "failed", "skipped"])
def test_what_is_judged_is_not_asked_for(lost: Story, verdict: str) -> None:
    lost.tell(printers.BedCleared(PrinterName("voron-1"), "person", None))
    lost.judge(1, verdict, ONE)
    (need,) = needs_of_parts(lost.state)
    assert need.evidence.startswith("1 part, ")
    lost.judge(1, verdict, TWO)
    assert list(needs_of_parts(lost.state)) == []


def test_what_never_printed_has_no_parts_to_judge() -> None:
    state, void = next(
        (each.state, run)
        for each in every_event()
        for run, record in each.state.runs.items()
        if record.phase is RunPhase.VOID
    )
    with pytest.raises(Refused, match=f"{void} never printed: it has no parts"):
        judge(state, void, Word(Verdict.SUCCESS), by="person")
