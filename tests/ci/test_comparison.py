"""The line about golden models that a promotion carries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.ci.cases import Case
from farmctl.ci.comparison import Compared, Comparison, compared, line, wrong
from farmctl.ci.figures import flat
from farmctl.ci.outcome import Failed
from farmctl.ci.verdict import recorded
from farmctl.model.baseline import Baseline, Figures
from farmctl.model.documents.golden import Bound
from tests.ci.cases import baseline, case, figures, golden

pytestmark = pytest.mark.pure

FAILED = Failed("slicer-crashed", "the slicer crashed", "")


def on(name: str = "cube", printer_class: str = "mini", **expect: Any) -> Case:
    return case("1.1.0", model=golden(name, **expect), printer_class=printer_class)


def came(each: Case, before: Figures | None, after: Figures | Failed | None) -> Compared:
    return compared(each, before, after, {}, "1.0.0")


def both(*rows: Compared) -> Comparison:
    return Comparison("1.1.0", "1.0.0", rows)


def test_the_line_says_counts_whole_changes_and_the_biggest_one() -> None:
    old, new = flat(figures()), flat(figures(time_ms=54_000))
    lighter = {**old, "filament_mg": 3_100, "retractions": 11}
    found = both(came(on("fan"), old, new), came(on("cube"), old, lighter))
    assert line(found) == (
        "2 measured, 0 out of bounds; time -5.0 %, filament +1.7 %, "
        "biggest change: fan on mini: time -10.0 %"
    )


def test_filament_is_told_once_and_by_length_where_the_weight_is_not_known() -> None:
    old = {"time_ms": 1_000, "filament_um": 1_000}
    found = both(came(on(), old, {**old, "filament_um": 900}))
    assert line(found).startswith("1 measured, 0 out of bounds; filament -10.0 %, biggest")


def test_equal_figures_are_the_same() -> None:
    found = both(came(on(), flat(figures()), flat(figures())))
    assert line(found) == "1 measured, 0 out of bounds; the same as 1.0.0"


def test_a_share_of_a_feature_is_left_to_farmctl_ci() -> None:
    old = {"time_ms": 1_000, "share_permille.skirt": 1}
    found = both(came(on(), old, {"time_ms": 1_010, "share_permille.skirt": 9}))
    assert "biggest change: cube on mini: time +1.0 %" in line(found)


def test_what_is_not_known_is_said() -> None:
    known = flat(figures())
    assert line(both(came(on(), known, None))) == "1.1.0 is not measured"
    assert line(both(came(on(), None, known))) == (
        "1 measured, 0 out of bounds; 1.0.0 is not measured"
    )
    half = both(came(on("a"), known, None), came(on("b"), known, known))
    assert line(half) == "1 of 2 measured, 0 out of bounds; the same as 1.0.0"
    first = Comparison("1.0.0", None, (came(on(), None, known),))
    assert line(first) == "1 measured, 0 out of bounds"
    unread = Comparison("1.1.0", "1.0.0", problem="farm.yaml cannot be read")
    assert line(unread) == "not looked at: farm.yaml cannot be read"
    assert not unread.is_good


def test_what_is_wrong_is_said_once_with_all_that_it_is_so_of() -> None:
    bound = {"time_s": Bound(range="..50")}
    slow = flat(figures())
    rows = [came(on(name, **bound), slow, slow) for name in ("a", "b", "c", "d")]
    found = both(*rows, came(on("e"), slow, FAILED))
    assert line(found) == "4 of 5 measured, 1 not sliced, 4 out of bounds; the same as 1.0.0"
    assert list(wrong(found)) == [
        "a on mini, b on mini, c on mini and 1 more: golden-range: time is 1m 00s, not ..50 s",
        "e on mini: slicer-crashed: the slicer crashed",
    ]
    many = both(*(came(on(f"m{n}"), slow, Failed("x", f"{n}")) for n in range(11)))
    assert len(list(wrong(many))) == 9
    assert list(wrong(many))[-1] == "and 3 more: farmctl ci"


def test_it_is_held_against_what_farmctl_ci_holds_it_against() -> None:
    each = on(time_s=Bound(change="5%"))
    old, new = flat(figures()), flat(figures(time_ms=90_000))
    assert came(each, old, new).breaches[0].code == "golden-change"
    own = baseline("1.1.0", time_ms=90_000)
    said_yes = compared(each, old, new, {("pla", "1.1.0"): own}, "1.0.0")
    assert said_yes.breaches == (), "somebody recorded it: it is meant"


def test_what_is_recorded_counts_for_the_same_class_mesh_and_slicer_alone() -> None:
    each = on()
    kept = baseline("1.1.0")

    def found(of: Case, what: Baseline = kept) -> Figures | None:
        return recorded(of, {("pla", "1.1.0"): what})

    assert found(each) == flat(figures())
    assert recorded(each, {}) is None
    assert found(replace(each, class_version="2.0.0")) is None
    assert found(replace(each, printer_class="other")) is None
    assert found(replace(each, model=golden("other"))) is None
    assert found(replace(each, model=golden(sha256="0" * 64))) is None
    assert found(replace(each, slicer=replace(each.slicer, version="2.6.0"))) is None
    assert found(replace(each, slicer=replace(each.slicer, digest=f"sha256:{'2' * 64}")))
    assert found(each, replace(kept, measured_by="another")) is None


ONE = st.fixed_dictionaries(
    {"time_ms": st.integers(0, 9_000)}, optional={"filament_mg": st.integers(0, 900)}
)
AFTER = st.one_of(st.none(), st.just(FAILED), ONE)


@settings(deadline=None)
@given(st.lists(st.tuples(st.one_of(st.none(), ONE), AFTER), max_size=6))
def test_every_golden_model_is_counted_once_and_silence_is_never_good(
    pairs: list[tuple[Figures | None, Figures | Failed | None]],
) -> None:
    bound = {"time_s": Bound(range="..5")}
    found = both(*(came(on(f"m{n}", **bound), *pair) for n, pair in enumerate(pairs)))
    unknown = sum(after is None for _, after in pairs)
    assert found.measured + found.failed + unknown == len(pairs)
    slow = [a for _, a in pairs if isinstance(a, dict) and a["time_ms"] > 5_000]
    assert found.breached == len(slow)
    assert found.is_good == (not slow and not found.failed and not unknown)
    assert "\n" not in line(found)
    assert f"{found.failed} not sliced" in line(found) or not found.failed
