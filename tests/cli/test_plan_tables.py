"""What `plan` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.cli.views.plan import aligned
from tests.floor.small_farm import add_order, commit_all, make_farm, type_in

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
