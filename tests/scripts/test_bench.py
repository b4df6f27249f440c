"""The benchmarks themselves: how a ratio is made, and when it is missed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.pure
SCRIPTS = Path(__file__).parents[2] / "scripts"
ROWS = [
    "help",
    "status",
    "hit-cube",
    "hit-million",
    "miss",
    "second",
    "fact",
    "intent",
    "plan",
    "measure",
    "estimate",
    "ci-unchanged",
    "ci-cold",
    "rollback",
    "poll",
    "pushes",
    "decide",
    "growth",
    "start",
]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SCRIPTS)
    import bench

    return bench


def test_every_row_can_be_asked_for_by_its_name(bench: ModuleType) -> None:
    assert [row.name for row in bench.ROWS] == ROWS


def test_samples_take_turns_after_one_that_is_left_out(bench: ModuleType) -> None:
    from benchmarks.measure import interleaved

    taken: list[str] = []
    figures = {"ours": iter([99.0, 1.0, 2.0, 30.0]), "peer": iter([99.0, 4.0, 4.0, 5.0])}

    def sample(name: str) -> float:
        taken.append(name)
        return next(figures[name])

    medians = interleaved({"ours": lambda: sample("ours"), "peer": lambda: sample("peer")}, 3)
    assert taken == ["ours", "peer"] * 4
    assert medians == {"ours": 2.0, "peer": 4.0}


def test_a_ratio_is_of_what_is_left_without_the_base(bench: ModuleType) -> None:
    from benchmarks.measure import Reading

    assert Reading(ours=0.5, peer=0.2, base=0.1).ratio == pytest.approx(2.0)


def test_a_program_that_fails_is_no_sample(bench: ModuleType, tmp_path: Path) -> None:
    from benchmarks.measure import BenchError, Command

    assert Command((sys.executable, "-c", "sum(range(10**6))"), tmp_path)() > 0
    with pytest.raises(BenchError, match="ended with 3: it is broken"):
        Command(
            (
                sys.executable,
                "-c",
                "import sys; print('it is broken', file=sys.stderr); sys.exit(3)",
            ),
            tmp_path,
        )()


def test_a_row_above_its_limit_is_missed(bench: ModuleType) -> None:
    from benchmarks.measure import Reading
    from benchmarks.report import Result, document, line, summary

    row = bench.ROWS[0]
    kept, missed = Result(row, Reading(1.2, 1.0)), Result(row, Reading(1.4, 1.0))
    assert (kept.is_met, missed.is_met) == (True, False)
    assert line(missed).endswith("MISSED")
    assert not line(kept).endswith("MISSED")
    assert summary([kept, missed]) == "missed: help"
    items = json.loads(document([kept, missed], 7))["items"]
    assert [(each["ratio"], each["met"]) for each in items] == [(1.2, True), (1.4, False)]
