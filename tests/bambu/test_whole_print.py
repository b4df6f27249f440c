"""A farm with a Bambu of real servers: whole prints, and what goes wrong around a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.digest import digest_of
from farmctl.model.states import Bed
from farmctl.printers.bambu.package import md5_of, packed
from farmctl.sim.device import Lost
from tests.bambu.real_farm import (
    bambu_in,
    clear,
    is_phase,
    make_farm,
    order,
    run_1,
    starts_of,
    task_in,
)
from tests.floor.small_farm import facts_in, farm_at, loop_beside, phases, wait_until
from tests.kills.controller import Controller
from tests.servers.authority import Authority
from tests.servers.bambu import BambuStack

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]

QUICK = 400.0


@pytest.fixture
def farm(
    tmp_path: Path, bambu: BambuStack, maker: Authority, monkeypatch: pytest.MonkeyPatch
) -> Path:
    return make_farm(tmp_path / "farm", bambu, maker, monkeypatch)


def test_an_order_is_completed_and_the_machine_prints_what_was_sent(
    farm: Path, bambu: BambuStack
) -> None:
    bambu.clock.turn_to(QUICK)
    before = bambu.starts()
    clear(farm)
    with loop_beside(farm):
        wait_until(farm, is_phase("run-1", "completed"))
        state = wait_until(farm, lambda state: bool(state.attentions))
    assert bambu.starts() == before + 1
    (command,) = starts_of(bambu)
    gcode = farm_at(farm).store.get(run_1(state).queued.envelope)
    assert bambu.body.starts[-1].digest == run_1(state).queued.envelope
    assert command["md5"] == md5_of(packed(gcode))
    assert command["task_id"] == command["subtask_id"] == task_in(state, "run-1")
    (started,) = facts_in(farm, "run.started")
    assert started["data"]["job_id"] == task_in(state, "run-1")
    (completed,) = facts_in(farm, "run.completed")
    assert completed["data"]["evidence"] == f"task {task_in(state, 'run-1')}: FINISH"
    (uploaded,) = facts_in(farm, "run.upload_accepted")
    sent = packed(gcode)
    assert uploaded["data"]["evidence"] == f"size {len(sent)}, envelope {digest_of(sent)}"
    assert bambu_in(state).bed is Bed.OCCUPIED


def test_a_start_whose_reply_was_lost_is_found_by_looking(farm: Path, bambu: BambuStack) -> None:
    before = bambu.starts()
    bambu.lost.append(Lost.REPLY)
    clear(farm)
    with loop_beside(farm):
        wait_until(farm, lambda _: bool(facts_in(farm, "run.start_unknown")))
        bambu.clock.turn_to(QUICK)
        state = wait_until(farm, is_phase("run-1", "completed"))
    assert (bambu.starts() - before, len(starts_of(bambu))) == (1, 1)
    assert phases(state) == {"run-1": "completed"}
    assert state.runs["run-1"].job_id == task_in(state, "run-1")


def test_a_controller_killed_while_the_last_print_still_shows_adopts_its_start(
    farm: Path, bambu: BambuStack, tmp_path: Path
) -> None:
    bambu.clock.turn_to(QUICK)
    clear(farm)
    with loop_beside(farm):
        wait_until(farm, is_phase("run-1", "completed"))
    clear(farm, "--ok")
    order(farm, "ord-2")
    before = bambu.starts()
    bambu.clock.turn_to(5.0)  # the last print shows for eleven seconds more
    controller = Controller(farm, tmp_path / "log")
    wait_until(farm, lambda _: len(facts_in(farm, "run.start_accepted")) == 2)
    controller.kill()
    assert phases(wait_until(farm, lambda _: True))["run-2"] == "starting"
    bambu.clock.turn_to(QUICK / 4)
    with loop_beside(farm):
        state = wait_until(farm, is_phase("run-2", "completed"))
    assert (bambu.starts() - before, len(starts_of(bambu))) == (1, 2)
    assert state.runs["run-2"].job_id == task_in(state, "run-2")
