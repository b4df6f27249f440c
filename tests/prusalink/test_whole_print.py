"""A farm with a real PrusaLink: a whole print, and starts that were not answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.states import Bed
from tests.floor.small_farm import facts_in, loop_beside, phases, turn_until, wait_until
from tests.kills.controller import Controller
from tests.klipper.real_farm import is_phase, run_1
from tests.printers.prusalink_rig import FILES
from tests.prusalink.real_farm import LARGER, boot, clear, make_farm, mk3, running
from tests.servers.proxy import Fault, Proxy
from tests.servers.prusalink import PrusaLinkStack

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


def test_an_order_is_completed_and_the_machine_agrees(
    tmp_path: Path, prusalink: PrusaLinkStack
) -> None:
    folder = make_farm(tmp_path / "farm", prusalink)
    before = prusalink.starts()
    with running(folder):
        wait_until(folder, is_phase("run-1", "completed"))
        state = wait_until(folder, lambda state: bool(state.attentions))
    assert prusalink.starts() == before + 1
    (started,) = facts_in(folder, "run.started")
    (completed,) = facts_in(folder, "run.completed")
    job_id = run_1(state).job_id
    assert started["data"]["job_id"] == job_id
    assert completed["data"]["evidence"] == f"job {job_id}: FINISHED"
    (uploaded,) = facts_in(folder, "run.upload_accepted")
    assert uploaded["data"]["evidence"].startswith("size ")
    assert (mk3(state).bed, [each.kind for each in state.attentions.values()]) == (
        Bed.OCCUPIED,
        ["check-parts"],
    )


def test_a_start_whose_reply_was_lost_is_found_by_looking(
    tmp_path: Path, prusalink: PrusaLinkStack, prusalink_proxy: Proxy
) -> None:
    folder = make_farm(tmp_path / "farm", prusalink, prusalink_proxy.url)
    before = prusalink.starts()
    prusalink_proxy.next_call(FILES, Fault.LOSE_REPLY, "POST")
    with running(folder):
        state = wait_until(folder, is_phase("run-1", "completed"))
    sent = [call for call in prusalink_proxy.calls if call.method == "POST"]
    assert prusalink.starts() - before == len(sent) == 1
    assert phases(state) == {"run-1": "completed"}
    assert len(facts_in(folder, "run.start_unknown")) == 1
    (started,) = facts_in(folder, "run.started")
    assert run_1(state).file in started["data"]["evidence"]


def test_a_controller_that_was_killed_in_the_start_finds_its_print(
    tmp_path: Path, prusalink: PrusaLinkStack, prusalink_proxy: Proxy
) -> None:
    folder = make_farm(tmp_path / "farm", prusalink, prusalink_proxy.url, LARGER)
    before = prusalink.starts()
    state = turn_until(folder, lambda state: any(each.sliced for each in state.plates.values()))
    watched_before = boot(state)
    prusalink_proxy.next_call(FILES, Fault.HOLD, "POST")
    controller = Controller(folder, tmp_path / "log")
    try:
        wait_until(folder, lambda state: boot(state) != watched_before)
        clear(folder)
        prusalink_proxy.wait_held()
    finally:
        controller.kill()
    prusalink_proxy.release()
    with loop_beside(folder):
        wait_until(folder, is_phase("run-1", "printing"))
        state = wait_until(folder, is_phase("run-1", "completed"))
    assert prusalink.starts() == before + 1
    assert phases(state) == {"run-1": "completed"}
