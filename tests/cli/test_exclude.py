"""What people are told when one part of a print is left out, while it prints and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from farmctl.cli.views.floor import judged, left_out, not_left_out
from farmctl.control.explain import Why
from farmctl.control.triage import sheet_of
from farmctl.model.events import runs as said
from farmctl.model.ids import PlateId
from farmctl.planning.machines import Around
from farmctl.policy.failures import presumed
from tests.control.test_excluding import FILE, RUN, VORON, asked, ended, follow, look, queued
from tests.planning import made
from tests.planning.made import NOW, Story

pytestmark = pytest.mark.pure


def explained(story: Story) -> Iterator[str]:
    around = Around(story.state, made.desired(), {}, NOW)
    yield from Why(around, ZoneInfo("UTC")).run(RUN)
    yield from (f"status: {each.parts}" for each in sheet_of(story.state).prints)


def test_what_is_said_from_the_request_to_the_verdict(golden: Any) -> None:
    story = queued().print_it(1, VORON)
    plate = story.state.plates[PlateId("plate-1")]
    asked(story, "P02")
    told = ["ASKED", *explained(story)]
    follow(story, look("P02"))
    told += ["", "DONE", *left_out(story.state, RUN, ["P02"]), *explained(story)]
    asked(story, "P03", reason=None)
    story.tell(said.ExcludeIntended(RUN, VORON, FILE, 1, "P03"))
    story.tell(said.ExcludeRejected(RUN, VORON, FILE, "Klipper knows no P03 yet", why="missing"))
    follow(story, look("P02"))
    told += ["", "DECLINED", not_left_out(story.state, RUN, ["P03"]) or "", *explained(story)]
    follow(story, ended("P02"))
    told += ["", "OVER", *explained(story)]
    fact = presumed(made.policy(), story.state, story.state.runs[RUN])
    story.tell(fact)
    told += ["", "JUDGED", judged(story.state, RUN, plate), *explained(story)]
    golden("exclude.txt", "\n".join(told))
