"""A virtual printer's memory: across processes, and never a start forgotten."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from farmctl.errors import FarmctlError
from farmctl.model.observation import DeviceState
from farmctl.sim import requests
from farmctl.sim.device import Build, Machine, Stored
from farmctl.sim.faults import Fault, Inapplicable, inject
from farmctl.sim.memory import Memory, Setting
from farmctl.system.clock import FixedClock
from farmctl.system.disk import RealDisk

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
GCODE = b"M109 S200\nG4 S600\n"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


def opened(folder: Path, clock: FixedClock, speedup: int = 60) -> Memory:
    return Memory(folder, Setting("sim-1", speedup), RealDisk(), clock)


def store(memory: Memory, name: str, gcode: bytes = GCODE) -> None:
    memory.change(
        lambda machine, now: requests.store(
            machine, Stored(name, memory.keep_gcode(gcode), len(gcode)), now
        )
    )


def start(memory: Memory, name: str, gcode: bytes = GCODE) -> None:
    memory.change(lambda machine, now: requests.start(machine, name, memory.script(gcode), now))


def test_looking_at_a_new_printer_writes_nothing(tmp_path: Path, clock: FixedClock) -> None:
    machine = opened(tmp_path / "virtual", clock).look()

    assert (machine.serial, machine.state, machine.jobs) == (
        "virtual:sim-1",
        DeviceState.READY,
        0,
    )
    assert not (tmp_path / "virtual").exists()


def test_another_process_sees_the_same_machine(tmp_path: Path, clock: FixedClock) -> None:
    ours, theirs = opened(tmp_path, clock), opened(tmp_path, clock)
    store(ours, "a.gcode")
    start(ours, "a.gcode")
    clock.move(3)

    assert ours.look() == theirs.look()
    inject(theirs, Fault.RUNOUT)
    assert ours.look().state is DeviceState.PAUSED
    clock.move(60)
    assert ours.look() == theirs.look() == opened(tmp_path, clock).look()


def test_time_goes_on_while_nobody_looks(tmp_path: Path, clock: FixedClock) -> None:
    memory = opened(tmp_path, clock)
    store(memory, "a.gcode")
    start(memory, "a.gcode")
    written = (tmp_path / "sim-1.json").read_bytes()
    clock.move(3600)

    (record,) = opened(tmp_path, clock).look().history
    assert record.words == "completed"
    assert (record.ended_at - record.started_at).total_seconds() == pytest.approx(
        (600 + 70) / 60, abs=0.01
    )
    assert (tmp_path / "sim-1.json").read_bytes() == written


def test_writing_takes_no_time(tmp_path: Path, clock: FixedClock) -> None:
    memory = opened(tmp_path, clock)
    store(memory, "a.gcode")
    start(memory, "a.gcode")

    for number in range(10):
        store(memory, f"{number}.gcode")

    assert memory.look().uptime_us == 0


def test_another_speed_does_not_change_the_past(tmp_path: Path, clock: FixedClock) -> None:
    slow = opened(tmp_path, clock, speedup=1)
    store(slow, "a.gcode")
    start(slow, "a.gcode")
    clock.move(100)

    fast = opened(tmp_path, clock, speedup=600)
    assert fast.look().job is not None
    clock.move(1)
    assert fast.look().job is None


def test_new_hardware_is_taken_over(tmp_path: Path, clock: FixedClock) -> None:
    store(opened(tmp_path, clock), "a.gcode")

    better = Setting("sim-1", 60, Build(max_nozzle_mc=450_000))
    assert Memory(tmp_path, better, RealDisk(), clock).look().build.max_nozzle_mc == 450_000


def test_every_physical_start_is_a_line(tmp_path: Path, clock: FixedClock) -> None:
    memory = opened(tmp_path, clock)
    store(memory, "a b.gcode")
    for _ in range(2):
        start(memory, "a b.gcode")
        start(memory, "a b.gcode")  # refused: it prints
        clock.move(60)
    inject(memory, Fault.SWAPPED)
    inject(memory, Fault.STARTED_AT_PANEL)

    assert (tmp_path / "sim-1.starts").read_text().splitlines() == [
        "2026-11-21T12:00:00.123Z virtual:sim-1 000001 a b.gcode",
        "2026-11-21T12:01:00.123Z virtual:sim-1 000002 a b.gcode",
        "2026-11-21T12:02:00.123Z virtual:sim-1' 000001 panel.gcode",
    ]
    assert [each.file for each in memory.physical_starts()] == [
        "a b.gcode",
        "a b.gcode",
        "panel.gcode",
    ]


@pytest.mark.parametrize("torn", ["", "2026-11-21T12:0"])
def test_a_start_that_a_kill_kept_from_the_log_is_logged_later(
    tmp_path: Path, clock: FixedClock, torn: str
) -> None:
    memory = opened(tmp_path, clock)
    store(memory, "a.gcode")
    start(memory, "a.gcode")
    clock.move(60)
    start(memory, "a.gcode")
    log = tmp_path / "sim-1.starts"
    first, second = log.read_text().splitlines()
    log.write_text(f"{first}\n{torn}")

    assert [each.job_id for each in opened(tmp_path, clock).physical_starts()] == [
        "000001",
        "000002",
    ]
    assert log.read_text() == f"{first}\n{second}\n"


def test_a_fault_that_cannot_happen_leaves_the_memory_alone(
    tmp_path: Path, clock: FixedClock
) -> None:
    memory = opened(tmp_path, clock)

    with pytest.raises(Inapplicable):
        inject(memory, Fault.RUNOUT)
    assert memory.stamp() is None


def test_gcode_is_read_once_per_digest(tmp_path: Path, clock: FixedClock) -> None:
    memory = opened(tmp_path, clock)
    said = memory.script(GCODE)
    (kept,) = (tmp_path / "scripts").iterdir()
    kept.write_text(said.text + "stop M600\n")

    assert memory.script(GCODE).text.endswith("stop M600\n")
    digest = memory.keep_gcode(GCODE)
    assert memory.script_of(digest) == memory.script(GCODE)
    kept.unlink()
    assert memory.script_of(digest) == said


def test_only_gcode_that_files_name_is_kept(tmp_path: Path, clock: FixedClock) -> None:
    memory = opened(tmp_path, clock)
    wanted, spare = memory.keep_gcode(b"G4 S1\n"), memory.keep_gcode(b"G4 S2\n")

    memory.keep_only([Stored("a.gcode", wanted, 6)])

    assert memory.script_of(wanted)
    with pytest.raises(FileNotFoundError):
        memory.script_of(spare)


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"serial": 3}', b"\xff", b"null"])
def test_a_damaged_memory_is_an_error_with_a_mend(
    tmp_path: Path, clock: FixedClock, damaged: bytes
) -> None:
    (tmp_path / "sim-1.json").write_bytes(damaged)

    with pytest.raises(FarmctlError, match="sim-1 is damaged") as caught:
        opened(tmp_path, clock).look()
    assert str(tmp_path / "sim-1.json") in caught.value.mend


def test_the_memory_is_plain_json(tmp_path: Path, clock: FixedClock) -> None:
    store(opened(tmp_path, clock), "a.gcode")

    assert json.loads((tmp_path / "sim-1.json").read_text())["files"][0]["name"] == "a.gcode"


def _start_many(folder: Path, worker: int) -> None:
    memory = opened(folder, FixedClock(NOON))
    for number in range(10):
        name = f"{worker}-{number}.gcode"
        store(memory, name, b"")
        start(memory, name, b"")
        memory.change(_settled)


def _settled(machine: Machine, now: datetime) -> tuple[Machine, None]:
    return requests.cancel(machine, now)[0], None


def test_several_processes_change_one_machine(tmp_path: Path, clock: FixedClock) -> None:
    workers = [
        multiprocessing.get_context("fork").Process(target=_start_many, args=(tmp_path, number))
        for number in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    machine = opened(tmp_path, clock).look()
    assert len(machine.files) == 30
    assert [each.number for each in machine.history] == list(range(1, 31))
    assert len(opened(tmp_path, clock).physical_starts()) == 30
