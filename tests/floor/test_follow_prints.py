"""`apply --follow`: how far a print is, and how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.floor.small_farm import make_farm, type_in

pytestmark = pytest.mark.slicer


def test_whoever_follows_a_print_sees_how_far_it_is(tmp_path: Path) -> None:
    folder = make_farm(tmp_path / "farm", speedup=20)
    type_in(folder, "clear", "one")
    done = type_in(folder, "apply", "--yes", "--follow")
    said = [line.split() for line in done.err.splitlines() if line.endswith(" %")]
    tenths = [int(words[2]) for words in said]
    assert {tuple(words[:2]) for words in said} == {("one", "run-1")}
    assert tenths == sorted(set(tenths))
    assert {each % 10 for each in tenths} == {0}
    done = type_in(folder, "clear", "one")
    assert done.err.splitlines()[0] == "one is empty; run-1: ord-1 is fulfilled, 3 of 3 made"
