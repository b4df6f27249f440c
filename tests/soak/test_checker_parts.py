"""The checker catches a part that nobody wanted left out, and nothing else."""

from __future__ import annotations

import pytest

from farmctl.gcode.objects import object_name, with_objects
from farmctl.model.events import run_life, runs
from farmctl.model.events.orders import ItemsJudged, ItemVerdict
from farmctl.model.ids import InstanceId, RunId
from tests.soak.checked_farm import ONE, CheckedFarm

pytestmark = pytest.mark.pure


@pytest.fixture
def farm() -> CheckedFarm:
    return CheckedFarm()


PARTED = b"".join(
    b"; printing object %s id:0 copy 0\nG4 S30\n; stop printing object %s id:0 copy 0\n"
    % (part, part)
    for part in (b"P01", b"P02")
)


def printing_parts(farm: CheckedFarm, *wanted: str) -> str:
    """A print of two parts goes on; somebody wants these left out."""
    file = farm.intend(1)
    farm.machine.put(file, with_objects(PARTED, file))
    farm.machine.start(file)
    for part in wanted:
        number = int(part.removeprefix("P"))
        instance = InstanceId(f"ord-1/bracket#{number}")
        farm.tell(run_life.ExcludeRequested(RunId("run-1"), part, instance))
    return file


def leave_out(farm: CheckedFarm, file: str, part: str) -> None:
    script = {"script": f"EXCLUDE_OBJECT NAME={object_name(part, file)}"}
    assert farm.machine.answer("POST", "/printer/gcode/script", script, b"")[0] == 200


def test_a_part_is_left_out_because_somebody_wanted_it(farm: CheckedFarm) -> None:
    file = printing_parts(farm, "P02")
    farm.checker.violations.clear()  # the bytes are not those that were allowed
    leave_out(farm, file, "P02")
    assert "parts" not in farm.violated()
    leave_out(farm, file, "P01")
    assert "parts" in farm.violated()


def test_the_last_part_is_not_left_out(farm: CheckedFarm) -> None:
    file = printing_parts(farm, "P01", "P02")
    leave_out(farm, file, "P01")
    assert "parts" not in farm.violated()
    leave_out(farm, file, "P02")
    assert "parts" in farm.violated()


def test_a_call_that_comes_late_names_nothing_in_another_print(farm: CheckedFarm) -> None:
    file = printing_parts(farm)
    leave_out(farm, "farmctl-5eed-1-7-1.gcode", "P02")
    assert farm.machine.parts_left_out(file) == ()
    assert "parts" not in farm.violated()


@pytest.mark.parametrize(("by", "violated"), [("policy/default", True), ("person", False)])
def test_what_was_to_be_left_out_is_called_good_by_a_person_alone(
    by: str, violated: bool, farm: CheckedFarm
) -> None:
    run = RunId("run-1")
    file = printing_parts(farm, "P02")
    farm.tell(runs.StartAccepted(run, ONE, file), run_life.RunStarted(run, None, "seen"))
    farm.tell(run_life.RunCompleted(run, "history"))
    verdict = ItemVerdict(InstanceId("ord-1/bracket#2"), "success")
    farm.tell(ItemsJudged(run, (verdict,), by))
    assert ("parts" in farm.violated()) is violated
