"""The simulated machines are devices like the real ones: a driver conforms on each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from farmctl.printers.driver import Answer, Rejected, Why
from farmctl.soak.kinds import KINDS
from farmctl.soak.timeline import Standstill, Timeline
from farmctl.testing.conformance import CHECKS, failures, run_check
from tests.soak.machine_rig import MachineRig

pytestmark = pytest.mark.pure


@pytest.fixture
def timeline() -> Iterator[Timeline]:
    timeline = Timeline()
    yield timeline
    timeline.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CHECKS)
def test_a_driver_conforms_on_a_simulated_line(name: str, kind: str, timeline: Timeline) -> None:
    timeline.run_until_complete(run_check(name, MachineRig(timeline, kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_it_conforms_with_all_that_earlier_checks_left_behind(
    kind: str, timeline: Timeline
) -> None:
    assert timeline.run_until_complete(failures(MachineRig(timeline, kind))) == {}


def test_a_klipper_without_objects_leaves_nothing_out(timeline: Timeline) -> None:
    async def left_out() -> tuple[bool, list[str], Answer]:
        rig = MachineRig(timeline, "moonraker")
        rig.body.knows_objects = False  # type: ignore[attr-defined]
        driver = rig.connect()
        await driver.upload("farmctl-a.gcode", rig.samples.long)
        await driver.start("farmctl-a.gcode")
        seen, found = await driver.look(), await driver.doctor()
        answer = await driver.exclude("farmctl-a.gcode", "P01")
        await driver.close()
        return seen.can_exclude, [each.code for each in found], answer

    can_exclude, found, answer = timeline.run_until_complete(left_out())
    assert (can_exclude, isinstance(answer, Rejected) and answer.why) == (False, Why.CANNOT)
    assert "klipper-no-objects" in found


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_overwritten_is_not_started(kind: str, timeline: Timeline) -> None:
    async def overwritten() -> tuple[Answer, int]:
        rig = MachineRig(timeline, kind)
        driver = rig.connect()
        await driver.upload("farmctl-a.gcode", rig.samples.long)
        rig.body.overwrite(rig.samples.broken)
        answer = await driver.start("farmctl-a.gcode")
        await driver.close()
        return answer, await rig.physical_starts()

    answer, starts = timeline.run_until_complete(overwritten())
    assert isinstance(answer, Rejected)
    assert (answer.why, starts) == (Why.BAD_UPLOAD, 0)


def test_a_year_passes_in_no_time(timeline: Timeline) -> None:
    timeline.run_until_complete(asyncio.sleep(365 * 24 * 3600.0))
    assert 0 <= timeline.time() - 365 * 24 * 3600.0 < 0.01


def test_who_waits_for_nothing_is_told(timeline: Timeline) -> None:
    with pytest.raises(Standstill):
        timeline.run_until_complete(asyncio.Event().wait())


def test_what_is_due_comes_in_the_order_of_its_time(timeline: Timeline) -> None:
    heard: list[str] = []

    async def say(word: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        heard.append(word)

    async def all_of_it() -> None:
        await asyncio.gather(say("late", 2000.0), say("early", 0.001), say("then", 2.0))

    timeline.run_until_complete(all_of_it())
    assert heard == ["early", "then", "late"]
