"""A printer that takes no file, or declines a start, is held: trying again would never end."""

from __future__ import annotations

import pytest

from farmctl.control.actions import Act, Dispatch, Record
from farmctl.control.decide.decide import decide
from farmctl.control.decide.runs import UPLOAD_TRIES
from farmctl.model.attention import ATTENTION_KINDS
from farmctl.model.events import runs
from farmctl.model.events.runs import Effect
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.model.look import Look
from tests.planning.made import NOW, Story, checked, desired, looks, order, sha

pytestmark = pytest.mark.pure

TEXT = order()
WANTED = desired(TEXT)
ONE = PrinterName("p-1")
RUN = RunId("run-1")


def queued(*printers: str) -> Story:
    """A sliced plate of an open order, given to p-1."""
    story = Story().tell(*declarations())
    story.open_order(TEXT).tell(checked()).plan()
    for name in printers:
        story.printer(name)
    story.plate(1, "ord-1/bracket#1", "ord-1/bracket#2").sliced(1)
    return story.tell(
        runs.RunQueued(RUN, PlateId("plate-1"), ONE, sha("gcode"), sha("gcode"), "dec-1", NOW)
    )


def declarations() -> list[object]:
    first = decide(WANTED, Story().state, {}, NOW)
    facts = [fact for each in first if isinstance(each, Record) for fact in each.facts]
    return [each for each in facts if type(each).__name__ == "RevisionAccepted"]


def follow(story: Story, seen: dict[PrinterName, Look]) -> list[Dispatch | Act]:
    """Record what follows until only acts are left, and return those."""
    while True:
        actions = decide(WANTED, story.state, seen, NOW)
        records = [each for each in actions if isinstance(each, Record)]
        if not records:
            return [each for each in actions if isinstance(each, Dispatch | Act)]
        story.tell(*records[0].facts)


def failed_uploads(story: Story) -> None:
    for attempt in range(1, UPLOAD_TRIES + 1):
        file = f"farmctl-{attempt}.gcode"
        story.tell(runs.UploadIntended(RUN, ONE, file, attempt))
        story.tell(runs.UploadRejected(RUN, ONE, file, message="disk full"))


def test_a_controller_that_dies_while_it_uploads_says_nothing_of_the_printer() -> None:
    story = queued("p-1")
    for attempt in range(1, UPLOAD_TRIES + 1):
        file = f"farmctl-{attempt}.gcode"
        story.tell(runs.UploadIntended(RUN, ONE, file, attempt))
        story.tell(runs.UploadUnknown(RUN, ONE, file, message=runs.CONTROLLER_RESTARTED))
    assert Act(Effect.UPLOAD, RUN, ONE) in follow(story, looks("p-1"))
    assert story.state.printers[ONE].holds == ()
    file = "farmctl-again.gcode"
    story.tell(runs.UploadIntended(RUN, ONE, file, UPLOAD_TRIES + 1))
    story.tell(runs.UploadRejected(RUN, ONE, file, message="disk full"))
    follow(story, looks("p-1"))
    assert [each.reason for each in story.state.printers[ONE].holds] == [
        "run-1: not uploaded in 4 tries: disk full"
    ]


def declined_start(story: Story) -> None:
    story.tell(runs.UploadIntended(RUN, ONE, "farmctl-1.gcode"))
    story.tell(runs.UploadAccepted(RUN, ONE, "farmctl-1.gcode"))
    story.tell(runs.StartIntended(RUN, ONE, "farmctl-1.gcode"))
    story.tell(runs.StartRejected(RUN, ONE, "farmctl-1.gcode", message="not ready"))


@pytest.mark.parametrize(
    ("happens", "kind", "why"),
    [
        (failed_uploads, "upload-fails", "disk full"),
        (declined_start, "start-declined", "not ready"),
    ],
)
def test_it_is_held_and_a_person_is_told(happens, kind, why) -> None:
    story = queued("p-1")
    happens(story)
    left = follow(story, looks("p-1"))
    assert not [each for each in left if isinstance(each, Dispatch)]
    [hold] = story.state.printers[ONE].holds
    assert hold.by == f"rule/{kind}"
    [need] = [each for each in story.state.attentions.values() if each.kind == kind]
    assert why in need.evidence
    assert need.command == "unhold p-1"
    assert kind in ATTENTION_KINDS


@pytest.mark.parametrize("happens", [failed_uploads, declined_start])
def test_another_printer_takes_the_plate(happens) -> None:
    story = queued("p-1", "p-2")
    happens(story)
    [start] = [each for each in follow(story, looks("p-1", "p-2")) if isinstance(each, Dispatch)]
    assert start.printer == "p-2"
