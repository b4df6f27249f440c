"""The guard on a real Klipper: a start that comes twice prints twice without it, once with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.control.envelope import Wrapper, envelope
from farmctl.model.observation import Ended
from farmctl.printers.driver import Accepted, Finding
from farmctl.printers.moonraker.guard import macro
from tests.floor.small_farm import facts_in, loop_beside, state_of, type_in, wait_until
from tests.klipper.real_farm import clear, is_phase, make_farm, run_1
from tests.printers.hands import Hands, run
from tests.servers.klipper import KlipperStack

pytestmark = [pytest.mark.server, pytest.mark.slow]

PRINT = b"G28\nM109 S175\nG90\nM83\nG1 X20 E5 F600\nG1 X40 E5 F600\n"
LAID_MM = 10.0


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KlipperStack]:
    """A printer with what `farmctl printer guard` prints in its printer.cfg."""
    folder = tmp_path_factory.mktemp("guarded")
    cfg = macro().replace("~/farmctl-variables.cfg", str(folder / "variables.cfg"))
    assert str(folder) in cfg
    with KlipperStack(folder, cfg="\n" + cfg) as stack:
        yield stack


def stored(file: str, *wrappers: Wrapper) -> bytes:
    return envelope(PRINT, file, wrappers)


def start(klipper: KlipperStack, file: str) -> tuple[str, float]:
    """Start a stored file as whoever can; return how it ended, and how much filament it laid."""
    before_mm = extruded_mm(klipper)
    klipper.post("/printer/print/start", filename=file)
    klipper.wait_until(lambda: klipper.print_state() != "printing", f"{file} is over")
    klipper.wait_still()
    return klipper.print_state(), round(extruded_mm(klipper) - before_mm, 3)


def extruded_mm(klipper: KlipperStack) -> float:
    answer = klipper.get("/printer/objects/query", toolhead="position")
    return float(answer.result["status"]["toolhead"]["position"][3])


def message(klipper: KlipperStack) -> str:
    answer = klipper.get("/printer/objects/query", print_stats="message")
    return str(answer.result["status"]["print_stats"]["message"])


def test_a_start_that_comes_twice(guarded: KlipperStack) -> None:
    plain, safe = "farmctl-5eed-1-1-1.gcode", "farmctl-5eed-1-2-1.gcode"
    (guarded.gcodes / plain).write_bytes(stored(plain))
    (guarded.gcodes / safe).write_bytes(stored(safe, Wrapper.GUARD))
    laid = ("complete", LAID_MM)
    assert [start(guarded, plain) for _ in range(2)] == [laid, laid], "twice, without a guard"
    assert start(guarded, safe) == laid
    assert start(guarded, safe) == ("error", 0.0)
    assert "was begun before; nothing is printed" in message(guarded)
    another = "farmctl-5eed-1-2-2.gcode"
    (guarded.gcodes / another).write_bytes(stored(another, Wrapper.GUARD))
    assert start(guarded, another) == laid
    assert start(guarded, safe) == ("error", 0.0), "it remembers more than the last one"
    guarded.kill_klipper()
    guarded.restart_klipper()
    assert start(guarded, safe) == ("error", 0.0), "also across a restart"


def test_the_end_of_a_print_is_that_of_the_first_start(guarded: KlipperStack) -> None:
    file = "farmctl-5eed-1-3-1.gcode"

    async def work(at: Hands) -> None:
        assert isinstance(await at.driver.upload(file, stored(file, Wrapper.GUARD)), Accepted)
        assert start(guarded, file)[0] == "complete"
        assert start(guarded, file)[0] == "error"
        ending = await at.ended(file)
        assert (ending.ended, ending.evidence) == (Ended.COMPLETED, "history: completed")

    run(guarded.url, work)


def test_doctor_finds_a_guard_that_is_said_and_not_there(
    guarded: KlipperStack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert guards_found(guarded) == []
    old = macro().replace("variable_version: 1", "variable_version: 0")
    folder = tmp_path_factory.mktemp("old")
    cfg = old.replace("~/farmctl-variables.cfg", str(folder / "variables.cfg"))
    with KlipperStack(folder, cfg="\n" + cfg) as other:
        assert [each.code for each in guards_found(other)] == ["klipper-guard-other"]
        for text, code in (
            (cfg.replace("FARMCTL_BEGIN", "SOMETHING_ELSE"), "klipper-guard-missing"),
            (cfg[cfg.index("# farmctl's guard") :].replace(": 0", ": 1"), "klipper-guard-forgets"),
        ):
            other.configure(text)
            other.kill_klipper()
            other.restart_klipper()
            assert [each.code for each in guards_found(other)] == [code]


def guards_found(klipper: KlipperStack) -> list[Finding]:
    found: list[Finding] = []

    async def work(at: Hands) -> None:
        found.extend(await at.driver.doctor())

    run(klipper.url, work, guard=True)
    return [each for each in found if "guard" in each.code]


@pytest.mark.slicer
def test_a_guarded_farm_prints_and_records_the_bytes_that_it_sent(
    guarded: KlipperStack, tmp_path: Path
) -> None:
    guarded.tidy()
    folder = make_farm(tmp_path / "farm", guarded, guard=True)
    clear(folder)
    with loop_beside(folder):
        state = wait_until(folder, is_phase("run-1", "completed"))
    file = run_1(state).file or ""
    (intended,) = facts_in(folder, "run.upload_intended")
    (uploaded,) = facts_in(folder, "run.upload_accepted")
    digest = str(intended["data"]["envelope"]).removeprefix("sha256:")
    assert uploaded["data"]["evidence"] == f"sha256 {digest}"
    assert intended["data"]["wrapper"] == ["objects", "guard"]
    assert digest != run_1(state).queued.gcode.removeprefix("sha256:")
    assert klipper_jobs(guarded, file) == ["completed"]
    printed = type_in(folder, "printer", "guard", "voron-1")
    assert (printed.code, printed.out, printed.err) == (0, macro(), "")
    assert state_of(folder).printers["voron-1"].declared.guard


def klipper_jobs(klipper: KlipperStack, file: str) -> list[str]:
    return [str(each["status"]) for each in klipper.history() if each["filename"] == file]
