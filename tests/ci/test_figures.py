"""Figures as they are kept, named and shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.ci.figures import (
    FIGURES,
    change_said,
    flat,
    in_order,
    in_units,
    kind_of,
    permille,
    said,
    slug,
)
from farmctl.model.documents.golden import Expectations
from tests.ci.cases import figures

pytestmark = pytest.mark.pure


def test_what_is_measured_is_kept_by_name_with_shares_of_features() -> None:
    found = flat(figures())
    assert found["time_ms"] == 60_000
    assert found["share_permille.external-perimeter"] == 300
    assert found["share_permille.internal-infill"] == 700
    assert all(type(each) is int for each in found.values())


def test_what_is_not_known_is_not_kept() -> None:
    found = flat(figures(filament_mg=None, bed_min_mc=None, features=()))
    assert "filament_mg" not in found
    assert "bed_min_mc" not in found
    assert not [name for name in found if name.startswith("share")]


def test_every_figure_has_its_bound_in_the_document() -> None:
    bounds = {each.bound for each in FIGURES} | {kind_of("share_permille.x").bound}
    assert bounds == set(Expectations.model_fields)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("time_ms", 3_723_400, "1h 02m 03s"),
        ("time_ms", 62_000, "1m 02s"),
        ("time_ms", 400, "0s"),
        ("filament_mg", 3_720, "3.72 g"),
        ("filament_um", 1_289_220, "1,289.22 mm"),
        ("layers", 1_000, "1,000"),
        ("first_layer_um2", 400_040_000, "400 mm²"),
        ("fan_max_permille", 1000, "100 %"),
        ("nozzle_max_mc", 215_000, "215 °C"),
        ("share_permille.bridge-infill", 58, "5.8 %"),
        ("seams", 0, "0"),
        ("time_ms", None, "-"),
    ],
)
def test_figures_are_said_in_the_units_of_people(name: str, value: int | None, shown: str) -> None:
    assert said(name, value) == shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (100, 104, "+4.0 %"),
        (100, 90, "-10.0 %"),
        (7, 7, "="),
        (0, 0, "="),
        (0, 5, "new"),
        (None, 5, "new"),
        (5, None, "gone"),
        (5, 0, "-100.0 %"),
        (1_000_000, 1_000_001, "+0.0 %"),
        (1_000_001, 1_000_000, "-0.0 %"),
    ],
)
def test_changes_are_said(before: int | None, after: int | None, shown: str) -> None:
    assert change_said(before, after) == shown


@given(st.integers(0, 10**9), st.integers(0, 10**9))
@settings(deadline=None)
def test_a_change_has_the_sign_of_the_difference(before: int, after: int) -> None:
    share = permille(before, after)
    assert (share is None) == (before == 0 != after)
    assert share is None or share * (after - before) >= 0
    assert (change_said(before, after) == "=") == (before == after)


def test_features_are_named_as_documents_name_them() -> None:
    assert slug("External perimeter") == "external-perimeter"
    assert slug("Skirt/Brim") == "skirt-brim"
    assert slug("") == "unnamed"


def test_figures_come_in_the_order_that_people_read() -> None:
    assert in_order({"seams": 1, "share_permille.b": 1}, {"time_ms": 1, "share_permille.a": 1}) == (
        "time_ms",
        "seams",
        "share_permille.a",
        "share_permille.b",
    )
    assert in_units("first_layer_um2", 1_500_000) == pytest.approx(1.5)
