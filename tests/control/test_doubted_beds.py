"""A print that never began gives its bed back as it was, unless somebody doubted the bed since."""

from __future__ import annotations

import pytest

from farmctl.control.envelope import file_name
from farmctl.model.events import run_life as life
from farmctl.model.events import runs
from farmctl.model.events.printers import BedDoubted
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.states import Bed
from tests.planning.made import NOW, Story, checked, order, sha

pytestmark = pytest.mark.pure

ONE, RUN = PrinterName("p-1"), RunId("run-1")
FILE = file_name("5eed", 1, RUN, 1)


@pytest.mark.parametrize(
    ("meanwhile", "bed"),
    [((), Bed.CLEAR), ((BedDoubted(ONE, "the ledger was restored"),), Bed.UNKNOWN)],
    ids=["nothing", "doubted"],
)
def test_a_void_run_gives_the_bed_back(meanwhile: tuple[object, ...], bed: Bed) -> None:
    story = Story().open_order(order()).tell(checked()).plan().printer("p-1")
    story.plate(1, "ord-1/bracket#1", "ord-1/bracket#2").sliced(1)
    story.tell(
        runs.RunQueued(RUN, PlateId("plate-1"), ONE, sha("gcode"), sha("gcode"), "dec-1", NOW),
        runs.UploadIntended(RUN, ONE, FILE, 1),
        runs.UploadAccepted(RUN, ONE, FILE),
        runs.StartIntended(RUN, ONE, FILE),
        runs.StartUnknown(RUN, ONE, FILE, message="no answer in time"),
        *meanwhile,
        life.RunVoided(RUN, "not_started", "the file is gone"),
    )
    assert story.state.printers[ONE].bed is bed
