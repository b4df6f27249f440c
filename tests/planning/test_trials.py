"""A version on trial: one plate, a person's verdict, then the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.model.desired import Desired
from farmctl.model.events import orders, run_life, runs
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import OrderId, PlateId, PrinterName, RunId
from farmctl.planning.assign import assign
from farmctl.planning.trials import Article, first_article, is_first_article
from tests.planning.composing import around_of, plan_all, planned, put_on_plates
from tests.planning.made import NOW, Story, desired, item, order, profile, sha

pytestmark = pytest.mark.pure

NEW = "petg@1.1.0"
ONE, TWO, THREE = (PrinterName(f"p-{number}") for number in (1, 2, 3))
BAD = ("adhesion", "spaghetti", "layer_shift", None)
SILENT = ("power_loss", "operator_abort", "connection_lost", "lost")


def canary(**channel: Any) -> Desired:
    versions = {each: {"sha256": "0" * 64, "state": "released"} for each in ("1.0.0", "1.1.0")}
    channels = {"production": {"version": "1.0.0"}, "canary": {"version": "1.1.0", **channel}}
    return desired(profiles={"petg": profile(versions=versions, channels=channels)})


class Trying:
    """Plates of an order, printed and judged by hand."""

    def __init__(self, **channel: Any) -> None:
        self.wanted = canary(**channel)
        self.story: Story = planned(order(item(quantity=40)), wanted=self.wanted)
        self.story.printer("p-1").printer("p-2").printer("p-3")
        self.orders = 1

    def tried(self) -> list[PlateId]:
        """Order more, compose what may be, and return the plates on trial not started yet."""
        self.orders += 1
        self.story.open_order(order(item(quantity=40), order=f"ord-{self.orders}"))
        put_on_plates(plan_all(self.story, self.wanted), self.wanted)
        for plate, record in list(self.story.state.plates.items()):
            if record.composed.profile != NEW and record.run is None:
                self.complete(plate, THREE)
        return [
            plate
            for plate, record in self.story.state.plates.items()
            if record.composed.profile == NEW and record.run is None
        ]

    def number(self, plate: PlateId) -> int:
        return int(plate.removeprefix("plate-"))

    def parts(self, plate: PlateId) -> list[str]:
        return [each.instance for each in self.story.state.plates[plate].composed.placed]

    def complete(self, plate: PlateId, printer: PrinterName) -> int:
        number = self.number(plate)
        self.story.sliced(number).complete(number, printer)
        self.story.tell(BedCleared(printer, "person", None))
        return number

    def judge(self, plate: PlateId, verdict: str, reason: str | None = None) -> None:
        self.story.judge(self.number(plate), verdict, *self.parts(plate), reason=reason)

    def takers(self) -> dict[PlateId, PrinterName]:
        plates = self.tried()
        for each in plates:
            if self.story.state.plates[each].sliced is None:
                self.story.sliced(self.number(each))
        return dict(assign(around_of(self.story, self.wanted), plates).chosen)


def test_nothing_more_is_tried_until_a_person_says_that_the_first_is_good() -> None:
    at = Trying(printers=["p-1"])
    (first,) = at.tried()
    at.complete(first, ONE)
    assert first_article(at.story.state, NEW, ONE) is Article.WAITS
    assert is_first_article(
        at.story.state, at.wanted, at.story.state.runs[RunId(f"run-{at.number(first)}")]
    )
    assert at.tried() == []
    at.judge(first, "success")
    assert first_article(at.story.state, NEW, ONE) is Article.PASSED
    assert len(at.tried()) == 1


def test_each_named_printer_makes_one_of_its_own() -> None:
    at = Trying(printers=["p-1", "p-2"])
    assert set(at.takers().values()) == {ONE, TWO}
    first, second = at.takers()
    at.complete(first, at.takers()[first])
    at.judge(first, "success")
    done = at.story.state.runs[RunId(f"run-{at.number(first)}")].printer
    other = TWO if done == ONE else ONE
    assert first_article(at.story.state, NEW, done) is Article.PASSED
    assert first_article(at.story.state, NEW, other) is Article.DUE
    assert second in at.tried()


def test_a_plate_that_is_ready_waits_for_the_verdict_too() -> None:
    at = Trying(printers=["p-1", "p-2"])
    first, second = at.tried()
    at.complete(first, ONE)
    takers = at.takers()
    assert takers == {second: TWO}, "p-1 is free, and its first print is not judged"
    around = around_of(at.story, at.wanted)
    reasons = {
        each.printer: each.reason.text for each in assign(around, [second]).not_chosen(second)
    }
    assert reasons[ONE] == "the first print with this profile has no good verdict yet"


def test_without_named_printers_there_is_one_first_plate_at_all() -> None:
    at = Trying(plates=3)
    (first,) = at.tried()
    assert at.tried() == [first]
    at.complete(first, TWO)
    assert at.tried() == []
    at.judge(first, "success")
    assert len(at.tried()) >= 1
    assert first_article(at.story.state, NEW) is Article.PASSED


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_first_plate_ends_the_trial_until_somebody_says_otherwise(reason: str | None) -> None:
    at = Trying(printers=["p-1"])
    (first,) = at.tried()
    at.complete(first, ONE)
    at.judge(first, "failed", reason)
    assert first_article(at.story.state, NEW, ONE) is Article.FAILED
    assert at.tried() == []
    at.judge(first, "success")
    assert len(at.tried()) == 1


@pytest.mark.parametrize("reason", SILENT)
def test_a_print_that_shows_nothing_of_the_settings_is_made_again(reason: str) -> None:
    at = Trying(printers=["p-1"])
    (first,) = at.tried()
    number = at.number(first)
    at.story.sliced(number).fail(number, "p-1", reason)
    at.judge(first, "failed", reason)
    at.story.tell(BedCleared(ONE, "person", None))
    assert first_article(at.story.state, NEW, ONE) is Article.DUE
    assert len(at.tried()) == 1


def closed_after(verdicts: list[str], **channel: Any) -> Story:
    """Tell of an order of one part: tried, judged in turn, tidied up, closed, taken off."""
    wanted = canary(**channel)
    story = planned(order(item(quantity=1)), wanted=wanted).printer("p-1")
    put_on_plates(plan_all(story, wanted), wanted)
    (plate,) = story.state.plates.values()
    assert plate.composed.profile == NEW
    story.sliced(1).complete(1, "p-1")
    for verdict in verdicts:
        story.judge(1, verdict, "ord-1/bracket#1")
    file = (RunId("run-1"), ONE, "farmctl-1.gcode")
    story.tell(runs.DeleteIntended(*file), runs.DeleteAccepted(*file))
    if verdicts[-1] == "success":
        story.tell(orders.OrderFulfilled(OrderId("ord-1"), 1), BedCleared(ONE, "person", None))
    else:
        canceled = orders.OrderCanceled(OrderId("ord-1"), "customer_request")
        story.tell(canceled, BedCleared(ONE, "person", None))
    assert (dict(story.state.runs), dict(story.state.orders)) == ({}, {})
    return story


def test_a_good_first_article_is_remembered_when_its_order_is_closed() -> None:
    state = closed_after(["success"], printers=["p-1"]).state
    assert first_article(state, NEW, ONE) is Article.PASSED
    assert first_article(state, NEW, TWO) is Article.DUE, "it makes a first plate of its own"


def test_the_last_word_on_a_first_article_is_what_is_remembered() -> None:
    state = closed_after(["failed", "success"], printers=["p-1"]).state
    assert first_article(state, NEW, ONE) is Article.PASSED


def test_a_first_article_that_was_bad_in_the_end_is_not_remembered_as_good() -> None:
    state = closed_after(["success", "failed"], printers=["p-1"]).state
    assert first_article(state, NEW, ONE) is not Article.PASSED


def test_a_run_that_never_began_is_no_first_article() -> None:
    at = Trying(printers=["p-1"])
    (first,) = at.tried()
    number = at.number(first)
    digest, after = sha("gcode"), NOW + timedelta(days=1)
    run, plate = RunId(f"run-{number}"), PlateId(f"plate-{number}")
    at.story.sliced(number).tell(runs.RunQueued(run, plate, ONE, digest, digest, "dec-1", after))
    assert first_article(at.story.state, NEW, ONE) is Article.WAITS
    at.story.tell(run_life.RunVoided(run, "not_started", "fenced"))
    assert first_article(at.story.state, NEW, ONE) is Article.DUE


def test_production_waits_for_no_verdict() -> None:
    at = Trying(printers=["p-1"])
    (first,) = at.tried()
    at.complete(first, ONE)
    run = at.story.state.runs[RunId(f"run-{at.number(first)}")]
    promoted = desired(
        profiles={
            "petg": profile(
                versions={"1.1.0": {"sha256": "0" * 64, "state": "released"}},
                channels={"production": {"version": "1.1.0"}},
            )
        }
    )
    assert not is_first_article(at.story.state, promoted, run)


@given(st.lists(st.sampled_from(["compose", "print", "good", "bad", "lost"]), max_size=12))
@settings(max_examples=25, deadline=None)
def test_whatever_happens_one_plate_at_most_is_out_before_a_good_one(steps: list[str]) -> None:
    at = Trying(printers=["p-1"])
    out: list[PlateId] = []
    for step in steps:
        state = at.story.state
        if step == "compose":
            at.tried()
        elif step == "print" and not out:
            for plate, printer in list(at.takers().items())[:1]:
                was = first_article(at.story.state, NEW, printer)
                assert was in (Article.DUE, Article.PASSED)
                at.complete(plate, printer)
                out.append(plate)
        elif out and step in ("good", "bad", "lost"):
            said = {
                "good": ("success", None),
                "bad": ("failed", "adhesion"),
                "lost": ("failed", "lost"),
            }
            at.judge(out.pop(), *said[step])
        if first_article(state, NEW, ONE) is not Article.PASSED:
            unjudged = [each for each in at.takers() if each]
            assert len(unjudged) + len(out) <= 1
