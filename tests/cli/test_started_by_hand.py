"""A print that somebody started at the machine: named everywhere, touched by nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farmctl.farm.acting.session import driver_config
from farmctl.printers.virtual import memory_of
from farmctl.sim.device import Machine
from tests.floor.small_farm import farm_at, make_farm, state_of, turn_until, type_in

pytestmark = pytest.mark.slicer

FILE = "panel.gcode"


def machine(folder: Path) -> Machine:
    farm = farm_at(folder)
    desired = farm.desired()
    (one,) = [each for each in desired.farm.printers if each.name == "one"]
    return memory_of(driver_config(farm, desired, one)).look()


def items(folder: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(type_in(folder, *words, "-o", "json").out)["items"]
    return found


def one_of(rows: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    (row,) = [each for each in rows if wanted.items() <= each.items()]
    return row


@pytest.mark.parametrize("is_held", [False, True])
def test_it_is_named_everywhere_and_left_alone(tmp_path: Path, *, is_held: bool) -> None:
    fresh = make_farm(tmp_path / "farm", speedup=1)  # it prints for ten minutes
    type_in(fresh, "clear", "one")
    if is_held:
        type_in(fresh, "hold", "one", "--reason", "clogged")
    type_in(fresh, "sim", "fault", "one", "started_at_panel")
    turn_until(fresh, lambda state: any(each.sliced for each in state.plates.values()))
    turn_until(fresh, lambda state: state.printers["one"].seen is not None)
    said = f"{FILE}, started at the printer: left alone"
    assert said in type_in(fresh, "status").out
    assert said in one_of(items(fresh, "status"), kind="printer", subject="one")["reason"]
    explained = type_in(fresh, "explain", "one").out
    assert f"seen now: printing {FILE}" in explained
    assert f"on it is {FILE}, started at the printer" in explained
    if not is_held:
        assert f"not one: printing {FILE}" in type_in(fresh, "explain", "ord-1").out
        assert f"nothing starts here now: printing {FILE}" in explained
    row = one_of(items(fresh, "printer", "list"), name="one")
    assert (row["state"], row["job"]) == ("external", FILE)
    assert f"external: {FILE}" in type_in(fresh, "printer", "list").out
    row = one_of(items(fresh, "get", "printers"), id="one")
    assert (row["state"], row["job"]) == ("external", FILE)
    assert [each["id"] for each in items(fresh, "get", "printers", "--state", "external")] == [
        "one"
    ]
    described = type_in(fresh, "describe", "printer", "one").out
    assert FILE in described
    assert "external" in described
    assert untouched(fresh)


def untouched(folder: Path) -> bool:
    """Whatever is typed, the print goes on."""
    for words in (["abort", "one"], ["pause", "one"], ["resume", "one"], ["clear", "one"]):
        reason = ["--reason", "x"] if words[0] != "clear" and words[0] != "resume" else []
        done = type_in(folder, *words, *reason)
        assert done.code != 0, (words, done.err)
    turn_until(folder, lambda state: True)
    job = machine(folder).job
    assert state_of(folder).counts.run == 0
    return job is not None and job.file == FILE and machine(folder).jobs == 1
