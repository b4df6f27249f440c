"""A farm with a real OctoPrint: whole prints, and starts that went astray on their way."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.states import Bed
from tests.floor.small_farm import facts_in, loop_beside, phases, type_in, wait_until
from tests.kills.controller import Controller
from tests.octoprint.real_farm import (
    START,
    clear,
    ender,
    is_phase,
    make_farm,
    run_1,
    starts_sent,
)
from tests.servers.fixtures import octoprint, octoprint_proxy, octoprint_server
from tests.servers.octoprint import OctoPrintServer
from tests.servers.proxy import Fault, Proxy

__all__ = ["octoprint", "octoprint_proxy", "octoprint_server"]

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


def test_an_order_is_paused_goes_on_and_is_completed(
    tmp_path: Path, octoprint: OctoPrintServer
) -> None:
    folder = make_farm(tmp_path / "farm", octoprint)
    before = octoprint.starts()
    clear(folder)
    with loop_beside(folder):
        wait_until(folder, is_phase("run-1", "printing"))
        assert type_in(folder, "pause", "ender-1", "--reason", "a look").code == 0
        octoprint.wait_state("Paused")
        wait_until(folder, is_phase("run-1", "paused"))
        assert type_in(folder, "resume", "ender-1").code == 0
        state = wait_until(folder, is_phase("run-1", "completed"))
    assert octoprint.starts() == before + 1
    assert phases(state) == {"run-1": "completed"}
    assert run_1(state).evidence == "counters: a print that ended well"
    assert ender(state).bed is Bed.OCCUPIED
    (uploaded,) = facts_in(folder, "run.upload_accepted")
    assert "sha1 " in uploaded["data"]["evidence"]
    clear(folder, "--ok")
    with loop_beside(folder):
        state = wait_until(folder, lambda state: "ord-1" in state.closed)
    assert state.closed["ord-1"]["phase"] == "fulfilled"
    assert ender(state).bed is Bed.CLEAR


def test_a_start_whose_reply_was_lost_is_found_by_looking(
    tmp_path: Path, octoprint: OctoPrintServer, octoprint_proxy: Proxy
) -> None:
    folder = make_farm(tmp_path / "farm", octoprint, octoprint_proxy.url)
    before = octoprint.starts()
    octoprint_proxy.next_call(START, Fault.LOSE_REPLY, "POST")
    clear(folder)
    with loop_beside(folder):
        state = wait_until(folder, is_phase("run-1", "completed"))
    assert octoprint.starts() - before == starts_sent(octoprint_proxy) == 1
    assert phases(state) == {"run-1": "completed"}
    assert len(facts_in(folder, "run.start_unknown")) == 1
    assert facts_in(folder, "run.start_accepted") == []


def test_a_controller_that_is_killed_between_start_and_confirm_finds_its_print(
    tmp_path: Path, octoprint: OctoPrintServer, octoprint_proxy: Proxy
) -> None:
    folder = make_farm(tmp_path / "farm", octoprint, octoprint_proxy.url)
    before = octoprint.starts()
    octoprint_proxy.next_call(START, Fault.HOLD, "POST")
    clear(folder)
    controller = Controller(folder, tmp_path / "controller.log")
    octoprint_proxy.wait_held()
    assert controller.kill().code == -9
    octoprint_proxy.clear_up()
    assert facts_in(folder, "run.started") == []
    with loop_beside(folder):
        state = wait_until(folder, is_phase("run-1", "completed"))
    assert octoprint.starts() - before == starts_sent(octoprint_proxy) == 1
    assert phases(state) == {"run-1": "completed"}
    assert len(facts_in(folder, "run.start_unknown")) == 1
