"""The walk-through of a profile's change is typed as it stands, on virtual printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import play
from tests.docs.markdown_files import ROOT
from tests.docs.priya import protected_remote, tray
from tests.docs.report_files import document, html, junit, markdown

pytestmark = [pytest.mark.slicer, pytest.mark.slow]

MODELS = sorted(path.stem for path in (ROOT / "golden_models").glob("*.yaml"))
STRAIGHT = {"calibration-cube", "flow-block", "supported-shelf", "temperature-tower"}
"""Without a curve: with walls of varying width these slice alike each time."""
SETTINGS = {"temperature": ("245 °C", "235 °C"), "external_perimeter_speed": ("40 mm/s", "35 mm/s")}


def test_a_change_of_a_profile_from_the_draft_to_the_rollback(tmp_path: Path) -> None:
    (tmp_path / "tray.stl").write_bytes(tray())
    bare = protected_remote(tmp_path)
    play(
        ROOT / "docs/walkthroughs/profile-changes.md",
        tmp_path,
        {"git@git.local:garage.git": str(bare)},
        timeout_s=300,
    )
    of_the_draft(tmp_path / "report")
    of_the_release(tmp_path / "farm/.farmctl/ci/report")


def of_the_draft(folder: Path) -> None:
    """Hold every form of the report to the change: cooler and slower, on each golden model."""
    known = document(folder / "report.json")
    assert known.schema == "farmctl.ci/v1"
    assert not known.good
    assert {each.key: (each.before, each.after) for each in known.settings} == SETTINGS
    assert sorted(each.model for each in known.results) == MODELS
    for each in known.results:
        hottest = each.figures["nozzle_max_mc"]
        assert (hottest.before, hottest.after, hottest.baseline) == (245_000, 240_000, 245_000)
        assert {breach.figure for breach in each.breaches} == {"nozzle_min_mc", "nozzle_max_mc"}
        assert (each.before.version, each.after.version) == ("1.0.0", "draft")

    longer = {each.model for each in known.results if each.time_change.startswith("+")}
    assert longer >= STRAIGHT, "their outer walls are slower"

    page, text = html(folder / "report.html"), markdown(folder / "report.md")
    for name, (before, after) in SETTINGS.items():
        assert [name, before, after] in [row[:3] for row in page.rows]
        assert [name, before, after] in [row[:3] for row in text.rows]
    effects = {each.model: each.time_change for each in known.results}
    for seen in (page, text):
        rows = {row[0]: row for row in seen.rows if len(row) == 7}
        assert {name: rows[name][2] for name in MODELS} == effects
        assert all("out of bounds" in rows[name][1] for name in MODELS)
    assert page.count("time of each layer over height") == len(MODELS)
    assert page.count("highest flow over height") == len(MODELS)
    assert page.count("the layer at") == 2 * 8, "before and after, of those that changed most"
    assert text.folds == len(MODELS)
    figures = [row[0] for row in text.rows if len(row) == 5]
    assert figures.count("hottest nozzle") == len(MODELS), "a table within each fold"

    (suite,) = junit(folder / "junit.xml")
    assert suite.name == "petg-voron@draft on voron-350"
    assert suite.properties == {key: f"{old} → {new}" for key, (old, new) in SETTINGS.items()}
    assert sorted(suite.cases) == MODELS
    for name, case in suite.cases.items():
        assert case.failed == "golden-change"
        assert f", {effects[name]}" in next(x for x in case.said if x.startswith("time: "))
        assert "hottest nozzle: 245 °C → 240 °C, -2.0 %" in case.said


def of_the_release(folder: Path) -> None:
    """Hold the report of the pull request to it: the same change, and somebody said yes."""
    known = document(folder / "report.json")
    assert known.good
    assert {each.key: (each.before, each.after) for each in known.settings} == SETTINGS
    assert {each.held_against for each in known.results} == {"baseline 1.1.0"}
    (suite,) = junit(folder / "junit.xml")
    assert [case.failed for case in suite.cases.values()] == [""] * len(MODELS)
