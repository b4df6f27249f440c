"""Nobody presumes that the first print of a version on trial is good."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.control.decide.orders import decide_verdicts
from tests.planning.made import desired
from tests.planning.test_trials import ONE, Trying

pytestmark = pytest.mark.pure


def test_the_first_plate_of_a_trial_waits_for_a_person_and_the_next_are_presumed() -> None:
    at = Trying(printers=["p-1"])
    assert at.wanted.policy.document.outcomes == "presume_success"
    (first,) = at.tried()
    number = at.complete(first, ONE)
    presumed = [each.subject for each in decide_verdicts(at.story.state, at.wanted)]
    assert f"run/run-{number}" not in presumed
    assert presumed, "those of production are presumed good"
    at.judge(first, "success")
    (second,) = at.tried()
    number = at.complete(second, ONE)
    assert f"run/run-{number}" in [
        each.subject for each in decide_verdicts(at.story.state, at.wanted)
    ]


def test_once_it_is_promoted_the_policy_decides_again() -> None:
    at = Trying(printers=["p-1"])
    (first,) = at.tried()
    number = at.complete(first, ONE)
    promoted = replace(at.wanted, profiles=desired().profiles)
    assert f"run/run-{number}" in [
        each.subject for each in decide_verdicts(at.story.state, promoted)
    ]
