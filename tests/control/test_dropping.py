"""What is dropped gets nothing else in the same pass, and is dropped once."""

from __future__ import annotations

from typing import Any

import pytest

from farmctl.control.actions import Act, Action, Dispatch, Record
from farmctl.control.decide.decide import decide
from farmctl.control.loop import Hands, Loop
from farmctl.model.events import orders, runs
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import OrderId, PlateId, PrinterName, RunId
from tests.planning.composing import planned, put_on_plates
from tests.planning.made import NOW, Story, desired, item, looks, order, sliced

pytestmark = pytest.mark.pure

ONE = PrinterName("p-1")
QUEUED = runs.RunQueued(RunId("run-1"), PlateId("plate-1"), ONE, "g", "g", "dec-1", NOW)
FEWER = order(item(quantity=1))
"""The order of two, with one taken back."""


def on_a_plate() -> Story:
    """Two parts on a sliced plate, of which one is wanted no longer."""
    story = put_on_plates(planned(order(item(quantity=2))).printer(ONE))
    story.tell(sliced(1), BedCleared(ONE, "person", None))
    return story.tell(orders.OrderAmended(OrderId("ord-1"), FEWER))


def actions_on(story: Story) -> list[Action]:
    return decide(desired(FEWER), story.state, looks(ONE), NOW)


def kinds_of(actions: list[Action], subject: str) -> list[str]:
    return [each.kind for each in actions if isinstance(each, Record) and each.subject == subject]


def test_a_plate_that_is_dropped_is_given_to_nobody() -> None:
    actions = actions_on(on_a_plate())
    assert kinds_of(actions, "plate/plate-1") == ["void-plate"]
    assert not [each for each in actions if isinstance(each, Dispatch)]


def test_to_the_printer_of_a_run_that_is_dropped_nothing_is_sent() -> None:
    actions = actions_on(on_a_plate().tell(QUEUED))
    assert kinds_of(actions, "run/run-1") == ["void-run"]
    assert not [each for each in actions if isinstance(each, Act)]


class Asked:
    """A recorder whose next fact cannot follow."""

    def __init__(self, seq: int) -> None:
        self.state = Story().state.__class__(seq=seq)

    def append_if(self, _guard: Any, *_facts: object) -> None:
        raise KeyError("ord-2")


def loop_that_decided_on(seq: int, now: int) -> Loop:
    nobody: Any = None
    recorder: Any = Asked(now)
    loop = Loop(Hands(recorder, nobody, nobody, nobody, nobody, nobody))
    loop._decided_on = seq
    return loop


def test_what_an_earlier_fact_of_the_pass_made_pointless_is_decided_anew() -> None:
    assert loop_that_decided_on(7, now=8)._record([object()])
    with pytest.raises(KeyError):
        loop_that_decided_on(7, now=7)._record([object()])
