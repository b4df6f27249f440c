"""A farm with a real Klipper printer: a start that nobody answered, and that comes late."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.floor.small_farm import facts_in, loop_beside, phases, wait_until
from tests.klipper.real_farm import clear, is_phase, make_farm
from tests.servers.fixtures import klipper, klipper_proxy, klipper_stack
from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Fault, Proxy

__all__ = ["klipper", "klipper_proxy", "klipper_stack"]

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


def test_a_start_that_comes_after_its_file_is_gone_prints_nothing(
    tmp_path: Path, klipper: KlipperStack, klipper_proxy: Proxy
) -> None:
    folder = make_farm(tmp_path / "farm", klipper, klipper_proxy.url)
    before = klipper.starts()
    klipper_proxy.next_call("/printer/print/start", Fault.LATE)
    clear(folder)
    with loop_beside(folder):
        wait_until(folder, is_phase("run-2", "printing"))
        klipper_proxy.deliver()
        state = wait_until(folder, is_phase("run-2", "completed"))
    assert klipper.starts() == before + 1
    assert phases(state) == {"run-2": "completed"}
    assert facts_in(folder, "run.delete_accepted")[0]["data"]["run"] == "run-1"
    (voided,) = facts_in(folder, "run.voided")
    assert voided["data"]["reason"] == "not_started"
    (fenced,) = facts_in(folder, "run.fence_seen")
    assert fenced["seq"] < voided["seq"]
    assert [each["status"] for each in klipper.history()[:1]] == ["completed"]
