"""Safety rules: too many failures hold a printer; completed prints are presumed good, or asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from farmctl.model.events.farm import PrinterHeld, PrinterUnheld
from farmctl.model.events.orders import ItemVerdict
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import PrinterName, RunId
from farmctl.policy.failures import BREAKER, breakers, presumed
from tests.planning.made import NOW, Story, item, order, policy

pytestmark = pytest.mark.pure

THERMAL = policy(hold_printer=[{"family": "thermal", "count": 1, "hours": 24}])
ADHESION = policy(hold_printer=[{"family": "adhesion", "count": 2, "hours": 24}])


def _failed(*reasons: str, printer: str = "p-1") -> Story:
    story = Story().open_order(order(item(quantity=9))).plan().printer("p-1").printer("p-2")
    for number, reason in enumerate(reasons, 1):
        story.plate(number, f"ord-1/bracket#{number}").sliced(number)
        story.fail(number, printer, reason).tell(BedCleared(PrinterName(printer), "person", None))
    return story


def test_a_thermal_failure_holds_the_printer():
    (tripped,) = breakers(THERMAL, _failed("thermal").state, NOW)
    assert tripped.printer == "p-1"
    assert tripped.reason == "1 × thermal in 24 h"
    assert tripped.evidence == ("run-1",)


def test_another_family_does_not_count():
    assert list(breakers(THERMAL, _failed("runout", "layer_shift").state, NOW)) == []


def test_failures_are_counted_over_the_family_and_by_print():
    assert list(breakers(ADHESION, _failed("adhesion").state, NOW)) == []
    (tripped,) = breakers(ADHESION, _failed("adhesion", "first_layer").state, NOW)
    assert tripped.reason == "2 × adhesion, first_layer in 24 h"


def test_two_reasons_of_one_print_are_one_failure():
    story = _failed("printer_error")
    story.judge(1, "failed", "ord-1/bracket#1", reason="adhesion")
    assert list(breakers(ADHESION, story.state, NOW)) == []


def test_old_failures_count_no_more():
    state = _failed("thermal").state
    failed_at = state.failures[0].at
    assert list(breakers(THERMAL, state, failed_at + timedelta(hours=24))) == []
    almost = failed_at + timedelta(hours=24) - timedelta(milliseconds=1)
    assert len(list(breakers(THERMAL, state, almost))) == 1


def test_a_persons_reason_counts_in_place_of_the_machines():
    story = _failed("printer_error", "printer_error")
    assert list(breakers(ADHESION, story.state, NOW)) == []
    story.judge(1, "failed", "ord-1/bracket#1", reason="first_layer")
    story.judge(2, "failed", "ord-1/bracket#2", reason="first_layer")
    (tripped,) = breakers(ADHESION, story.state, NOW)
    assert tripped.evidence == ("run-1", "run-2")


def test_a_held_printer_does_not_trip_again_and_begins_anew_when_it_is_lifted():
    story = _failed("thermal")
    story.tell(PrinterHeld(PrinterName("p-1"), "1 × thermal", BREAKER))
    assert list(breakers(THERMAL, story.state, NOW)) == []
    story.tell(PrinterUnheld(PrinterName("p-1"), "mended"))
    assert list(breakers(THERMAL, story.state, NOW)) == []


def test_a_persons_own_hold_does_not_hide_the_rule():
    story = _failed("thermal").tell(PrinterHeld(PrinterName("p-1"), "cleaning", "tom"))
    assert len(list(breakers(THERMAL, story.state, NOW))) == 1


def test_only_the_printer_that_failed_is_held():
    (tripped,) = breakers(THERMAL, _failed("thermal", printer="p-2").state, NOW)
    assert tripped.printer == "p-2"


def _completed() -> Story:
    story = Story().open_order().plan().printer("p-1").plate(1, "ord-1/bracket#1").sliced(1)
    return story.complete(1, "p-1")


def test_a_completed_prints_parts_are_presumed_good():
    state = _completed().state
    judged = presumed(policy(), state, state.runs[RunId("run-1")])
    assert judged.verdicts == (ItemVerdict("ord-1/bracket#1", "success"),)
    assert judged.by.startswith("policy/default@sha256:")


def test_a_policy_can_ask_instead():
    state = _completed().state
    assert presumed(policy(outcomes="ask"), state, state.runs[RunId("run-1")]) is None


def test_nothing_is_presumed_of_a_print_that_was_judged_or_failed():
    story = _completed().judge(1, "failed", "ord-1/bracket#1", reason="adhesion")
    assert presumed(policy(), story.state, story.state.runs[RunId("run-1")]) is None
    state = _failed("runout").state
    assert presumed(policy(), state, state.runs[RunId("run-1")]) is None
