"""What the ledger says for a version, and that a promotion's message carries it."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.farm.profiles.evidence import Tally, evidence_of, said
from tests.cli.promoting import NAME, PIN, release
from tests.floor.small_farm import farm_at, git, type_in


@pytest.mark.pure
def test_the_line_is_that_of_the_pull_request() -> None:
    new = Tally(14, 13, {"adhesion": 1}, 40, 42)
    old = Tally(215, 199, {"adhesion": 13}, 600, 640)
    assert said(new, "1.8.2", old) == "14 plates, 13 good, 1 adhesion (7 %; 1.8.2: 6 % of 212)"
    assert said(Tally(1), None, Tally()) == "1 plate, 0 good, 1 not judged"
    assert said(Tally(), "1.8.2", old) == "0 plates, 0 good (1.8.2: 6 % of 212)"


@pytest.mark.slicer
def test_prints_and_parts_are_counted_from_the_ledger(printed: Path) -> None:
    release(printed)
    done = type_in(printed, "outcome", "run-1", "box#2", "failed", "--reason", "adhesion")
    assert done.code == 0, done.err
    tally = evidence_of(farm_at(printed), NAME)["1.0.0"]
    assert (tally.plates, tally.good, dict(tally.failures)) == (1, 0, {"adhesion": 1})
    assert (tally.parts_good, tally.parts_judged) == (2, 3)
    done = type_in(printed, "profile", "promote", PIN)
    assert done.code == 0, done.err
    message = git(printed, "log", "-1", "--format=%B", f"farmctl/promote-{NAME}-1.1.0")
    assert "Prints: canary: 0 plates, 0 good (1.0.0: 100 % of 1)" in message
    assert "  1.0.0: 2 of 3 parts good" in message
