"""A farm with a real Klipper printer: one part of a plate fails in mid-print, the others go on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farmctl.gcode.objects import object_name
from farmctl.ledger.state import State
from farmctl.model.events.plates import Placed
from farmctl.testing.parts import box
from tests.floor.small_farm import facts_in, loop_beside, state_of, type_in, wait_until
from tests.klipper.real_farm import clear, is_phase, make_farm, run_1
from tests.servers.fixtures import klipper, klipper_stack
from tests.servers.klipper import KlipperStack

__all__ = ["klipper", "klipper_stack"]

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]

WIDE_MM = 16.0


@pytest.fixture
def printing(tmp_path: Path, klipper: KlipperStack) -> Iterator[Path]:
    """A farm whose loop runs, and whose run-1 lays down three boxes."""
    folder = make_farm(tmp_path / "farm", klipper, model=box(WIDE_MM, WIDE_MM, 1), quantity=3)
    clear(folder)
    with loop_beside(folder):
        wait_until(folder, is_phase("run-1", "printing"))
        klipper.wait_extruding()
        yield folder


def placed_on(state: State) -> list[Placed]:
    return list(state.plates[run_1(state).queued.plate].composed.placed)


def at_the_edge(placed: list[Placed]) -> Placed:
    """The part that no way between two others leads across."""

    def away_um(part: Placed) -> float:
        others = [each for each in placed if each is not part]
        middle = [sum(getattr(each, axis) for each in others) / 2 for axis in ("x_um", "y_um")]
        return math.dist(middle, (part.x_um, part.y_um))

    return max(placed, key=away_um)


def is_in(part: Placed, x: float, y: float) -> bool:
    inner_mm = WIDE_MM / 2 - 2
    return max(abs(x - part.x_um / 1000), abs(y - part.y_um / 1000)) < inner_mm


def where_it_went(klipper: KlipperStack, placed: list[Placed]) -> Counter[str]:
    """Follow the tool to the end of the print, and count over which parts it was seen."""
    seen = Counter[str]()
    while True:
        asked = {"motion_report": "live_position", "print_stats": "state"}
        status: dict[str, Any] = klipper.get("/printer/objects/query", **asked).result["status"]
        if status["print_stats"]["state"] != "printing":
            return seen
        x, y, *_ = status["motion_report"]["live_position"]
        seen.update(each.label for each in placed if is_in(each, x, y))


def excluded_by_klipper(klipper: KlipperStack) -> list[str]:
    status = klipper.get("/printer/objects/query", exclude_object="excluded_objects").result
    return list(status["status"]["exclude_object"]["excluded_objects"])


def test_one_part_is_left_out_and_the_others_are_made(
    printing: Path, klipper: KlipperStack
) -> None:
    placed = placed_on(state_of(printing))
    bad = at_the_edge(placed)
    done = type_in(printing, "exclude", "voron-1", bad.label, "--reason", "adhesion")
    assert done.code == 0, done.err
    assert done.err.startswith(f"{bad.label} of run-1 on voron-1: left out, and failed when")
    file = run_1(state_of(printing)).file or ""
    assert excluded_by_klipper(klipper) == [object_name(bad.label, file)]
    went = where_it_went(klipper, placed)
    assert set(went) == {each.label for each in placed} - {bad.label}
    state = wait_until(printing, is_phase("run-1", "completed"))
    state = wait_until(printing, lambda state: run_1(state).is_judged)
    parts = state.items["ord-1/box"].instances
    verdicts = Counter((each.verdict.value, each.reason) for each in parts.values())
    assert verdicts == {("success", None): 2, ("failed", "adhesion"): 1}
    assert parts[bad.instance].reason == "adhesion"
    job = klipper.history()[0]
    assert (job["filename"], job["status"]) == (file, "completed")
    names = ("run.exclude_intended", "run.exclude_accepted", "run.part_left_out")
    assert [len(facts_in(printing, name)) for name in names] == [1, 1, 1]


def test_what_somebody_leaves_out_at_the_printer_is_known_too(
    printing: Path, klipper: KlipperStack
) -> None:
    state = state_of(printing)
    first, last = (placed_on(state)[at].label for at in (0, -1))
    klipper.gcode(f"EXCLUDE_OBJECT NAME={object_name(first, run_1(state).file or '')}")
    wait_until(printing, lambda state: bool(run_1(state).left_out))
    (fact,) = facts_in(printing, "run.part_left_out")
    assert (fact["data"]["part"], fact["data"]["reason"]) == (first, None)
    assert "at the printer" in fact["data"]["evidence"]
    again = type_in(printing, "exclude", "run-1", first)
    assert (again.code, again.err) == (0, "run-1 makes it no further already\n")
    others = [each.label for each in placed_on(state) if each.label != first]
    refused = type_in(printing, "exclude", "run-1", *others)
    assert refused.code == 4
    assert "farmctl abort run-1" in refused.err
    assert facts_in(printing, "run.exclude_intended") == []
    done = type_in(printing, "exclude", "run-1", last)
    assert done.code == 0, done.err
    assert "the other one goes on" in done.err
