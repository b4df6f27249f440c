"""What the killing is summed up to, for people and for `guarantees.json`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.kills import harness
from tests.kills.figures import Figures

pytestmark = pytest.mark.pure

ONE = Figures(kills=50, freezes=9, starts=120, orders=30, parts=120, died_after=Counter(a=2))
TWO = Figures(kills=20, orders=4, parts=12, starts=13, violations=["run-1 ended 2 times"])


@pytest.fixture(autouse=True)
def _build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "BUILD", tmp_path)


def written(tmp_path: Path) -> dict[str, object]:
    return json.loads((tmp_path / "guarantees/kills-virtual.json").read_text())


def test_cases_and_violations_are_written_for_the_guarantees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness.report("kills-virtual", iter([ONE, TWO]), "the command") == 1
    assert written(tmp_path) == {
        "id": "kills-virtual",
        "cases": 79,
        "violations": 1,
        "command": "the command",
    }
    said = capsys.readouterr().out
    assert "kills-virtual: 70 kills, 9 freezes, 133 starts for 132 parts of 34 orders," in said
    assert "VIOLATED: run-1 ended 2 times" in said
    assert "the newest fact at each death: a 2" in said


def test_a_farm_is_kept_only_where_something_was_violated(tmp_path: Path) -> None:
    for figures in (ONE, TWO):
        folder = tmp_path / f"farm-{figures.kills}"
        folder.mkdir()
        harness.tidy(folder, figures)
    assert [each.name for each in tmp_path.glob("farm-*")] == ["farm-20"]
