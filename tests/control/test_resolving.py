"""A person's word about a print that nobody sees, where it cannot be true yet."""

from __future__ import annotations

import pytest

from farmctl.control.requests import resolve
from farmctl.errors import Refused
from farmctl.model.events import runs
from farmctl.model.events.run_life import RunVoided
from farmctl.model.ids import PlateId, PrinterName, RunId
from tests.planning.made import NOW, Story, sha

pytestmark = pytest.mark.pure

RUN, NAME, FILE = RunId("run-1"), PrinterName("voron-1"), "farmctl-1.gcode"


@pytest.fixture
def starting() -> Story:
    """A start that was sent, and is not answered yet."""
    story = Story().open_order().printer(NAME).plan().plate(1, "ord-1/bracket#1").sliced(1)
    return story.tell(
        runs.RunQueued(RUN, PlateId("plate-1"), NAME, sha("gcode"), sha("gcode"), "dec-1", NOW),
        runs.UploadIntended(RUN, NAME, FILE),
        runs.UploadAccepted(RUN, NAME, FILE),
        runs.StartIntended(RUN, NAME, FILE),
    )


@pytest.mark.parametrize("outcome", ["not-started", "printing", "completed", "failed"])
def test_nothing_is_resolved_while_the_call_is_out(starting: Story, outcome: str) -> None:
    with pytest.raises(Refused, match="not answered yet"):
        resolve(starting.state, RUN, outcome, None)


def test_not_started_needs_the_file_to_be_gone(starting: Story) -> None:
    starting.tell(
        runs.StartUnknown(RUN, NAME, FILE, message="no reply"),
        runs.DeleteIntended(RUN, NAME, FILE),
        runs.DeleteUnknown(RUN, NAME, FILE, message="no reply"),
    )
    with pytest.raises(Refused, match="may still be on voron-1"):
        resolve(starting.state, RUN, "not-started", None)
    assert resolve(starting.state, RUN, "failed", "interrupted")
    starting.tell(runs.DeleteIntended(RUN, NAME, FILE), runs.DeleteAccepted(RUN, NAME, FILE))
    said = resolve(starting.state, RUN, "not-started", None)
    assert isinstance(said[-1], RunVoided)


def test_where_nothing_fences_the_persons_word_is_enough(starting: Story) -> None:
    starting.tell(runs.StartUnknown(RUN, NAME, FILE, message="no reply"))
    said = resolve(starting.state, RUN, "not-started", None)
    assert isinstance(said[-1], RunVoided)
