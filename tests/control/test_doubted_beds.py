"""A print that never began gives its bed back as it was, unless somebody doubted the bed since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from farmctl.control.actions import Record
from farmctl.control.decide.runs import next_of_run
from farmctl.control.envelope import file_name
from farmctl.model.events import run_life as life
from farmctl.model.events import runs
from farmctl.model.events.printers import BedDoubted
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.look import Look, Patience
from farmctl.model.states import Bed
from tests.planning.made import NOW, Story, checked, looks, order, sha

pytestmark = pytest.mark.pure

ONE, RUN = PrinterName("p-1"), RunId("run-1")
FILE = file_name("5eed", 1, RUN, 1)
NOTHING: tuple[object, ...] = ()
RESTORED = (BedDoubted(ONE, "the ledger was restored"),)


def unanswered(meanwhile: tuple[object, ...]) -> Story:
    """A start that nobody answered, and its file is gone."""
    story = Story().open_order(order()).tell(checked()).plan().printer("p-1")
    story.plate(1, "ord-1/bracket#1", "ord-1/bracket#2").sliced(1)
    story.tell(
        runs.RunQueued(RUN, PlateId("plate-1"), ONE, sha("gcode"), sha("gcode"), "dec-1", NOW),
        runs.UploadIntended(RUN, ONE, FILE, 1),
        runs.UploadAccepted(RUN, ONE, FILE),
        runs.StartIntended(RUN, ONE, FILE),
        runs.StartUnknown(RUN, ONE, FILE, message="no answer in time"),
        *meanwhile,
        runs.DeleteIntended(RUN, ONE, FILE, 1),
        runs.DeleteAccepted(RUN, ONE, FILE),
        life.RunFenceSeen(RUN, "the file is deleted; the printer is ready without it"),
    )
    return story


@pytest.mark.parametrize(
    ("meanwhile", "bed"),
    [(NOTHING, Bed.CLEAR), (RESTORED, Bed.UNKNOWN)],
    ids=["nothing", "doubted"],
)
def test_a_void_run_gives_the_bed_back(meanwhile: tuple[object, ...], bed: Bed) -> None:
    story = unanswered(meanwhile).tell(life.RunVoided(RUN, "not_started", "the file is gone"))
    assert story.state.printers[ONE].bed is bed
    assert story.state.printers[ONE].bed_run is None, "no parts of it can be judged"


@pytest.mark.parametrize(
    ("meanwhile", "kind"),
    [(NOTHING, life.RunVoided), (RESTORED, life.RunFailed)],
    ids=["nothing", "doubted"],
)
def test_a_fence_proves_nothing_of_what_was_forgotten(
    meanwhile: tuple[object, ...], kind: type[object]
) -> None:
    later = NOW + timedelta(hours=1)
    seen = replace(looks("p-1")[ONE].observation, seen_at=later)
    look = Look(seen, Patience(20.0, True, True), asked_file=FILE)
    story = unanswered(meanwhile)
    action = next_of_run(story.state, story.state.runs[RUN], look, later)
    assert isinstance(action, Record)
    assert isinstance(action.facts[0], kind)
    assert story.tell(*action.facts).state.printers[ONE].run is None
