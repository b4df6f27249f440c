"""What `plan` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.cli.output import WIDTH
from farmctl.cli.views.plan import aligned, plan_lines, question
from farmctl.farm.acting.forecast import Forecast
from tests.control.test_foreseeing import PRINTERS, farm, looked_at
from tests.floor.small_farm import add_order, commit_all, make_farm, type_in
from tests.planning.made import NOW, looks

pytestmark = pytest.mark.pure


def test_the_plan_table(tmp_path: Path, golden: Callable[..., None]) -> None:
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    type_in(folder, "clear", "one")
    add_order(folder, "ord-2", quantity=2, color="blue")
    golden(
        "plan.txt",
        type_in(folder, "plan").out,
        {r"at [0-9a-f]{7}": "at COMMIT", r"ready .*": "ready TIME"},
    )
    golden(
        "plan.json",
        type_in(folder, "plan", "-o", "json").out,
        {r"sha256:[0-9a-f]{64}": "DIGEST", r'"[0-9a-f]{40}"': '"COMMIT"', r'"20[^"]+"': '"TIME"'},
    )
    (folder / "orders/ord-1.yaml").unlink()
    (folder / "orders/ord-2.yaml").unlink()
    commit_all(folder)
    assert type_in(folder, "plan").out == "No changes. 0 printing.\n"


def test_cells_stand_under_each_other() -> None:
    assert aligned([("a", "bcd", "e"), ("fgh", "i", "")]) == ["a    bcd  e", "fgh  i"]


def foreseen(orders: int, steps: int) -> Forecast:
    wanted, story = farm(orders, clear=True, quantity=25)
    found = looked_at(wanted, story, steps)
    seen = looks(*PRINTERS)
    return Forecast(wanted, story.state, seen, found.lines, is_whole=found.is_whole)


def test_what_is_too_far_ahead_to_be_shown_is_counted_and_what_shows_it_is_named() -> None:
    lines = plan_lines(foreseen(9, steps=60), NOW)
    (said,) = (line for line in lines if "and so on" in line)
    assert said == "   … and so on, until 5 more orders are closed: farmctl get orders --state open"
    assert lines.index("THEN (expected)") < lines.index(said)
    assert max(map(len, lines)) <= WIDTH
    whole = plan_lines(foreseen(9, steps=4000), NOW)
    assert not [line for line in whole if "and so on" in line]


def test_the_question_before_a_start_tells_now_from_later() -> None:
    found = foreseen(1, steps=400)
    assert question(found.lines) == ("write 1 build plan, slice 2, start 2 prints: do it?"), (
        "two printers, two plates"
    )
    found = foreseen(2, steps=400)
    assert question(found.lines) == (
        "write 2 build plans, slice 4, start 2 prints, start 2 later: do it?"
    )
