"""What may be so: ranges, allowed changes, and whose baseline counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.ci.cases import Slicer
from farmctl.ci.figures import flat
from farmctl.ci.verdict import Held, breaches, held_against
from farmctl.model.baseline import Figures
from farmctl.model.documents.golden import Expectations
from tests.ci.cases import BUILD, baseline, case, figures

pytestmark = pytest.mark.pure


def judged(now: Figures, before: Figures | None = None, **expect: Any) -> list[tuple[str, str]]:
    found = breaches(Expectations(**expect), now, Held(before))
    return [(each.figure, each.code) for each in found]


NOW = flat(figures())


@pytest.mark.parametrize(
    ("bound", "is_good"),
    [
        ("60..60", True),
        ("59.9..60.1", True),
        ("..60", True),
        ("60..", True),
        ("61..", False),
        ("..59.999", False),
        ("0..59", False),
    ],
)
def test_ranges_hold_at_both_ends(bound: str, is_good: bool) -> None:
    assert (judged(NOW, time_s={"range": bound}) == []) is is_good


@pytest.mark.parametrize(
    ("before", "now", "change", "is_good"),
    [
        (100, 105, "5%", True),
        (100, 106, "5%", False),
        (100, 95, "5%", True),
        (100, 94, "5%", False),
        (100, 100, "0%", True),
        (100, 101, "0%", False),
        (0, 0, "0%", True),
        (0, 1, "1000%", False),
        (100, 0, "99%", False),
        (1000, 1025, "2.5%", True),
        (1000, 1026, "2.5%", False),
    ],
)
def test_a_change_may_be_so_large(before: int, now: int, change: str, is_good: bool) -> None:
    found = judged({"seams": now}, {"seams": before}, seams={"change": change})
    assert found == ([] if is_good else [("seams", "golden-change")])


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 100))
@settings(deadline=None)
def test_a_figure_is_good_exactly_within_its_bounds(
    now: int, low: int, before: int, most: int
) -> None:
    high = low + 1000
    bound = {"range": f"{low}..{high}", "change": f"{most}%"}
    codes = {code for _, code in judged({"layers": now}, {"layers": before}, layers=bound)}
    assert ("golden-range" in codes) == (not low <= now <= high)
    assert ("golden-change" in codes) == (abs(now - before) * 100 > most * before)


def test_one_bound_holds_for_the_lowest_and_the_highest() -> None:
    assert judged(NOW, nozzle_c={"range": "212..230"}) == [("nozzle_min_mc", "golden-range")]
    assert judged(NOW, nozzle_c={"range": "190..212"}) == [("nozzle_max_mc", "golden-range")]
    assert judged(NOW, fan_percent={"range": "0..100"}) == []


def test_a_share_of_what_is_not_there_is_nothing() -> None:
    assert judged(NOW, share_percent={"external-perimeter": {"range": "29..31"}}) == []
    assert judged(NOW, share_percent={"bridge-infill": {"range": "1.."}}) == [
        ("share_permille.bridge-infill", "golden-range")
    ]
    gone = judged({}, NOW, share_percent={"external-perimeter": {"change": "10%"}})
    assert gone == [("share_permille.external-perimeter", "golden-change")]


def test_what_is_not_known_is_not_judged() -> None:
    weightless = flat(figures(filament_mg=None))
    assert judged(weightless, NOW, filament_g={"range": "5..6", "change": "0%"}) == []


def test_breaches_say_what_is_and_what_may_be() -> None:
    now, before = flat(figures(66_000)), Held(flat(figures(60_000)))
    expect = Expectations.model_validate({"time_s": {"range": "10..65", "change": "5%"}})
    assert [each.message for each in breaches(expect, now, before)] == [
        "time is 1m 06s, not 10..65 s",
        "time changes by +10.0 % (1m 00s → 1m 06s), 5 % are allowed",
    ]
    assert all(each.mend for each in breaches(expect, now, before))


MEASURED = Held({"time_ms": 7}, "what was there before")
PLACE = ("pla", "1.0.0")


def test_its_own_baseline_counts_first_then_that_of_what_it_takes_the_place_of() -> None:
    own, ruling = baseline("1.1.0", time_ms=70_000), baseline("1.0.0")
    new = case("1.1.0")
    both = {("pla", "1.1.0"): own, PLACE: ruling}
    assert held_against(new, both, MEASURED, "1.0.0").source == "baseline 1.1.0"
    found = held_against(new, {PLACE: ruling}, MEASURED, "1.0.0")
    assert (found.source, found.figures) == ("baseline 1.0.0", flat(figures()))
    assert held_against(new, {}, MEASURED, "1.0.0") == MEASURED
    assert held_against(case(printer_class="maxi"), both, MEASURED, None) == MEASURED


@pytest.mark.parametrize(
    ("recorded", "code"),
    [
        (baseline(slicer=Slicer("prusaslicer", "2.4.2", "linux-x86_64", "sha256:2")), "baseline-other-slicer"),
        (baseline(slicer=Slicer("cura", "2.5.0", "linux-x86_64", "sha256:2")), "baseline-other-slicer"),
        (baseline(sha256="1" * 64), "baseline-other-mesh"),
        (baseline(measured_by="farmctl measuring 0"), "baseline-measured-otherwise"),
    ],
)  # fmt: skip
def test_a_baseline_of_something_else_is_a_named_breach(recorded: Any, code: str) -> None:
    held = held_against(case(), {PLACE: recorded}, MEASURED, None)
    assert held.figures is None
    (only,) = breaches(Expectations(), NOW, held)
    assert only.code == code
    assert "--update-baselines" in only.mend


@pytest.mark.parametrize(
    "slicer",
    [
        Slicer("prusaslicer", "2.5.0", "darwin-arm64", "sha256:2"),
        Slicer("prusaslicer", "2.5.0+UNKNOWN", "linux-x86_64", "sha256:3"),
    ],
)
def test_another_build_of_the_same_version_is_compared_by_figures_and_said(slicer: Slicer) -> None:
    assert slicer.digest != BUILD.digest
    held = held_against(case(), {PLACE: baseline(slicer=slicer)}, MEASURED, None)
    assert held.figures == flat(figures())
    assert "compared by figures, not bytes" in held.notes[0]
