"""The virtual driver: what the farm sees of a machine in a file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from farmctl.errors import FarmctlError
from farmctl.model.digest import digest_of
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Ended
from farmctl.printers.config import ClassLimits, DriverConfig
from farmctl.printers.driver import Accepted, Rejected, Unknown, Why
from farmctl.printers.virtual import VirtualDriver, memory_of, open_driver
from farmctl.sim.faults import Fault, inject
from farmctl.sim.reading import read_script
from farmctl.system.clock import FixedClock
from farmctl.system.disk import RealDisk
from farmctl.system.jobs import InlineJobs

pytestmark = pytest.mark.pure

T = TypeVar("T")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OURS = "farmctl-7f3a-1-run-1-1.gcode"
MINUTE = b"M83\nG4 S30\nG1 E10 F60000\nG4 S30\n"


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def config(folder: Path, **fields: Any) -> DriverConfig:
    fields.setdefault("clock", FixedClock(NOON))
    return DriverConfig(PrinterName("sim-1"), memory=folder, **fields)


async def printing(driver: VirtualDriver, gcode: bytes = MINUTE) -> VirtualDriver:
    assert isinstance(await driver.upload(OURS, gcode), Accepted)
    assert isinstance(await driver.start(OURS), Accepted)
    return driver


def test_a_whole_print_at_six_hundred_times_its_speed(tmp_path: Path) -> None:
    clock = FixedClock(NOON)
    driver = open_driver(config(tmp_path, speedup=600, clock=clock))

    assert run(driver.upload(OURS, MINUTE)) == Accepted(evidence=digest_of(MINUTE))
    assert run(driver.start(OURS)) == Accepted(job_id="000001", evidence="virtual: start: ok")
    clock.move(0.05)
    half = run(driver.look())
    assert half.job is not None
    assert (half.state, half.job.file) == (DeviceState.PRINTING, OURS)
    assert (half.job.job_id, half.job.elapsed_s) == ("000001", 30)
    assert 480 < half.job.progress_permille < 520
    assert (half.history_head, half.jobs_total) == ("000001", 1)
    clock.move(0.06)
    done = run(driver.look())
    assert (done.state, done.job, done.history_head) == (DeviceState.READY, None, "000001")
    ending = run(driver.evidence(OURS))
    assert ending is not None
    assert (ending.ended, ending.evidence) == (Ended.COMPLETED, "history: completed")
    assert (ending.print_s, ending.filament_um, ending.job_id) == (60, 10_000, "000001")
    assert ending.started_at == NOON
    assert ending.ended_at is not None
    assert timedelta(seconds=0.09) < ending.ended_at - NOON < timedelta(seconds=0.11)


def test_a_look_tells_who_and_when(tmp_path: Path) -> None:
    seen = run(open_driver(config(tmp_path)).look())

    assert (seen.printer, seen.seen_at, seen.identity) == ("sim-1", NOON, "virtual:sim-1")
    assert (seen.boot, seen.firmware, seen.jobs_total) == ("1", "virtual 1", 0)


@pytest.mark.parametrize(
    ("fault", "ended", "evidence", "reason"),
    [
        (Fault.SPAGHETTI, Ended.ABORTED, "history: cancelled", None),
        (Fault.THERMAL, Ended.FAILED, "history: error", "thermal"),
        (Fault.POWER_LOSS, Ended.FAILED, "history: interrupted", "interrupted"),
    ],
)
def test_what_a_fault_leaves_as_evidence(
    tmp_path: Path, fault: Fault, ended: Ended, evidence: str, reason: str | None
) -> None:
    settings = config(tmp_path)
    driver = run(printing(open_driver(settings)))

    inject(memory_of(settings), fault)

    ending = run(driver.evidence(OURS))
    assert ending is not None
    assert (ending.ended, ending.evidence, ending.reason) == (ended, evidence, reason)


def test_the_classs_limits_are_the_machines(tmp_path: Path) -> None:
    cold = config(tmp_path, limits=ClassLimits(max_nozzle_c=200))
    driver = run(printing(open_driver(cold), b"M104 S210\nG4 S9\n"))

    seen = run(driver.look())
    assert seen.state is DeviceState.FAULT
    assert seen.message == "nozzle target 210 °C is above 200 °C"
    assert run(driver.start(OURS)) == Rejected(
        Why.NOT_READY, "not ready", "virtual: start: not ready"
    )


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Fault.LOST_REQUEST, Unknown("no reply")),
        (Fault.LOST_REPLY, Unknown("no reply")),
        (Fault.LOST_SENSE, Unknown("an answer that explains nothing")),
        (Fault.OFFLINE, Rejected(Why.NOT_SENT, "no connection", "virtual: delete: no connection")),
    ],
)
def test_every_effect_meets_the_wire(tmp_path: Path, fault: Fault, answer: object) -> None:
    settings = config(tmp_path)
    driver = open_driver(settings)
    run(driver.upload(OURS, MINUTE))

    inject(memory_of(settings), fault)

    assert run(driver.delete(OURS)) == answer


def test_a_deleted_file_leaves_no_gcode_behind(tmp_path: Path) -> None:
    driver = open_driver(config(tmp_path))
    run(driver.upload(OURS, MINUTE))
    run(driver.upload(f"farmctl-2-{OURS}", MINUTE))
    kept = tmp_path / "sim-1.files"

    run(driver.delete(OURS))
    assert len(list(kept.iterdir())) == 1
    run(driver.delete(f"farmctl-2-{OURS}"))
    assert list(kept.iterdir()) == []


def test_a_locked_memory_is_a_printer_that_got_nothing(tmp_path: Path) -> None:
    class Impatient(RealDisk):
        def lock(self, path: Path, *, wait_s: float) -> Any:
            return super().lock(path, wait_s=0.0)

    driver = open_driver(config(tmp_path, disk=Impatient()))
    held = RealDisk().lock(tmp_path / "sim-1.lock", wait_s=0.0)

    answer = run(driver.upload(OURS, MINUTE))
    held.release()

    assert isinstance(answer, Rejected)
    assert answer.why is Why.NOT_SENT
    assert isinstance(run(driver.upload(OURS, MINUTE)), Accepted)


def test_without_a_folder_it_says_what_is_missing() -> None:
    with pytest.raises(FarmctlError, match="sim-1 has nowhere to keep its memory") as caught:
        open_driver(DriverConfig(PrinterName("sim-1")))
    assert caught.value.mend


def test_there_is_nothing_to_find_wrong_with_it(tmp_path: Path) -> None:
    assert run(open_driver(config(tmp_path)).doctor()) == ()


class TestWatch:
    """When it is worth a look."""

    def test_it_wakes_when_the_print_is_due_to_end(self, tmp_path: Path) -> None:
        clock = FixedClock(NOON)

        async def until_woken() -> datetime:
            driver = await printing(open_driver(config(tmp_path, clock=clock)))
            await anext(aiter(driver.watch()))
            return clock.now()

        woken_at = run(until_woken())
        assert timedelta(seconds=60) <= woken_at - NOON < timedelta(seconds=60.5)
        assert run(open_driver(config(tmp_path, clock=clock)).look()).job is None

    def test_it_wakes_when_another_process_changed_the_machine(self, tmp_path: Path) -> None:
        clock = FixedClock(NOON)
        settings = config(tmp_path, clock=clock)

        async def woken_after() -> timedelta:
            driver = await printing(open_driver(settings))
            watch = asyncio.ensure_future(anext(aiter(driver.watch())))
            await clock.sleep(1)
            inject(memory_of(settings), Fault.RUNOUT)
            injected_at = clock.now()
            await watch
            return clock.now() - injected_at

        assert run(woken_after()) <= timedelta(seconds=0.5)

    def test_it_ends_when_the_driver_is_closed(self, tmp_path: Path) -> None:
        async def yields() -> int:
            driver = open_driver(config(tmp_path))
            await driver.close()
            return len([None async for _ in driver.watch()])

        assert run(yields()) == 0

    def test_an_idle_machine_wakes_nobody(self, tmp_path: Path) -> None:
        clock = FixedClock(NOON)

        async def idle() -> bool:
            driver = open_driver(config(tmp_path, clock=clock))
            watch = asyncio.ensure_future(_all_of(driver))
            for _ in range(60):
                await clock.sleep(60)
            await driver.close()
            return await watch == 0

        assert run(idle())


async def _all_of(driver: VirtualDriver) -> int:
    return len([None async for _ in driver.watch()])


def test_gcode_is_read_beside_the_loop(tmp_path: Path) -> None:
    class Recorder(InlineJobs):
        def __init__(self) -> None:
            self.results: list[object] = []

        async def run(self, work: Callable[[], T]) -> T:
            result = work()
            self.results.append(result)
            return result

    jobs = Recorder()
    run(open_driver(config(tmp_path, jobs=jobs)).upload(OURS, MINUTE))

    assert jobs.results == [read_script(MINUTE)]


def test_twenty_printers_read_one_file_of_gcode_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[int] = []
    from farmctl.sim import memory

    monkeypatch.setattr(
        memory, "read_script", lambda raw: (parsed.append(len(raw)), read_script(raw))[1]
    )
    for number in range(20):
        settings = DriverConfig(
            PrinterName(f"sim-{number}"), memory=tmp_path, clock=FixedClock(NOON)
        )
        run(printing(open_driver(settings)))

    assert parsed == [len(MINUTE)]


def test_looking_again_at_an_untouched_machine_decodes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from farmctl.sim import memory

    decoded: list[object] = []
    decode = memory.decode
    monkeypatch.setattr(
        memory, "decode", lambda kind, tree: (decoded.append(kind), decode(kind, tree))[1]
    )
    clock = FixedClock(NOON)
    settings = config(tmp_path, clock=clock)
    driver = run(printing(open_driver(settings)))
    run(driver.look())
    decoded.clear()
    for _ in range(50):
        clock.move(1)
        run(driver.look())
    assert decoded == []

    inject(memory_of(settings), Fault.RUNOUT)
    assert run(driver.look()).state is DeviceState.PAUSED


def test_opening_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, farmctl.printers.virtual;"
        "print(sorted({'numpy','trimesh','duckdb','git','httpx','pydantic','ruamel','hypothesis',"
        "'rich','typer','websockets'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
