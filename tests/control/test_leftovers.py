"""An upload that nobody answered may have left a file: it goes when the print is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.control.actions import Act, Record
from farmctl.control.decide.printers import declare_printers
from farmctl.control.decide.runs import next_of_run
from farmctl.control.envelope import file_name
from farmctl.model.events import run_life as life
from farmctl.model.events import runs
from farmctl.model.events.printers import PrinterWithdrawn
from farmctl.model.events.runs import Effect
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.look import Look, Patience
from farmctl.model.recorded import Leftover
from tests.planning.made import NOW, Story, checked, looks, order, sha

pytestmark = pytest.mark.pure

ONE, RUN = PrinterName("p-1"), RunId("run-1")
PATIENCE = Patience(20.0, True, True)
FIRST, SECOND = (file_name("5eed", 1, RUN, attempt) for attempt in (1, 2))


def uploaded_twice() -> Story:
    """A print that was sent twice, since nobody answered the first time, and is over."""
    story = Story().open_order(order()).tell(checked()).plan().printer("p-1")
    story.plate(1, "ord-1/bracket#1", "ord-1/bracket#2").sliced(1)
    story.tell(
        runs.RunQueued(RUN, PlateId("plate-1"), ONE, sha("gcode"), sha("gcode"), "dec-1", NOW),
        runs.UploadIntended(RUN, ONE, FIRST, 1),
        runs.UploadUnknown(RUN, ONE, FIRST, message="no answer in time"),
        runs.UploadIntended(RUN, ONE, SECOND, 2),
        runs.UploadAccepted(RUN, ONE, SECOND),
        runs.StartIntended(RUN, ONE, SECOND),
        runs.StartAccepted(RUN, ONE, SECOND),
        life.RunStarted(RUN, None, "shows it"),
        life.RunCompleted(RUN, "history"),
    )
    return story


def next_file(story: Story) -> str | None:
    """The file that would be deleted now."""
    later = NOW + timedelta(hours=1)
    look = Look(replace(looks("p-1")[ONE].observation, seen_at=later), PATIENCE)
    run = story.state.runs[RUN]
    action = next_of_run(story.state, run, look, later)
    assert action in (None, Act(Effect.DELETE, RUN, ONE))
    return run.to_delete.file if action and run.to_delete else None


def deleted(story: Story, file: str, answer: object) -> Story:
    return story.tell(runs.DeleteIntended(RUN, ONE, file, 2), answer)


def test_the_last_try_goes_first_and_then_what_earlier_ones_left() -> None:
    story = uploaded_twice()
    assert next_file(story) == SECOND
    deleted(story, SECOND, runs.DeleteAccepted(RUN, ONE, SECOND))
    assert next_file(story) == FIRST
    assert not story.state.runs[RUN].is_off_device
    deleted(story, FIRST, runs.DeleteRejected(RUN, ONE, FIRST, why="missing"))
    assert story.state.runs[RUN].is_off_device
    assert next_file(story) is None


def test_deleting_a_leftover_is_not_a_fence() -> None:
    story = deleted(uploaded_twice(), FIRST, runs.DeleteAccepted(RUN, ONE, FIRST))
    run = story.state.runs[RUN]
    assert (run.is_deleted, run.delete_tries, run.leftovers) == (False, 0, ())
    assert next_file(story) == SECOND


def test_it_is_not_tried_for_ever() -> None:
    story = deleted(uploaded_twice(), SECOND, runs.DeleteAccepted(RUN, ONE, SECOND))
    for _ in range(5):
        assert next_file(story) == FIRST
        deleted(story, FIRST, runs.DeleteUnknown(RUN, ONE, FIRST))
    assert story.state.runs[RUN].leftovers == (Leftover(FIRST, 5),)
    assert next_file(story) is None


def test_a_printer_that_owes_an_answer_is_not_given_away_before_it_came() -> None:
    story = uploaded_twice()
    owing = story.tell(runs.DeleteIntended(RUN, ONE, SECOND, 1)).state
    assert list(declare_printers(owing, {})) == []
    answered = story.tell(runs.DeleteAccepted(RUN, ONE, SECOND)).state
    gone = Record("withdraw-printer", "printer/p-1", (PrinterWithdrawn(ONE),))
    assert list(declare_printers(answered, {})) == [gone]


@pytest.mark.parametrize("answer", [runs.DeleteAccepted, runs.DeleteUnknown])
def test_an_answer_of_a_printer_that_was_given_away_is_taken(answer: type[runs.Answered]) -> None:
    story = uploaded_twice().tell(runs.DeleteIntended(RUN, ONE, SECOND, 1), PrinterWithdrawn(ONE))
    run = story.tell(answer(RUN, ONE, SECOND)).state.runs[RUN]
    assert run.outstanding == ()
