"""A farm with a real Klipper printer: a whole print, and one whose start was never answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.states import Bed
from tests.floor.small_farm import facts_in, loop_beside, phases, wait_until
from tests.klipper.real_farm import clear, is_phase, make_farm, run_1, voron
from tests.servers.fixtures import klipper, klipper_proxy, klipper_stack
from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Fault, Proxy

__all__ = ["klipper", "klipper_proxy", "klipper_stack"]

pytestmark = [pytest.mark.server, pytest.mark.slicer]


def test_an_order_is_completed_and_moonrakers_history_agrees(
    tmp_path: Path, klipper: KlipperStack
) -> None:
    folder = make_farm(tmp_path / "farm", klipper)
    before = klipper.starts()
    clear(folder)
    with loop_beside(folder):
        wait_until(folder, is_phase("run-1", "completed"))
        state = wait_until(folder, lambda state: bool(state.attentions))
    assert klipper.starts() == before + 1
    job = klipper.history()[0]
    assert (job["filename"], job["status"]) == (run_1(state).file, "completed")
    (started,) = facts_in(folder, "run.started")
    (completed,) = facts_in(folder, "run.completed")
    assert started["data"]["job_id"] == run_1(state).job_id == job["job_id"]
    result = completed["data"]["result"]
    assert result["print_s"] == round(job["print_duration"])
    assert result["filament_um"] == round(job["filament_used"] * 1000)
    assert completed["data"]["evidence"].startswith("history: completed")
    (uploaded,) = facts_in(folder, "run.upload_accepted")
    (intended,) = facts_in(folder, "run.upload_intended")
    digest = intended["data"]["envelope"].removeprefix("sha256:")
    assert uploaded["data"]["evidence"] == f"sha256 {digest}"
    assert (voron(state).bed, [each.kind for each in state.attentions.values()]) == (
        Bed.OCCUPIED,
        ["check-parts"],
    )
    clear(folder, "--ok")
    with loop_beside(folder):
        state = wait_until(folder, lambda state: "ord-1" in state.closed)
    assert state.closed["ord-1"]["phase"] == "fulfilled"
    assert voron(state).bed is Bed.CLEAR


def test_a_start_whose_reply_was_lost_is_found_by_looking(
    tmp_path: Path, klipper: KlipperStack, klipper_proxy: Proxy
) -> None:
    folder = make_farm(tmp_path / "farm", klipper, klipper_proxy.url)
    before = klipper.starts()
    klipper_proxy.next_call("/printer/print/start", Fault.LOSE_REPLY)
    clear(folder)
    with loop_beside(folder):
        state = wait_until(folder, is_phase("run-1", "completed"))
    assert klipper.starts() - before == klipper_proxy.count("/printer/print/start") == 1
    assert phases(state) == {"run-1": "completed"}
    assert len(facts_in(folder, "run.start_unknown")) == 1
    assert facts_in(folder, "run.start_accepted") == []
    (started,) = facts_in(folder, "run.started")
    assert run_1(state).file in started["data"]["evidence"]
    assert klipper.history()[0]["filename"] == run_1(state).file
    assert klipper.history()[0]["status"] == "completed"
