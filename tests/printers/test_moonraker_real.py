"""The Moonraker driver on the real Moonraker and a real Klipper: whole prints, and what goes wrong."""

from __future__ import annotations

import asyncio

import pytest

from farmctl.errors import DeviceFailed
from farmctl.model.observation import DeviceState, Ended
from farmctl.printers.driver import Accepted, Rejected, Unknown, Why
from farmctl.printers.moonraker import probe
from tests.printers.hands import LONG, WARM, Hands, run
from tests.printers.record_moonraker import LONG as MOVES
from tests.printers.record_moonraker import QUICK
from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Fault, Proxy

pytestmark = pytest.mark.server


def test_a_whole_print_from_upload_to_evidence(klipper: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        idle = await at.driver.look()
        assert (idle.state, idle.nozzle_um, idle.job) == (DeviceState.READY, 400, None)
        before = klipper.starts()
        await at.printing("farmctl-1.gcode", "G28\n" + WARM + "G1 X200 F3000\nG1 X20\n" * 3)
        seen = await at.until(lambda seen: seen.job is not None and seen.job.job_id is not None)
        assert seen.job is not None
        assert (seen.job.file, seen.history_head) == ("farmctl-1.gcode", seen.job.job_id)
        await at.state(DeviceState.READY)
        ending = await at.ended("farmctl-1.gcode")
        assert (ending.ended, ending.job_id) == (Ended.COMPLETED, seen.job.job_id)
        assert ending.filament_um == 1000
        assert klipper.starts() == before + 1

    run(klipper.url, work)
    newest = klipper.history()[0]
    assert (newest["filename"], newest["status"]) == ("farmctl-1.gcode", "completed")


def test_a_start_whose_reply_was_lost_is_unknown_then_seen(
    klipper: KlipperStack, klipper_proxy: Proxy
) -> None:
    async def work(at: Hands) -> None:
        before = klipper.starts()
        await at.driver.upload("farmctl-2.gcode", LONG.encode())
        klipper_proxy.next_call("/printer/print/start", Fault.LOSE_REPLY)
        assert isinstance(await at.driver.start("farmctl-2.gcode"), Unknown)
        seen = await at.until(lambda seen: seen.job is not None)
        assert seen.job is not None
        assert seen.job.file == "farmctl-2.gcode"
        assert (klipper.starts() - before, klipper_proxy.count("/printer/print/start")) == (1, 1)

    run(klipper_proxy.url, work)


def test_a_start_that_the_network_doubled_is_not_refused(
    klipper: KlipperStack, klipper_proxy: Proxy
) -> None:
    async def work(at: Hands) -> None:
        before = klipper.starts()
        await at.driver.upload("farmctl-3.gcode", LONG.encode())
        klipper_proxy.next_call("/printer/print/start", Fault.TWICE)
        answer = await at.driver.start("farmctl-3.gcode")
        assert isinstance(answer, Unknown)
        assert "SD busy" in answer.message
        assert klipper.starts() == before + 1

    run(klipper_proxy.url, work)


def test_what_the_driver_will_not_do_is_not_even_sent(
    klipper: KlipperStack, klipper_proxy: Proxy
) -> None:
    async def work(at: Hands) -> None:
        await at.driver.upload("farmctl-4.gcode", LONG.encode())
        again = await at.driver.upload("farmctl-4.gcode", QUICK.encode())
        assert isinstance(again, Rejected)
        assert again.why is Why.NOT_SENT
        assert klipper_proxy.count("/server/files/upload") == 1
        await at.printing("farmctl-5.gcode")
        await at.driver.pause("farmctl-5.gcode")
        started = klipper_proxy.count("/printer/print/start")
        answer = await at.driver.start("farmctl-4.gcode")
        assert isinstance(answer, Rejected)
        assert answer.why is Why.BUSY
        again = await at.driver.pause("farmctl-5.gcode")
        assert isinstance(again, Rejected)
        assert again.why is Why.NOT_READY
        assert klipper_proxy.count("/printer/print/start") == started
        assert klipper_proxy.count("/printer/print/pause") == 1

    run(klipper_proxy.url, work)


def test_a_file_that_differs_in_case_is_not_started(klipper: KlipperStack) -> None:
    (klipper.gcodes / "FARMCTL-14.gcode").write_text(QUICK)

    async def work(at: Hands) -> None:
        before = klipper.starts()
        answer = await at.driver.start("farmctl-14.gcode")
        assert isinstance(answer, Rejected)
        assert answer.why is Why.MISSING
        assert klipper.starts() == before

    run(klipper.url, work)


def test_filament_that_runs_out_pauses_the_print(klipper: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        await at.printing("farmctl-6.gcode", "G28\n" + WARM + MOVES)
        # Klipper's sensor is deaf for the first seconds after a start of the host.
        await at.until(lambda seen: seen.job is not None and seen.job.elapsed_s >= 3)
        klipper.runout()
        seen = await at.state(DeviceState.PAUSED)
        assert seen.job is not None
        assert seen.job.file == "farmctl-6.gcode"
        klipper.load_filament()
        assert isinstance(await at.driver.resume("farmctl-6.gcode"), Accepted)
        await at.state(DeviceState.PRINTING)

    run(klipper.url, work)


def test_a_dead_micro_controller_ends_the_print_whatever_print_stats_says(
    klipper: KlipperStack,
) -> None:
    async def work(at: Hands) -> None:
        await at.printing("farmctl-7.gcode")
        klipper.mcu_fault()
        seen = await at.state(DeviceState.FAULT)
        assert "Simulated fault" in seen.message or "shutdown" in seen.message
        ending = await at.ended("farmctl-7.gcode")
        assert (ending.ended, ending.reason) == (Ended.FAILED, "printer_error")
        answer = await at.driver.start("farmctl-7.gcode")
        assert isinstance(answer, Rejected)
        assert answer.why is Why.NOT_READY
        klipper.recover()
        await at.state(DeviceState.READY)
        assert (await at.ended("farmctl-7.gcode")).ended is Ended.FAILED

    run(klipper.url, work)


def test_a_sensor_that_reads_too_high_is_a_thermal_failure(klipper: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        await at.printing("farmctl-8.gcode", "G28\n" + WARM + MOVES)
        klipper.temp("extruder", 480.0)
        await at.state(DeviceState.FAULT)
        ending = await at.ended("farmctl-8.gcode")
        assert (ending.ended, ending.reason) == (Ended.FAILED, "thermal")

    run(klipper.url, work)


def test_a_print_outlives_moonraker_and_its_end_is_still_known(klipper: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        await at.printing("farmctl-9.gcode")
        klipper.wait_history("farmctl-9.gcode", "in_progress")
        klipper.kill_moonraker()
        await at.state(DeviceState.OFFLINE)
        assert await at.driver.evidence("farmctl-9.gcode") is None
        klipper.start_moonraker()
        klipper.wait_ready()
        assert klipper.history()[0]["status"] == "interrupted"
        await at.state(DeviceState.PRINTING)
        assert await at.driver.evidence("farmctl-9.gcode") is None
        assert isinstance(await at.driver.cancel("farmctl-9.gcode"), Accepted)
        assert (await at.ended("farmctl-9.gcode")).ended is Ended.ABORTED

    run(klipper.url, work)


def test_without_a_klipper_the_printer_answers_and_cannot_print(klipper: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        await at.printing("farmctl-10.gcode")
        klipper.wait_history("farmctl-10.gcode", "in_progress")
        klipper.kill_klipper()
        seen = await at.state(DeviceState.FAULT)
        assert seen.message == "Klipper is disconnected"
        assert seen.identity is not None
        ending = await at.ended("farmctl-10.gcode")
        assert (ending.ended, ending.reason) == (Ended.FAILED, "interrupted")
        for effect in (at.driver.start, at.driver.pause, at.driver.resume, at.driver.cancel):
            answer = await effect("farmctl-10.gcode")
            assert isinstance(answer, Rejected)
            assert answer.why is Why.NOT_READY
        assert isinstance(await at.driver.delete("farmctl-10.gcode"), Accepted)
        klipper.restart_klipper()
        await at.state(DeviceState.READY)

    run(klipper.url, work)


def test_a_print_is_not_over_while_its_last_motion_is_queued(klipper: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        await at.printing("farmctl-11.gcode", "G28\nG90\nG1 X20 F6000\nG1 X240 F600\n")
        klipper.wait_print("complete")
        seen = await at.driver.look()
        assert seen.state is DeviceState.PRINTING
        assert await at.driver.evidence("farmctl-11.gcode") is None
        late = await at.driver.pause("farmctl-11.gcode")
        assert isinstance(late, Rejected)
        await at.state(DeviceState.READY)
        assert (await at.ended("farmctl-11.gcode")).ended is Ended.COMPLETED

    run(klipper.url, work)


def test_a_probe_finds_what_a_class_is_made_of(klipper: KlipperStack) -> None:
    found = asyncio.run(probe(klipper.url))
    assert (found.bed_mm, found.height_mm, found.nozzle_mm) == ((250.0, 210.0), 200.0, 0.4)
    assert (found.max_nozzle_c, found.max_bed_c) == (300, 130)
    assert dict(found.limits)["max_accel"] == 3000.0
    assert found.server.startswith("Moonraker 0.11")
    assert found.firmware.startswith("Kalico")

    async def same(at: Hands) -> None:
        assert (await at.driver.look()).identity == found.identity
        assert await at.driver.doctor() == ()

    run(klipper.url, same)


def test_another_machine_at_the_address_is_named_by_doctor(klipper: KlipperStack) -> None:
    async def work(at: Hands) -> None:
        (finding,) = await at.driver.doctor()
        assert (finding.code, finding.refuses) == ("moonraker-other-machine", True)

    run(klipper.url, work, identity="another-one")


def test_nobody_there(klipper: KlipperStack, klipper_proxy: Proxy) -> None:
    async def work(at: Hands) -> None:
        assert [each.code for each in await at.driver.doctor()] == ["moonraker-unusable"]

    klipper_proxy.go_down()
    with pytest.raises(DeviceFailed, match="nothing answers"):
        asyncio.run(probe(klipper_proxy.url))
    run(klipper_proxy.url, work)
