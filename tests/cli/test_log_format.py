"""`--log-format json`: what happens while a command waits, a line of JSON each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.floor.small_farm import type_in

pytestmark = pytest.mark.slicer

KEYS = {"time", "level", "message", "order", "orders", "plan", "plate", "run", "printer"}


def log(err: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in err.splitlines() if line.startswith("{")]


def test_a_run_is_told_with_order_plate_run_and_printer(waiting: Path) -> None:
    assert type_in(waiting, "clear", "one").code == 0
    typed = type_in(waiting, "--log-format", "json", "run", "--until-idle", "--timeout", "50")
    told = log(typed.err)
    assert all(set(each) == KEYS for each in told)
    about_run = [each for each in told if each["run"] == "run-1"]
    assert [each["message"].rsplit(": ", 1)[1] for each in about_run] == ["printing", "completed"]
    for each in about_run:
        assert (each["order"], each["plate"], each["printer"]) == ("ord-1", "plate-1", "one")
        assert each["orders"] == ["ord-1"]
        assert each["time"].endswith("Z")


def test_apply_tells_build_plans_too(tmp_path: Path) -> None:
    from tests.floor.small_farm import make_farm

    folder = make_farm(tmp_path / "farm")
    typed = type_in(folder, "--log-format", "json", "apply", "--yes")
    told = log(typed.err)
    assert [(each["message"], each["order"]) for each in told if each["plan"]] == [
        ("build plan ord-1/box@1: approved", "ord-1")
    ]
    assert [each["plan"] for each in told if each["plan"]] == ["ord-1/box@1"]
    assert [each["plate"] for each in told if each["message"].startswith("sliced")] == ["plate-1"]


def test_without_it_people_read_lines(tmp_path: Path) -> None:
    from tests.floor.small_farm import make_farm

    folder = make_farm(tmp_path / "farm")
    typed = type_in(folder, "apply", "--yes")
    assert "build plan ord-1/box@1: approved\n" in typed.err
    assert log(typed.err) == []


def test_a_format_that_there_is_not(tmp_path: Path) -> None:
    assert type_in(tmp_path, "--log-format", "xml", "status").code == 2
