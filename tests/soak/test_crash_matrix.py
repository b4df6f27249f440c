"""Fail the N-th deed: what is done to the world is a closed list, and each may be the last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from farmctl.errors import FarmctlError
from farmctl.model import deeds
from farmctl.model.deeds import DEEDS, Port
from farmctl.model.events.runs import Effect
from farmctl.soak.crash.disk import GatedDisk, Unlisted
from farmctl.soak.crash.expect import wrong
from farmctl.soak.crash.gate import Blow, Gate, Mode, modes_of
from farmctl.soak.crash.matrix import Case, cases_of, play_case, untouched
from farmctl.soak.crash.story import Story
from farmctl.soak.crash.theatre import CAN_LEAVE_OUT, Theatre
from farmctl.soak.kinds import KINDS
from farmctl.testing.disk import SimulatedDisk
from tests.soak.crash_matrix import failures, play_all, write_result

FARM = Path("/farm/.farmctl")
IN_GIT_ITSELF = {deeds.CLAIM_LEDGER, deeds.ADD_CHECKPOINT}
"""Struck command by command, in real repositories: `tests/farmrepo/test_git_crashes.py`."""


def first_of_each(cases: Sequence[Case]) -> list[Case]:
    """The first time that each deed is struck in each way."""
    seen: dict[tuple[str, Mode], Case] = {}
    for case in cases:
        assert case.blow is not None
        seen.setdefault((case.deed, case.blow.mode), case)
    return list(seen.values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_of_deeds_is_what_the_story_does(kind: str) -> None:
    """What is done and not listed raises Unlisted; what is listed is done."""
    ending = untouched(kind)
    assert ending.wrong == ()
    never = IN_GIT_ITSELF if kind in CAN_LEAVE_OUT else {*IN_GIT_ITSELF, Effect.EXCLUDE}
    assert {each.deed for each in ending.passed} == set(DEEDS) - never


def test_each_deed_may_be_the_last() -> None:
    cases = first_of_each(list(cases_of("moonraker", untouched("moonraker").passed)))
    struck = [each for name, each in DEEDS.items() if name not in IN_GIT_ITSELF]
    assert len(cases) == sum(len(modes_of(each)) for each in struck)
    assert failures([play_case(case) for case in cases]) == []


@pytest.mark.slow
def test_every_deed_may_be_the_last_in_every_way_on_every_kind() -> None:
    endings = play_all(list(KINDS))
    write_result(endings)
    assert len(endings) > 600 * len(KINDS)
    assert failures(endings) == []


def test_a_deed_fails_as_its_port_can() -> None:
    on_the_line = {name for name, each in DEEDS.items() if each.port is Port.PRINTER}
    assert on_the_line == {*Effect, deeds.LOOK}
    assert modes_of(DEEDS[Effect.START]) == tuple(Mode)
    assert Mode.DISK_FULL in modes_of(DEEDS[deeds.RECORD_INTENT])
    assert modes_of(DEEDS[deeds.DROP_STATE]) == (Mode.KILLED_BEFORE, Mode.KILLED_AFTER)


@pytest.mark.parametrize(
    "change",
    [
        lambda disk: disk.replace(FARM / "notes.json", b"{}"),
        lambda disk: disk.append(FARM / "notes.jsonl", b"{}"),
        lambda disk: disk.remove(FARM / "head"),
        lambda disk: disk.truncate(FARM / "head", 0),
        lambda disk: disk.move(FARM / "journal", FARM / "old"),
    ],
)
def test_what_is_not_listed_does_not_pass(change) -> None:
    with pytest.raises(Unlisted) as told:
        change(GatedDisk(SimulatedDisk(), Gate(None)))
    assert isinstance(told.value, FarmctlError)


def test_a_request_that_nobody_called_for_is_told() -> None:
    theatre = Theatre("moonraker", Gate(None))
    story = Story(theatre)

    async def and_one_more() -> None:
        await story.play()
        theatre.machine.put("farmctl-5eed-1-9-1.gcode", b"G4 S1\n")
        start = "/printer/print/start", {"filename": "farmctl-5eed-1-9-1.gcode"}
        theatre.stage.wires[theatre.printer].server.answer("POST", *start, b"")

    theatre.stage.timeline.run_until_complete(and_one_more())
    theatre.stage.timeline.close()
    assert "POST /printer/print/start changed the machine" in " ".join(wrong(theatre, story, None))


def test_a_case_is_the_same_play_every_time() -> None:
    case = Case("moonraker", Effect.START, Blow(40, Mode.KILLED_AFTER))
    assert play_case(case) == play_case(case)
