"""The conformance suite finds what is wrong with a driver: a correct one passes, broken ones do not.

Each of farmctl's own drivers is broken in each of the ways of `broken.py`, on a simulated machine
of its kind, which conforms like the real one.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable

import pytest

from farmctl.printers.config import DriverFactory
from farmctl.soak.kinds import KINDS
from farmctl.soak.timeline import Timeline
from farmctl.testing.conformance import CHECKS, failures
from tests.printers.broken import BROKEN, Around, RetriesAStart
from tests.printers.web_rig import WebRig
from tests.soak.machine_rig import MachineRig

pytestmark = pytest.mark.pure

OWN = [kind for kind in KINDS if KINDS[kind].is_real]


def failed_by(kind: str, opener: DriverFactory, names: Iterable[str] = tuple(CHECKS)) -> list[str]:
    """Each check on a machine of its own."""
    return [name for name in names for _ in _said(kind, opener, name)]


def _said(kind: str, opener: DriverFactory, name: str) -> dict[str, str]:
    timeline = Timeline()
    try:
        rig = MachineRig(timeline, kind, opener)
        return timeline.run_until_complete(failures(rig, [name]))
    finally:
        timeline.close()


@pytest.mark.parametrize("kind", OWN)
def test_a_correct_driver_passes_every_check(kind: str) -> None:
    assert failed_by(kind, KINDS[kind].open_driver) == []


ALSO = {(RetriesAStart, "bambu"): ["an_answer_that_explains_nothing_is_unknown"]}
"""On MQTT nothing tells an answer that nobody can read from no answer."""


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_driver_fails_the_check_that_names_it(broken: type[Around], kind: str) -> None:
    expected = [BROKEN[broken], *ALSO.get((broken, kind), [])]
    assert failed_by(kind, broken.over(KINDS[kind].open_driver)) == expected


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_driver_is_a_small_mistake(broken: type[Around]) -> None:
    assert len(inspect.getsource(broken).splitlines()) <= 15


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_says_what_it_asks_for(name: str) -> None:
    assert CHECKS[name].__doc__


def test_the_driver_that_the_single_checks_break_is_correct() -> None:
    assert asyncio.run(failures(WebRig())) == {}
