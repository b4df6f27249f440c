"""A printer whose key is not set here: it says so, and the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.floor.small_farm import commit_all, make_farm, turn_until, type_in

pytestmark = pytest.mark.slicer

WHY = "environment variable NOWHERE_SET is not set"


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    folder = make_farm(tmp_path / "farm")
    written = (folder / "farm.yaml").read_text()
    before, _, _ = written.rpartition("    driver: virtual")
    at = "    driver: moonraker\n    url: http://127.0.0.1:9\n    api_key: {env: NOWHERE_SET}\n"
    spool = "    loaded: [{material: PETG, color: black}]\n"
    (folder / "farm.yaml").write_text(before + at + spool)
    commit_all(folder)
    return folder


def test_the_others_print_and_every_question_about_it_names_the_key(farm: Path) -> None:
    type_in(farm, "clear", "one")
    state = turn_until(farm, lambda now: any(run.phase.is_over for run in now.runs.values()))
    assert {run.printer for run in state.runs.values()} == {"one"}
    assert state.printers["two"].seen is not None
    assert WHY in state.printers["two"].seen.message
    for words in (("status", "-o", "json"), ("explain", "two"), ("doctor",)):
        assert WHY in " ".join(type_in(farm, *words).out.split()), words
    assert "export NOWHERE_SET=…" in " ".join(type_in(farm, "explain", "two").out.split())
